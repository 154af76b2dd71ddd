"""The lock before judging, the unique key behind it, and people who race for one unit."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.errors import Conflict, NotFound
from facilities.hosting.models import Claim, ClaimCell, Equipment
from facilities.hosting.placement import Cell
from facilities.hosting.service import (
    EquipmentFacts,
    Place,
    add_equipment,
    lock_space,
    move_equipment,
    release_expired,
    remove_equipment,
    write_cells,
)
from facilities.hosting.service_timers import expire_holds
from tests.facilities.hosting.world import AT, World

RACERS = 6


def test_a_verdict_on_an_older_version_is_a_conflict(world: World) -> None:
    seen = {world.rack.id: world.rack.capacity_version}
    lock_space(world.session, [world.rack.id], AT, seen)
    with pytest.raises(Conflict, match="changed the space"):
        lock_space(world.session, [world.rack.id], AT, seen)


def test_an_unknown_rack_is_not_locked(world: World) -> None:
    with pytest.raises(NotFound):
        lock_space(world.session, [world.rack.id, 999], AT)


def test_the_database_itself_refuses_a_cell_twice_and_names_who_has_it(world: World) -> None:
    world.one("web-07", 10)
    block = Claim(site_id=world.site.id, rack_id=world.rack.id, kind="blocked", reason="beam")
    world.session.add(block)
    with pytest.raises(Conflict, match="web-07 at U10"):
        write_cells(world.session, block, [Cell(19, "front", "left")])
    write_cells(world.session, block, [Cell(1, "front", "left")])
    assert [cell.half_u for cell in block.cells] == [1]


def race(sessions: sessionmaker[Session], work: Callable[[Session, int], None]) -> list[str]:
    """Let RACERS people work at the same moment; what each got: "" or the words of a conflict."""
    answers, barrier = [""] * RACERS, Barrier(RACERS)

    def run(number: int) -> None:
        barrier.wait(10)
        for _ in range(3):  # the shell of the web tries again when writers collide
            with sessions() as session:
                act_as(session, Actor("user", number, f"racer-{number}"))
                try:
                    work(session, number)
                    session.commit()
                except Conflict as conflict:
                    answers[number] = conflict.message
                except OperationalError as error:
                    answers[number] = f"collided: {error.orig}"
                    continue
                return

    threads = [Thread(target=run, args=(number,)) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_of_many_who_want_one_unit_exactly_one_gets_it(
    world: World, sessions: sessionmaker[Session]
) -> None:
    rack_id = world.rack.id
    world.session.commit()

    def work(session: Session, number: int) -> None:
        facts = EquipmentFacts(name=f"box-{number}")
        add_equipment(session, facts, Place(rack_id=rack_id, start_half_u=19), AT)

    answers = race(sessions, work)
    winner = answers.index("")
    others = [answer for number, answer in enumerate(answers) if number != winner]
    assert all(f"is taken: box-{winner} at U10" in answer for answer in others)
    with sessions() as session:
        assert [e.name for e in session.scalars(select(Equipment))] == [f"box-{winner}"]
        assert len(session.scalars(select(ClaimCell)).all()) == 8


def test_who_want_different_units_all_get_theirs(
    world: World, sessions: sessionmaker[Session]
) -> None:
    rack_id = world.rack.id
    world.session.commit()

    def work(session: Session, number: int) -> None:
        facts = EquipmentFacts(name=f"box-{number}")
        add_equipment(session, facts, Place(rack_id=rack_id, start_half_u=2 * number + 1), AT)

    assert race(sessions, work) == [""] * RACERS
    with sessions() as session:
        assert session.get_one(type(world.rack), rack_id).capacity_version == RACERS


def test_of_many_who_want_the_last_kilogram_one_gets_it(
    world: World, sessions: sessionmaker[Session]
) -> None:
    rack_id = world.rack.id
    world.one("ups", 1, weight_kg=900)
    world.session.commit()
    refused = []

    def work(session: Session, number: int) -> None:
        facts = EquipmentFacts(name=f"box-{number}", weight_kg=60)
        place = Place(rack_id=rack_id, start_half_u=2 * number + 11)
        try:
            add_equipment(session, facts, place, AT)
        except Exception as error:
            refused.append(str(error))
            session.rollback()
            raise Conflict("no") from error

    assert sorted(race(sessions, work)) == [""] + ["no"] * (RACERS - 1)
    assert all("over the rack's limit" in words for words in refused)


def test_a_rack_always_knows_how_much_of_it_is_used(world: World) -> None:
    def counted() -> tuple[int, int]:
        world.session.refresh(world.rack)
        return world.rack.used_half_u, world.rack.largest_run_half_u

    assert counted() == (0, 84)
    piece = world.one("web-07", 10, height_half_u=4)
    assert counted() == (4, 62)
    other = world.rack_called("R08")
    move_equipment(world.session, piece, Place(rack_id=other.id, start_half_u=1), AT)
    assert counted() == (0, 84)
    world.session.refresh(other)
    assert (other.used_half_u, other.largest_run_half_u) == (4, 80)
    remove_equipment(world.session, piece, AT)
    world.session.refresh(other)
    assert other.used_half_u == 0


def test_the_worker_frees_what_expired_and_nothing_else(world: World) -> None:
    for unit, expires_at in ((1, AT), (2, AT + timedelta(hours=1)), (3, None)):
        claim = Claim(
            site_id=world.site.id, rack_id=world.rack.id, kind="hold", expires_at=expires_at
        )
        world.session.add(claim)
        write_cells(world.session, claim, [Cell(2 * unit, "front", "left")])
    assert release_expired(world.session, AT) == 1
    left = world.session.scalars(select(ClaimCell.half_u).order_by(ClaimCell.half_u)).all()
    assert left == [4, 6]
    world.session.refresh(world.rack)
    assert world.rack.used_half_u == 2


def test_the_timer_frees_expired_holds_by_itself(
    world: World, sessions: sessionmaker[Session]
) -> None:
    claim = Claim(site_id=world.site.id, rack_id=world.rack.id, kind="hold", expires_at=AT)
    world.session.add(claim)
    write_cells(world.session, claim, [Cell(1, "front", "left")])
    world.session.commit()
    assert expire_holds(sessions) == 1
    assert expire_holds(sessions) == 0
    with sessions() as session:
        assert session.scalars(select(ClaimCell)).all() == []
