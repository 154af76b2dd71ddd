"""Adding and editing racks, over both databases."""

from dataclasses import replace
from typing import Any

import pytest

from facilities.errors import Conflict, Refused
from facilities.hosting.models import Rack
from facilities.hosting.service import RackFacts, edit_rack
from tests.facilities.hosting.world import World, place_of_site


def facts_of(rack: Rack, **changes: Any) -> RackFacts:
    facts = RackFacts(**{n: getattr(rack, n) for n in RackFacts.__dataclass_fields__})
    return replace(facts, **changes)


def test_a_room_has_each_rack_name_once(world: World) -> None:
    with pytest.raises(Conflict, match="a rack R07 already") as conflict:
        world.rack_called("R07")
    assert conflict.value.field == "name"


def test_sp_09_two_racks_do_not_stand_on_one_spot(world: World) -> None:
    with pytest.raises(Conflict, match="R07 stands there"):
        world.rack_called("R08", x_mm=1700, y_mm=0, outer_width_mm=600, outer_depth_mm=1200)
    world.rack_called("R08", x_mm=1800, y_mm=0, outer_width_mm=600, outer_depth_mm=1200)


def test_sp_09_a_rack_stands_inside_its_room(world: World) -> None:
    with pytest.raises(Refused, match="12000 x 9000 mm"):
        world.rack_called("R08", x_mm=11_500, y_mm=0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("height_u", 0),
        ("width_in", 18),
        ("facing", 45),
        ("rail_depth_mm", 0),
        ("tare_kg", -1),
        ("status", "gone"),
        ("room_id", 999),
        ("row_id", 999),
        ("y_mm", 100),
    ],
)
def test_a_wrong_fact_names_its_field(world: World, field: str, value: Any) -> None:
    with pytest.raises(Refused) as refusal:
        world.rack_called(**{"name": "R08", field: value})
    assert refusal.value.field == ("x_mm" if field == "y_mm" else field)


def test_a_rack_does_not_shrink_below_what_stands_in_it(world: World) -> None:
    world.one("web-07", 42)
    with pytest.raises(Conflict, match="web-07 at U42"):
        edit_rack(world.session, world.rack, facts_of(world.rack, height_u=41))
    edit_rack(world.session, world.rack, facts_of(world.rack, height_u=47))
    assert world.rack.height_u == 47


def test_a_filled_rack_is_not_retired_nor_sent_to_another_site(world: World) -> None:
    world.one("web-07", 42)
    _, room, _ = place_of_site(world.session, "MUC1")
    with pytest.raises(Conflict, match="remove it first"):
        edit_rack(world.session, world.rack, facts_of(world.rack, status="retired"))
    with pytest.raises(Conflict, match="stays at its site"):
        moved = facts_of(world.rack, room_id=room.id, row_id=None)
        edit_rack(world.session, world.rack, moved)


def test_an_empty_rack_takes_the_site_of_its_new_room(world: World) -> None:
    site, room, _ = place_of_site(world.session, "MUC1")
    edit_rack(world.session, world.rack, facts_of(world.rack, room_id=room.id, row_id=None))
    assert world.rack.site_id == site.id


def test_un_06_a_rack_serial_is_unique_too(world: World) -> None:
    world.rack_called("R08", serial="RS1")
    with pytest.raises(Conflict, match="rs1 belongs to rack R08"):
        world.rack_called("R09", serial="rs1")
