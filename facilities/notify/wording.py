"""Fills templates. Pure: a template knows names in braces and no more, so none can run code."""

import re
from collections.abc import Mapping

from facilities.errors import Refused

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(template: str, facts: Mapping[str, object]) -> str:
    """The template with each {name} replaced; a name without a fact is shown as (unknown)."""
    return _NAME.sub(lambda found: str(facts.get(found.group(1), "(unknown)")), template)


def check(template: str, known: frozenset[str]) -> None:
    """Raises Refused naming the first {name} that this kind of message does not have."""
    for name in _NAME.findall(template):
        if name not in known:
            names = ", ".join(sorted(known))
            raise Refused(f"There is no {{{name}}} in this message. Known: {names}.", "body")


def subject_line(text: str) -> str:
    """One line of at most 200 characters: a line break would start another mail header."""
    return " ".join(text.split())[:200]
