"""Adding, moving, editing and removing equipment, over both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.models import Claim, ClaimCell, Equipment
from facilities.hosting.service import (
    NOWHERE,
    EquipmentFacts,
    Place,
    edit_equipment,
    move_equipment,
    remove_equipment,
)
from facilities.hosting.service_placing import place_of
from tests.facilities.hosting.world import AT, World, place_of_site


def cells(session: Session, piece: Equipment) -> set[tuple[int, str, str]]:
    wanted = select(ClaimCell).join(Claim).where(Claim.equipment_id == piece.id)
    return {(cell.half_u, cell.face, cell.lane) for cell in session.scalars(wanted)}


def facts_of(piece: Equipment, **changes: object) -> EquipmentFacts:
    names = EquipmentFacts.__dataclass_fields__
    return replace(EquipmentFacts(**{n: getattr(piece, n) for n in names}), **changes)


def test_a_full_piece_takes_both_faces_and_both_lanes(world: World) -> None:
    piece = world.one("web-07", 10, height_half_u=2)
    assert len(cells(world.session, piece)) == 8
    assert {half for half, _, _ in cells(world.session, piece)} == {19, 20}


def test_a_half_deep_half_wide_piece_takes_one_cell_a_half_unit(world: World) -> None:
    piece = world.one("small", 10, height_half_u=1, full_depth=False, lane="left", face="rear")
    assert cells(world.session, piece) == {(19, "rear", "left")}


def test_what_its_type_says_is_taken_over(world: World) -> None:
    piece = world.one("web-07", 10, type_id=world.server.id)
    assert (piece.height_half_u, piece.weight_kg, piece.rated_w) == (4, 25, 800)
    assert piece.maker_id == world.server.maker_id


def test_a_taken_place_says_what_is_there(world: World) -> None:
    world.one("web-07", 10, height_half_u=6)
    with pytest.raises(Conflict, match="U12 front and rear is taken: web-07 at U10-12") as conflict:
        world.one("web-08", 12)
    assert (conflict.value.field, conflict.value.rule) == ("position_u", "SP-05")


def test_every_claim_bumps_the_versions_of_rack_and_site(world: World) -> None:
    before = (world.rack.capacity_version, world.site.capacity_version)
    world.one("web-07", 10)
    world.session.refresh(world.rack)
    world.session.refresh(world.site)
    assert (world.rack.capacity_version, world.site.capacity_version) == (
        before[0] + 1,
        before[1] + 1,
    )


def test_a_move_frees_the_old_place_and_takes_the_new(world: World) -> None:
    piece = world.one("web-07", 10)
    move_equipment(world.session, piece, replace(place_of(piece), start_half_u=21), AT)
    assert {half for half, _, _ in cells(world.session, piece)} == {21, 22}
    world.one("web-08", 10)


def test_a_piece_may_move_onto_a_part_of_its_own_place(world: World) -> None:
    piece = world.one("web-07", 10, height_half_u=8)
    move_equipment(world.session, piece, replace(place_of(piece), start_half_u=21), AT)
    assert {half for half, _, _ in cells(world.session, piece)} == set(range(21, 29))


def test_a_move_to_another_rack_takes_its_claim_along(world: World) -> None:
    other = world.rack_called("R08")
    piece = world.one("web-07", 10)
    move_equipment(world.session, piece, replace(place_of(piece), rack_id=other.id), AT)
    claim = world.session.scalars(select(Claim)).one()
    assert (claim.rack_id, piece.rack_id) == (other.id, other.id)
    world.one("web-08", 10)


def test_a_move_to_a_taken_place_changes_nothing(world: World) -> None:
    world.one("web-07", 10)
    piece = world.one("web-08", 12)
    with pytest.raises(Conflict), world.session.begin_nested():
        move_equipment(world.session, piece, replace(place_of(piece), start_half_u=19), AT)
    assert piece.start_half_u == 23
    assert {half for half, _, _ in cells(world.session, piece)} == {23, 24}


def test_removing_releases_the_claim_and_keeps_the_row(world: World) -> None:
    piece = world.one("web-07", 10)
    remove_equipment(world.session, piece, AT)
    assert (piece.rack_id, piece.start_half_u, piece.status) == (None, None, "removed")
    assert cells(world.session, piece) == set()
    assert world.session.scalars(select(Claim)).all() == []


def test_what_is_gone_is_not_removed_into_a_rack_status(world: World) -> None:
    piece = world.one("web-07", 10)
    with pytest.raises(Refused, match="removed, received, disposed"):
        remove_equipment(world.session, piece, AT, status="active")


def test_a_disposed_piece_stays_where_nobody_finds_it(world: World) -> None:
    piece = world.one("web-07", 10)
    remove_equipment(world.session, piece, AT, status="disposed")
    with pytest.raises(Refused, match="nothing else"):
        move_equipment(world.session, piece, Place(rack_id=world.rack.id, start_half_u=1), AT)


def test_a_removed_piece_may_come_back(world: World) -> None:
    piece = world.one("web-07", 10)
    remove_equipment(world.session, piece, AT, status="received")
    move_equipment(world.session, piece, Place(rack_id=world.rack.id, start_half_u=1), AT)
    assert (piece.status, piece.start_half_u) == ("installed", 1)


def test_one_serial_belongs_to_one_piece_of_a_maker(world: World) -> None:
    world.one("web-07", 10, type_id=world.server.id, serial="SN1")
    with pytest.raises(Conflict, match="sn1 belongs to web-07 in rack R07") as conflict:
        world.one("web-08", 20, type_id=world.server.id, serial="sn1")
    assert (conflict.value.field, conflict.value.rule) == ("serial", "UN-06")
    world.one("web-09", 30, serial="SN1")  # of another, unknown maker


def test_one_asset_tag_belongs_to_one_thing_of_the_house(world: World) -> None:
    world.rack_called("R08", asset_tag="A-1")
    with pytest.raises(Conflict, match="A-1 belongs to rack R08"):
        world.one("web-07", 10, asset_tag="A-1")


def test_a_serial_that_slips_past_the_check_is_stopped_by_the_database(world: World) -> None:
    first = world.one("web-07", 10, type_id=world.server.id, serial="SN1")
    twin = world.one("web-08", 20, type_id=world.server.id)
    with pytest.raises(Exception, match=r"(?i)unique"), world.session.begin_nested():
        twin.serial = first.serial
        world.session.flush()


def test_a_higher_piece_is_judged_where_it_stands(world: World) -> None:
    piece = world.one("web-07", 10)
    world.one("web-08", 11)
    with pytest.raises(Conflict, match="web-08"), world.session.begin_nested():
        edit_equipment(world.session, piece, facts_of(piece, height_half_u=4), AT)
    edit_equipment(world.session, piece, facts_of(piece, height_half_u=1), AT)
    assert {half for half, _, _ in cells(world.session, piece)} == {19}


def test_a_renamed_piece_keeps_its_place(world: World) -> None:
    piece = world.one("web-07", 10)
    before = world.session.get_one(type(world.rack), world.rack.id).capacity_version
    edit_equipment(world.session, piece, facts_of(piece, name="db-01"), AT)
    world.session.refresh(world.rack)
    assert (piece.name, piece.start_half_u) == ("db-01", 19)
    assert world.rack.capacity_version == before


def test_an_edit_does_not_empty_a_rack_by_status(world: World) -> None:
    piece = world.one("web-07", 10)
    with pytest.raises(Refused, match="remove it from its rack"):
        edit_equipment(world.session, piece, facts_of(piece, status="removed"), AT)


def test_sp_04_a_0u_piece_goes_into_a_channel(world: World) -> None:
    world.one(
        "pdu-a",
        None,
        rack_id=world.rack.id,
        height_half_u=0,
        length_mm=1700,
        channel="rear-left",
        channel_start_mm=0,
    )
    with pytest.raises(Refused, match="rear-left is taken there: pdu-a"):
        world.one(
            "pdu-b",
            None,
            rack_id=world.rack.id,
            height_half_u=0,
            length_mm=900,
            channel="rear-left",
            channel_start_mm=0,
        )
    world.one(
        "pdu-b",
        None,
        rack_id=world.rack.id,
        height_half_u=0,
        length_mm=900,
        channel="rear-right",
        channel_start_mm=0,
    )
    assert world.session.scalars(select(Claim)).all() == []


def test_sp_06_children_stand_in_bays_and_move_with_their_parent(world: World) -> None:
    chassis = world.one("chassis", 1, type_id=world.chassis.id)
    blade = world.one("blade-1", None, parent_id=chassis.id, bay="bay 1", height_half_u=0)
    assert blade.rack_id == world.rack.id
    with pytest.raises(Refused, match="taken: blade-1"):
        world.one("blade-2", None, parent_id=chassis.id, bay="bay 1", height_half_u=0)
    other = world.rack_called("R08")
    move_equipment(world.session, chassis, replace(place_of(chassis), rack_id=other.id), AT)
    assert blade.rack_id == other.id
    remove_equipment(world.session, chassis, AT)
    assert (blade.rack_id, blade.status, blade.parent_id) == (None, "removed", chassis.id)


def test_sp_06_a_parent_does_not_stand_in_its_own_child(world: World) -> None:
    shelf = world.one("shelf", 1)
    box = world.one("box", None, parent_id=shelf.id)
    with pytest.raises(Refused, match="a circle"):
        move_equipment(world.session, shelf, Place(parent_id=box.id), AT)


def test_a_child_moves_to_the_site_of_its_parent(world: World) -> None:
    _, room, _ = place_of_site(world.session, "MUC1")
    rack = world.rack_called("R01", room_id=room.id)
    chassis = world.one("chassis", 1, type_id=world.chassis.id)
    blade = world.one("blade-1", None, parent_id=chassis.id, bay="bay 1")
    move_equipment(world.session, chassis, Place(rack_id=rack.id, start_half_u=1), AT)
    assert (chassis.site_id, blade.site_id) == (room.site_id, room.site_id)


def test_sp_07_too_heavy_for_the_rack_is_refused(world: World) -> None:
    world.one("ups", 1, weight_kg=990)
    with pytest.raises(Refused, match=r"15\.0 kg over the rack's limit of 1000 kg") as refusal:
        world.one("web-07", 10, type_id=world.server.id)
    assert (refusal.value.field, refusal.value.rule) == ("weight_kg", "SP-07")


def test_sp_07_an_unknown_weight_is_said_and_does_not_refuse(world: World) -> None:
    assert "weight of 1 of 1 pieces is unknown" in world.put("web-07", 10).notes[0]


def hold(world: World, unit: int, expires_in: timedelta) -> Claim:
    claim = Claim(
        site_id=world.site.id,
        rack_id=world.rack.id,
        kind="hold",
        owner_id=world.owner.id,
        expires_at=AT + expires_in,
    )
    for half in (2 * unit - 1, 2 * unit):
        for face in ("front", "rear"):
            for lane in ("left", "right"):
                claim.cells.append(
                    ClaimCell(rack_id=world.rack.id, half_u=half, face=face, lane=lane)
                )
    world.session.add(claim)
    world.session.flush()
    return claim


def test_f2_installing_over_a_hold_needs_its_release_by_name(world: World) -> None:
    claim = hold(world, 10, timedelta(days=1))
    with pytest.raises(Conflict, match="the hold of Initech on U10"), world.session.begin_nested():
        world.one("web-07", 10)
    world.one("web-07", 10, over_hold_id=claim.id)
    assert [c.kind for c in world.session.scalars(select(Claim))] == ["equipment"]


def test_only_a_hold_of_this_rack_is_given_up(world: World) -> None:
    world.one("web-07", 10)
    claim = world.session.scalars(select(Claim)).one()
    with pytest.raises(Conflict, match="no longer there"):
        world.one("web-08", 12, over_hold_id=claim.id)


def test_sp_12_a_hold_is_free_at_the_moment_it_expires(world: World) -> None:
    hold(world, 10, timedelta(0))
    world.one("web-07", 10)


def test_sp_12_a_hold_holds_until_the_second_before(world: World) -> None:
    hold(world, 10, timedelta(seconds=1))
    with pytest.raises(Conflict):
        world.one("web-07", 10)


def test_into_a_retired_rack_nothing_goes(world: World) -> None:
    rack = world.rack_called("R99", status="retired")
    with pytest.raises(Refused, match="R99 is retired"):
        world.one("web-07", 10, rack_id=rack.id)


def test_a_piece_without_a_rack_needs_a_site(world: World) -> None:
    assert world.one("spare", None, status="received").rack_id is None


@pytest.mark.parametrize(
    ("field", "value"), [("weight_kg", -1), ("name", " "), ("status", "lost"), ("type_id", 99)]
)
def test_a_wrong_fact_names_its_field(world: World, field: str, value: object) -> None:
    with pytest.raises(Refused) as refusal:
        world.one(**{"name": "x", "unit": 10, field: value})
    assert refusal.value.field == field


def test_an_unknown_rack_or_parent_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        world.one("x", 1, rack_id=999)
    with pytest.raises(NotFound):
        world.one("x", None, parent_id=999)


def test_nowhere_is_a_place_too(world: World) -> None:
    piece = world.one("web-07", 10)
    move_equipment(world.session, piece, NOWHERE, AT)
    assert (piece.rack_id, piece.status) == (None, "active")
