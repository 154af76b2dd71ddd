"""Finding nodes by what people type: a name, a circuit id, a destination."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from facilities.errors import Refused
from facilities.hosting.models import Equipment, Rack
from facilities.power.circuits import split_circuit_id
from facilities.power.models import PowerNode

_ESCAPE = "\\"
T = TypeVar("T")


def like(words: str) -> str:
    """A LIKE pattern that finds `words` anywhere, its own wildcards taken literally."""
    for wild in (_ESCAPE, "%", "_"):
        words = words.replace(wild, _ESCAPE + wild)
    return f"%{words}%"


def breakers_at(session: Session, words: str, within: ColumnElement[bool]) -> list[PowerNode]:
    """Breakers by circuit id; `RPP-A3-13` finds the one that holds position 13."""
    found = split_circuit_id(words)
    if found is None:
        return []
    panel = aliased(PowerNode)
    wanted = (
        select(PowerNode)
        .join(panel, panel.id == PowerNode.panel_id)
        .where(panel.name.ilike(like(found[0])[1:-1], escape=_ESCAPE), within)
        .options(joinedload(PowerNode.panel))
    )
    return [row for row in session.scalars(wanted) if set(found[1]) <= set(row.positions)]


def matching(words: str) -> ColumnElement[bool]:
    """Name or destination holds the words."""
    pattern = like(words)
    return or_(
        PowerNode.name.ilike(pattern, escape=_ESCAPE),
        PowerNode.destination.ilike(pattern, escape=_ESCAPE),
    )


def in_sites(sites: Collection[int] | None) -> ColumnElement[bool]:
    """Rows of these sites; None means all."""
    return PowerNode.site_id.in_(sites) if sites is not None else PowerNode.id.is_not(None)


def listed(
    sites: Collection[int] | None,
    *,
    site: int | None = None,
    kind: str = "",
    feed: str = "",
    panel: int | None = None,
    words: str = "",
) -> Select[PowerNode]:
    """The ordered list of nodes of these sites, filtered."""
    wanted = select(PowerNode).where(in_sites(sites)).options(joinedload(PowerNode.panel))
    if site is not None:
        wanted = wanted.where(PowerNode.site_id == site)
    if kind:
        wanted = wanted.where(PowerNode.kind == kind)
    if feed:
        wanted = wanted.where(PowerNode.feed == feed)
    if panel is not None:
        wanted = wanted.where(PowerNode.panel_id == panel)
    if words:
        wanted = wanted.where(matching(words))
    return wanted.order_by(PowerNode.name, PowerNode.id)


def node_named(session: Session, site_id: int, words: str, field: str) -> PowerNode:
    """The one node of a site with this name or circuit id. Raises Refused on the form's field."""
    here = PowerNode.site_id == site_id
    named = session.scalars(select(PowerNode).where(here, PowerNode.name == words.strip())).all()
    found: Sequence[PowerNode] = named or breakers_at(session, words, here)
    return _only(found, words, field, "node of the power chain")


def rack_named(session: Session, site_id: int, words: str, field: str) -> Rack:
    """The one rack of a site with this name. Raises Refused."""
    wanted = select(Rack).where(Rack.site_id == site_id, Rack.name == words.strip())
    return _only(session.scalars(wanted).all(), words, field, "rack")


def equipment_named(session: Session, site_id: int, words: str, field: str) -> Equipment:
    """The one piece of equipment with this asset tag, serial or name. Raises Refused."""
    text = words.strip()
    same = or_(Equipment.asset_tag == text, Equipment.serial == text, Equipment.name == text)
    found = session.scalars(select(Equipment).where(Equipment.site_id == site_id, same)).all()
    return _only(found, words, field, "equipment")


def _only(found: Sequence[T], words: str, field: str, kind: str) -> T:
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(f"There is no {kind} {words.strip()!r} at this site.", field)
    raise Refused(f"{len(found)} are called {words.strip()!r}: use a name of one alone.", field)
