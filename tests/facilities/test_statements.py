"""No page asks the database once per row: lists and objects take as many statements for many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from facilities.hosting.service import RackFacts, add_rack
from facilities.sites.models import RackRow, Room
from tests.facilities.conftest import Person
from tests.facilities.hosting.world import World, make_world

#: Design, section 7, of a list or an object; the search box asks every area once.
MOST, MOST_OF_SEARCH = 12, 18
PAGES = (
    "/",
    "/sites",
    "/sites/{site}",
    "/rooms",
    "/rooms/{room}",
    "/rows/{row}",
    "/racks",
    "/racks/{rack}",
    "/racks/{rack}/live",
    "/equipment",
    "/equipment/{piece}",
    "/equipment-types",
    "/search?q=srv",
    "/api/v1/racks/",
    "/api/v1/equipment/",
)


@contextmanager
def counted(sessions: sessionmaker[Session]) -> Iterator[list[str]]:
    """The statements of the block."""
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    engine = sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements_of(who: Person, sessions: sessionmaker[Session], url: str) -> list[str]:
    """What a page asks; transaction control left out."""
    with counted(sessions) as statements:
        response = who.get(url)
    assert response.status_code == 200, url
    return [s for s in statements if not s.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


def grow(world: World, number: int) -> None:
    """One more room with a row and a rack, and one more piece in the first rack."""
    room = Room(
        site_id=world.site.id, floor_id=world.room.floor_id, code=f"X{number}", name="More",
        kind="white_space",
    )  # fmt: skip
    world.session.add(room)
    world.session.flush()
    row = RackRow(site_id=world.site.id, room_id=room.id, code=f"X{number}", name="More")
    world.session.add(row)
    world.session.flush()
    add_rack(world.session, RackFacts(name=f"X{number}", room_id=room.id, row_id=row.id))
    world.put(f"srv-{number}", 3 + 2 * number, type_id=world.server.id, owner_id=world.owner.id)


@pytest.fixture
def paths(world: World) -> list[str]:
    """The pages with the ids of the small world."""
    piece = world.one("srv-0", 1, type_id=world.server.id, owner_id=world.owner.id)
    ids = {"site": world.site.id, "room": world.room.id, "row": world.row.id,
           "rack": world.rack.id, "piece": piece.id}  # fmt: skip
    return [page.format(**ids) for page in PAGES]


@pytest.fixture
def world(records: Session) -> World:
    """One room with one rack."""
    return make_world(records)


def test_statements_do_not_grow_with_rows(
    world: World,
    paths: list[str],
    person: Callable[..., Person],
    sessions: sessionmaker[Session],
) -> None:
    grow(world, 0)  # nothing is in a list alone: joins of two rows are begun
    world.session.commit()
    fiona = person("facilities")
    few = {path: statements_of(fiona, sessions, path) for path in paths}
    for number in range(1, 9):
        grow(world, number)
    world.session.commit()
    many = {path: statements_of(fiona, sessions, path) for path in paths}
    grown = {path: many[path] for path in paths if len(many[path]) > len(few[path])}
    assert grown == {}
    heavy = {
        path: len(asked)
        for path, asked in many.items()
        if len(asked) > (MOST_OF_SEARCH if path.startswith("/search") else MOST)
    }
    assert heavy == {}
