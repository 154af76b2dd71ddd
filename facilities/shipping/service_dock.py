"""What every service of the dock needs: its lock and numbers, its policy, names of parties."""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.accounts.recorded import Actor
from facilities.parties.models import Contact, Party
from facilities.shipping.lifecycle import INBOUND_SKIPS, OUTBOUND_SKIPS
from facilities.shipping.models import DockCounter, DockPolicy

AGEING_DAYS = 7


@dataclass(frozen=True, slots=True)
class DockRules:
    """A site's skip lists and the days after which a parcel counts as old."""

    inbound_skips: frozenset[str] = INBOUND_SKIPS
    outbound_skips: frozenset[str] = OUTBOUND_SKIPS
    ageing_days: int = AGEING_DAYS


def rules_of(session: Session, site_id: int) -> DockRules:
    """The site's policy, or that of a small dock."""
    row = session.scalar(select(DockPolicy).where(DockPolicy.site_id == site_id))
    if row is None:
        return DockRules()
    return DockRules(frozenset(row.inbound_skips), frozenset(row.outbound_skips), row.ageing_days)


def lock(session: Session, site_id: int, kind: str) -> None:
    """Wait until nobody else writes new entries of this kind at this site; held until commit.

    Two clerks with the same parcel come one after the other, so that the second sees the first.
    """
    row = (DockCounter.site_id == site_id) & (DockCounter.kind == kind)
    held = update(DockCounter).where(row).values(last=DockCounter.last)
    if session.execute(held).rowcount:  # type: ignore[attr-defined]
        return
    try:
        with session.begin_nested():
            session.add(DockCounter(site_id=site_id, kind=kind, last=0))
            session.flush()
    except (
        IntegrityError
    ):  # another was first to open this dock; it holds the lock until it commits
        session.execute(held)


def next_number(session: Session, site_id: int, kind: str) -> int:
    """The next number of this kind at this site; without gaps, for a rollback gives it back."""
    lock(session, site_id, kind)
    row = (DockCounter.site_id == site_id) & (DockCounter.kind == kind)
    session.execute(
        update(DockCounter).where(row).values(last=DockCounter.last + 1),
        execution_options={"synchronize_session": False},
    )
    return session.scalar(select(DockCounter.last).where(row)) or 0


def actor_name(session: Session) -> str:
    """Who acts in this session, in words."""
    actor: Actor | None = session.info.get("actor")
    return actor.name if actor is not None else "system"


def party_named(session: Session, text: str | None, *kinds: str) -> Party | None:
    """The one active party that a person means by its name, code or a contact's name, or None."""
    said = (text or "").strip().lower()
    if not said:
        return None
    wanted = select(Party).where(Party.active)
    if kinds:
        wanted = wanted.where(Party.kind.in_(kinds))
    named = (func.lower(Party.name) == said) | (func.lower(Party.code) == said)
    people = Party.id.in_(select(Contact.party_id).where(func.lower(Contact.name) == said))
    for meaning in (named, people):
        found = session.scalars(wanted.where(meaning).limit(2)).all()
        if len(found) == 1:
            return found[0]
    return None


def carrier_party(session: Session, name: str | None) -> Party | None:
    """The carrier's party: by its name, its SCAC, or a name that begins with it (`UPS Freight`)."""
    exact = party_named(session, name, "carrier")
    said = (name or "").strip().lower()
    if exact is not None or not said:
        return exact
    begins = func.lower(Party.name).like(f"{said.replace('%', '').replace('_', '')} %")
    wanted = select(Party).where(Party.kind == "carrier", Party.active, begins)
    return session.scalars(wanted.order_by(Party.name).limit(1)).first()
