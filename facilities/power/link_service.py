"""Links of the chain: which node feeds which, judged by PW-01 with names. Never commits."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.power import lines as conductors
from facilities.power.chain_queries import plant_of_site
from facilities.power.graph import Chain
from facilities.power.models import PowerLink, PowerNode
from facilities.power.service import check_phases, find_node, judge_link, lock_power


def find_link(session: Session, link_id: int) -> PowerLink:
    """A link by id. Raises NotFound."""
    link = session.get(PowerLink, link_id)
    if link is None:
        raise NotFound("There is no such link.")
    return link


def add_link(
    session: Session,
    source: PowerNode,
    target: PowerNode,
    *,
    phases: str | None = None,
    normally_open: bool = False,
    preference: int = 1,
) -> PowerLink:
    """Feed `target` from `source`; on the target's phases unless said. Raises Refused, Conflict."""
    if source.site_id != target.site_id:
        raise Refused(f"{source.title} and {target.title} are at two sites.", "source", "PW-01")
    check_phases(phases if phases is not None else target.phases)
    lock_power(session, source.site_id)
    pair = (PowerLink.source_id == source.id, PowerLink.target_id == target.id)
    if session.scalar(select(PowerLink.id).where(*pair)) is not None:
        raise Conflict(f"{source.title} feeds {target.title} already.", "source")
    link = PowerLink(
        site_id=source.site_id,
        source_id=source.id,
        target_id=target.id,
        phases=phases if phases is not None else conductors.join(target.lines),
        normally_open=normally_open,
        preference=preference,
    )
    judge_link(plant_of_site(session, source.site_id).chain, link, target)
    session.add(link)
    session.flush()
    return link


def edit_link(session: Session, link: PowerLink, changes: Mapping[str, Any]) -> PowerLink:
    """Change phases, normally_open or preference of a link. Raises Refused, Conflict."""
    check_phases(changes.get("phases", link.phases))
    lock_power(session, link.site_id)
    chain = plant_of_site(session, link.site_id).chain
    without = [e for e in chain.edges if (e.source, e.target) != (link.source_id, link.target_id)]
    with session.no_autoflush:
        for key in ("phases", "normally_open", "preference"):
            if key in changes:
                setattr(link, key, changes[key])
        judge_link(Chain(chain.nodes, without), link, find_node(session, link.target_id))
    session.flush()
    return link


def remove_link(session: Session, link: PowerLink) -> None:
    """Take a link away."""
    lock_power(session, link.site_id)
    session.delete(link)
    session.flush()
