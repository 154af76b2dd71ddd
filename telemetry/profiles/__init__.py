"""A device family as data: strict YAML read into frozen values."""
