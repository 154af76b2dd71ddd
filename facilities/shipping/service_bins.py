"""Bins: find one by what was scanned, show what lies in it, add and edit. Never commits."""

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from facilities.errors import Conflict, NotFound, Refused
from facilities.shipping.models import Bin

LABEL = re.compile(r"(?:/o/bin/|^bin:)(\d{1,12})$", re.IGNORECASE)
CODE = re.compile(r"[^\s/](?:[^/]{0,38}[^\s/])?")
DEEPEST = 12


def get(session: Session, bin_id: int) -> Bin:
    """One bin. Raises NotFound."""
    found = session.get(Bin, bin_id, options=[joinedload(Bin.parent), joinedload(Bin.site)])
    if found is None:
        raise NotFound("There is no such bin.")
    return found


def scanned(session: Session, site_id: int, text: str | None) -> Bin | None:
    """The active bin of this site whose label or code was scanned or typed, or None."""
    said = (text or "").strip()
    if not said:
        return None
    label = LABEL.search(said)
    meant = Bin.id == int(label[1]) if label else func.lower(Bin.code) == said.lower()
    wanted = select(Bin).where(Bin.site_id == site_id, Bin.active, meant)
    return session.scalar(wanted.limit(1))


def needed(session: Session, site_id: int, text: str | None) -> Bin:
    """The scanned bin. Raises Refused, naming the field, when there is none."""
    found = scanned(session, site_id, text)
    if found is None:
        said = (text or "").strip()
        why = f"There is no bin {said!r} here." if said else "Scan or type the bin."
        raise Refused(f"{why} Bins are listed under Bins.", "bin", "SR-01")
    return found


def listed(sites: Collection[int] | None, text: str = "") -> Select[Bin]:
    """Bins of these sites (None: all), by code."""
    wanted = select(Bin).options(joinedload(Bin.parent), joinedload(Bin.site))
    if sites is not None:
        wanted = wanted.where(Bin.site_id.in_(sites))
    if text:
        wanted = wanted.where(func.lower(Bin.code).contains(text.lower(), autoescape=True))
    return wanted.order_by(Bin.site_id, Bin.code)


def choices_of(session: Session, site_id: int) -> Sequence[Bin]:
    """Active bins of a site, for a list of suggestions."""
    wanted = select(Bin).where(Bin.site_id == site_id, Bin.active).order_by(Bin.code)
    return session.scalars(wanted.limit(500)).all()


def by_ids(session: Session, ids: Collection[int]) -> Mapping[int, Bin]:
    """Those of the ids that exist."""
    wanted = select(Bin).where(Bin.id.in_(ids)).options(joinedload(Bin.parent))
    return {row.id: row for row in session.scalars(wanted)}


def save(
    session: Session,
    row: Bin | None,
    *,
    site_id: int,
    code: str,
    name: str | None = None,
    parent: str | None = None,
    active: bool = True,
) -> Bin:
    """Add (row None) or change a bin. Raises Refused, Conflict naming the field."""
    code = code.strip()
    if not CODE.fullmatch(code):
        raise Refused("A bin's code has 1 to 40 characters and no slash, e.g. CAGE-2-03.", "code")
    above = needed_parent(session, site_id, parent)
    same = select(Bin.id).where(Bin.site_id == site_id, func.lower(Bin.code) == code.lower())
    if session.scalar(same.where(Bin.id != (row.id if row else 0)).limit(1)):
        raise Conflict(f"There is a bin {code!r} already.", "code")
    if row is not None and above is not None:
        _refuse_loop(row, above)
    if row is None:
        row = Bin(site_id=site_id)
        session.add(row)
    row.code, row.name, row.parent, row.active = code, name, above, active
    session.flush()
    return row


def needed_parent(session: Session, site_id: int, text: str | None) -> Bin | None:
    """The bin above, where one is named. Raises Refused when there is none of that code."""
    if not (text or "").strip():
        return None
    above = scanned(session, site_id, text)
    if above is None:
        raise Refused(f"There is no bin {text!r} to put it in.", "parent")
    return above


def _refuse_loop(row: Bin, above: Bin) -> None:
    place: Bin | None = above
    for _ in range(DEEPEST):
        if place is None:
            return
        if place.id == row.id:
            raise Refused(f"{above.code} lies in {row.code}; a bin cannot lie in itself.", "parent")
        place = place.parent
    raise Refused(f"Bins may be nested {DEEPEST} deep at most.", "parent")


def below(session: Session, bin_id: int) -> list[int]:
    """The bin's id and those of all bins within it."""
    tree = select(Bin.id).where(Bin.id == bin_id).cte("tree", recursive=True)
    tree = tree.union(select(Bin.id).join(tree, Bin.parent_id == tree.c.id))
    return list(session.scalars(select(tree.c.id)))
