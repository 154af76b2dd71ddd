"""The registries by which an area shows its facts on another's page.

A lower area never knows an upper one: it asks these registries what there is to show. Every entry
names the permission that a person needs to see it; the shell asks for it, not the area.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from facilities.readings import ObjectRef, Readings


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: enough for a provider to judge what to show.

    sites_for(permission): the ids of the sites where the person has it; None means all sites.
    """

    user_id: int | None
    name: str
    roles: frozenset[str]
    sites_for: Callable[[str], frozenset[int] | None]

    def may(self, permission: str, site_id: int | None = None) -> bool:
        """True when the person has the permission (at that site, if one is given)."""
        sites = self.sites_for(permission)
        if sites is None:
            return True
        return bool(sites) if site_id is None else site_id in sites


@dataclass(frozen=True, slots=True)
class ObjectLink:
    """How an object is shown from outside: its name, page, place and site."""

    ref: ObjectRef
    label: str
    url: str
    place: str = ""
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """A kind of object that others may point at.

    find: ids -> links of those that exist; one or two statements however many ids.
    """

    kind: str
    title: str
    permission: str
    find: Callable[[Session, Collection[int]], Mapping[int, ObjectLink]]


@dataclass(frozen=True, slots=True)
class ObjectTab:
    """A tab on pages of the named kinds (None: on all). `render` returns safe markup."""

    key: str
    title: str
    permission: str
    render: Callable[[ObjectRef], str]
    kinds: frozenset[str] | None = None
    order: int = 50


@dataclass(frozen=True, slots=True)
class ObjectPart:
    """A part on the first tab of pages of the named kinds: the rack plan of a room.

    `render` returns safe markup, or "" when there is nothing to show.
    """

    key: str
    permission: str
    kinds: frozenset[str]
    render: Callable[[ObjectRef], str]
    order: int = 50


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One fact in the strip on top of an object page. `text` None is shown as unknown."""

    label: str
    text: str | None
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class FactProvider:
    """Adds key facts to pages of a kind of object."""

    kind: str
    permission: str
    facts: Callable[[Session, ObjectRef], Sequence[KeyFact]]


@dataclass(frozen=True, slots=True)
class Summary:
    """Facts of many objects of a kind at once, for the rows of a list: racks of a room, free U.

    load: ids -> facts with the same labels in the same order; a fixed number of statements.
    """

    kind: str
    permission: str
    load: Callable[[Session, Collection[int]], Mapping[int, Sequence[KeyFact]]]


@dataclass(frozen=True, slots=True)
class Release:
    """What another area gives back when an object of a kind leaves its place: cords, labels.

    run: does it in the same transaction and says in words what was given back.
    """

    kind: str
    run: Callable[[Session, ObjectRef], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shade:
    """How an overlay paints one rack: level 0..1 on the ramp, None for unknown (hatched)."""

    level: float | None
    text: str
    tone: str = ""
    age_s: float | None = None


@dataclass(frozen=True, slots=True)
class PlanOverlay:
    """A way to colour the racks of a room: space, power, temperature ..."""

    key: str
    title: str
    permission: str
    legend: str
    shades: Callable[[Session, Readings, Sequence[int]], Mapping[int, Shade]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of a home card."""

    label: str
    url: str
    value: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A number with its list behind it, and the first few rows. `empty` says what a zero means."""

    count: int | None
    rows: Sequence[CardRow] = ()
    url: str = ""
    empty: str = "Nothing here."


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A card on the home page of the named roles, in `order`."""

    key: str
    title: str
    permission: str
    roles: Mapping[str, int]
    load: Callable[[Session, Readings, Viewer], Card]


@dataclass(frozen=True, slots=True)
class HomeLead:
    """What stands above the cards on the home page of these roles: the tool they work with.

    render: safe markup, or "" where there is nothing to work with yet.
    """

    key: str
    permission: str
    roles: frozenset[str]
    render: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; `exact` hits come first, then by rank (0 best)."""

    ref: ObjectRef
    label: str
    url: str
    detail: str
    exact: bool = False
    rank: int = 5


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """Finds objects of one area by a text; at most `limit`, the viewer's sites only."""

    key: str
    permission: str
    search: Callable[[Session, Viewer, str, int], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class NavEntry:
    """An entry of the navigation. `roles` gives its place per role (lower first)."""

    key: str
    title: str
    icon: str
    endpoint: str
    permission: str
    order: int = 50
    roles: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list that goes out as CSV: header and rows of exactly what is filtered."""

    key: str
    title: str
    permission: str
    columns: Sequence[str]
    rows: Callable[[Session, Viewer, Mapping[str, str]], Sequence[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A part that must work for the house to be ready; returns "" or what is wrong."""

    key: str
    check: Callable[[Session], str]


@dataclass(slots=True)
class Registries:
    """All of them. Areas fill them in their `register(registries)`, called by app.py."""

    kinds: dict[str, ObjectKind] = field(default_factory=dict)
    tabs: list[ObjectTab] = field(default_factory=list)
    facts: list[FactProvider] = field(default_factory=list)
    overlays: list[PlanOverlay] = field(default_factory=list)
    cards: list[HomeCard] = field(default_factory=list)
    leads: list[HomeLead] = field(default_factory=list)
    searches: list[SearchProvider] = field(default_factory=list)
    nav: list[NavEntry] = field(default_factory=list)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    ready: list[ReadyCheck] = field(default_factory=list)
    parts: list[ObjectPart] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)

    def add_kind(self, kind: ObjectKind) -> None:
        """Make a kind of object known; each kind once."""
        if kind.kind in self.kinds:
            raise ValueError(f"object kind {kind.kind!r} is registered twice")
        self.kinds[kind.kind] = kind

    def tabs_for(self, kind: str, viewer: Viewer) -> list[ObjectTab]:
        """The tabs of others that this person sees on a page of this kind, in order."""
        found = [t for t in self.tabs if t.kinds is None or kind in t.kinds]
        return sorted((t for t in found if viewer.may(t.permission)), key=lambda t: t.order)

    def parts_for(self, kind: str, viewer: Viewer) -> list[ObjectPart]:
        """The parts of others that this person sees on pages of this kind, in order."""
        found = [p for p in self.parts if kind in p.kinds and viewer.may(p.permission)]
        return sorted(found, key=lambda p: p.order)

    def summary(
        self, session: Session, viewer: Viewer, kind: str, ids: Collection[int]
    ) -> Mapping[int, Sequence[KeyFact]]:
        """What every area says of many objects of a kind, joined per object."""
        found: dict[int, list[KeyFact]] = {id_: [] for id_ in ids}
        for entry in self.summaries:
            if entry.kind == kind and viewer.may(entry.permission):
                for id_, facts in entry.load(session, ids).items():
                    found[id_] += facts
        return found

    def link(self, session: Session, ref: ObjectRef) -> ObjectLink | None:
        """The link of one object, or None when its kind or row is not there."""
        return self.links(session, [ref]).get(ref)

    def links(
        self, session: Session, refs: Collection[ObjectRef]
    ) -> Mapping[ObjectRef, ObjectLink]:
        """Links of many objects, one `find` per kind."""
        wanted: dict[str, set[int]] = {}
        for ref in refs:
            wanted.setdefault(ref.kind, set()).add(ref.id)
        found: dict[ObjectRef, ObjectLink] = {}
        for kind, ids in wanted.items():
            if kind in self.kinds:
                links = self.kinds[kind].find(session, ids)
                found.update({ObjectRef(kind, id_): link for id_, link in links.items()})
        return found
