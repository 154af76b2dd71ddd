"""Parties and their contacts: add, edit, find. Never commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from facilities.errors import Conflict, NotFound, Refused
from facilities.parties.models import PARTY_KINDS, Contact, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """What a person enters of a party."""

    kind: str
    name: str
    code: str | None = None
    notes: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What a person enters of a contact; rank 1 is called first."""

    name: str
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    rank: int = 1


def listed(kind: str = "", text: str = "", inactive: bool = False) -> Select[Party]:
    """Parties by kind and text, in order of name; inactive ones only when asked for."""
    wanted = select(Party).options(selectinload(Party.contacts)).order_by(Party.name, Party.id)
    if kind:
        wanted = wanted.where(Party.kind == kind)
    if not inactive:
        wanted = wanted.where(Party.active)
    return wanted.where(_matches(text)) if text else wanted


def _matches(text: str) -> ColumnElement[bool]:
    part = f"%{_escaped(text.lower())}%"
    people = select(Contact.party_id).where(func.lower(Contact.name).like(part, escape="\\"))
    return or_(
        func.lower(Party.name).like(part, escape="\\"),
        func.lower(Party.code).like(part, escape="\\"),
        Party.id.in_(people),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def get(session: Session, party_id: int) -> Party:
    """One party. Raises NotFound."""
    found = session.get(Party, party_id, options=[selectinload(Party.contacts)])
    if found is None:
        raise NotFound("There is no such party.")
    return found


def by_ids(session: Session, ids: Collection[int]) -> Mapping[int, Party]:
    """Those of the ids that exist."""
    return {party.id: party for party in session.scalars(select(Party).where(Party.id.in_(ids)))}


def of_kind(session: Session, *kinds: str) -> Sequence[Party]:
    """Active parties of these kinds by name, for a choice in a form."""
    wanted = select(Party).where(Party.kind.in_(kinds), Party.active).order_by(Party.name)
    return session.scalars(wanted.limit(1000)).all()


def save(session: Session, party: Party | None, facts: PartyFacts) -> Party:
    """Add (party None) or change a party. Raises Refused, Conflict naming the field."""
    if facts.kind not in PARTY_KINDS:
        raise Refused(f"A party is one of {', '.join(PARTY_KINDS)}.", "kind")
    name = facts.name.strip()
    if not name:
        raise Refused("A party needs a name.", "name")
    same = select(Party.id).where(Party.kind == facts.kind, func.lower(Party.name) == name.lower())
    if session.scalar(same.where(Party.id != (party.id if party else 0)).limit(1)):
        raise Conflict(f"There is a {facts.kind} {name!r} already.", "name")
    if party is None:
        party = Party()
        session.add(party)
    party.kind, party.name, party.active = facts.kind, name, facts.active
    party.code = (facts.code or "").strip().upper() or None
    party.notes = (facts.notes or "").strip() or None
    session.flush()
    return party


def save_contact(
    session: Session, party: Party, contact: Contact | None, facts: ContactFacts
) -> Contact:
    """Add (contact None) or change a contact of a party. Raises Refused naming the field."""
    if not facts.name.strip():
        raise Refused("A contact needs a name.", "name")
    if facts.email and "@" not in facts.email.strip("@"):
        raise Refused(f"{facts.email!r} is no mail address.", "email")
    if facts.rank < 1:
        raise Refused("The rank counts from 1: who is called first.", "rank")
    if contact is None:
        contact = Contact(party_id=party.id)
        session.add(contact)
    contact.name, contact.role, contact.rank = facts.name.strip(), facts.role, facts.rank
    contact.email, contact.phone = facts.email, facts.phone
    session.flush()
    session.expire(party, ["contacts"])
    return contact


def contact_of(party: Party, contact_id: int) -> Contact:
    """A contact of this party. Raises NotFound."""
    for contact in party.contacts:
        if contact.id == contact_id:
            return contact
    raise NotFound("This party has no such contact.")


def remove_contact(session: Session, party: Party, contact: Contact) -> None:
    """Take a contact off; the history keeps that it was there."""
    party.contacts.remove(contact)
    session.flush()


def found(session: Session, text: str, limit: int) -> Sequence[Party]:
    """Active parties whose name, code or contacts hold the text."""
    return session.scalars(listed(text=text).limit(limit)).unique().all()
