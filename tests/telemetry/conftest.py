"""Settings of the property tests: a busy machine is no failure, so they have no deadline."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
