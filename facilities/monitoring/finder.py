"""Turns what a person typed into an object: `rack:12`, or a name that the one search box knows."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from facilities.readings import ObjectRef
from facilities.web.house import house, session
from facilities.web.registry import Hit, ObjectLink
from facilities.web.views import find

_REF = re.compile(r"\s*([a-z_]{1,40}):([0-9]{1,12})\s*")
MOST_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Found:
    """The one object that was meant, or the choices among which to pick."""

    ref: ObjectRef | None
    choices: Sequence[Hit] = ()


def parse_ref(text: str) -> ObjectRef | None:
    """`rack:12` as a reference, None for anything else."""
    match = _REF.fullmatch(text)
    return ObjectRef(match[1], int(match[2])) if match else None


def find_object(typed: str, kinds: Collection[str]) -> Found:
    """What a person meant: a reference, the only exact hit, or the only hit of these kinds."""
    ref = parse_ref(typed)
    if ref is not None:
        return Found(ref if ref.kind in kinds else None)
    hits = [hit for hit in find(typed.strip()) if hit.ref.kind in kinds] if typed.strip() else []
    exact = [hit for hit in hits if hit.exact]
    for few in (exact, hits):
        if len(few) == 1:
            return Found(few[0].ref)
    return Found(None, tuple(hits[:MOST_CHOICES]))


def link_of(ref: ObjectRef | None) -> ObjectLink | None:
    """The link of an object that exists."""
    return None if ref is None else house().registries.link(session(), ref)
