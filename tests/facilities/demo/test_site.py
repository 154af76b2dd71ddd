"""The demo site's description is a site that could stand: checked by plain reading, not by luck."""

from collections import Counter
from datetime import UTC, datetime
from itertools import combinations

from facilities.demo.plant import bank_of, describe_plant, is_wide, outlet_phases
from facilities.demo.shapes import DemoRack
from facilities.demo.site import demo_site
from facilities.demo.space import OUTLETS, RACK_DEPTH_MM, RACK_WIDTH_MM
from telemetry.emulator.plant import Plant
from telemetry.profiles import loader
from telemetry.profiles.model import Protocol

SITE = demo_site()
#: A Monday, 14:00 in Ashburn.
BUSY_S = datetime(2026, 11, 23, 19, tzinfo=UTC).timestamp()
NODES = {node.key: node for node in SITE.nodes}


def test_every_key_is_used_once() -> None:
    for keys in (
        [n.key for n in SITE.nodes],
        [d.key for d in SITE.devices],
        [p.name for p in SITE.pieces],
        [p.serial for p in SITE.pieces],
        [r.name for r in SITE.racks],
    ):
        assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_power_comes_from_above_and_stays_on_its_side() -> None:
    seen: set[str] = set()
    for node in SITE.nodes:
        assert set(node.sources) <= seen, node.key
        sides = {NODES[source].feed for source in node.sources} - {""}
        assert sides <= {node.feed}, node.key
        seen.add(node.key)


def test_no_two_breakers_share_a_pole_and_all_fit_their_panel() -> None:
    poles = Counter((n.panel, pole) for n in SITE.nodes for pole in n.positions)
    assert [spot for spot, times in poles.items() if times > 1] == []
    for node in SITE.nodes:
        if node.panel is not None:
            assert max(node.positions) <= (NODES[node.panel].spaces or 0), node.key


def test_every_cord_has_an_outlet_of_its_own_that_fits() -> None:
    outlets = Counter((p.rack, feed, number) for p in SITE.pieces for feed, number in p.cords)
    assert [spot for spot, times in outlets.items() if times > 1] == []
    for piece in SITE.pieces:
        for (_, number), inlet in zip(piece.cords, piece.type.inlets, strict=True):
            assert 1 <= number <= OUTLETS
            assert is_wide(number) == (inlet.connector == "C20"), piece.name


def test_outlets_go_round_the_phases_and_banks() -> None:
    assert Counter(outlet_phases(n) for n in range(1, OUTLETS + 1)).most_common()[-1][1] == 8
    assert Counter(outlet_phases(n) for n in range(6, OUTLETS + 1, 6)).most_common(1)[0][1] <= 2
    assert Counter(bank_of(n) for n in range(1, OUTLETS + 1)) == {1: 8, 2: 8, 3: 8}


def test_no_two_pieces_share_a_unit() -> None:
    taken = Counter(
        (p.rack, unit, face)
        for p in SITE.pieces
        for unit in range(p.unit, p.unit + p.type.height_half_u // 2)
        for face in (("front", "rear") if p.type.full_depth else (p.type.face,))
    )
    assert [spot for spot, times in taken.items() if times > 1] == []
    assert max(p.unit + p.type.height_half_u // 2 - 1 for p in SITE.pieces) <= 42


def _apart(one: DemoRack, other: DemoRack) -> bool:
    return (
        abs(one.x_mm - other.x_mm) >= RACK_WIDTH_MM or abs(one.y_mm - other.y_mm) >= RACK_DEPTH_MM
    )


def test_racks_stand_inside_their_rooms_and_not_in_each_other() -> None:
    rooms = {room.code: room for room in SITE.rooms}
    for rack in SITE.racks:
        room = rooms[rack.room]
        assert 0 <= rack.x_mm <= room.width_mm - RACK_WIDTH_MM, rack.name
        assert 0 <= rack.y_mm <= room.depth_mm - RACK_DEPTH_MM, rack.name
    for one, other in combinations(SITE.racks, 2):
        assert one.room != other.room or _apart(one, other), (one.name, other.name)


def test_more_than_forty_devices_speak_both_protocols() -> None:
    spoken = Counter(loader.find(device.profile).protocol for device in SITE.devices)
    assert sum(spoken.values()) >= 40
    assert spoken[Protocol.SNMP] >= 20 and spoken[Protocol.MODBUS] >= 10


def test_a_device_is_what_its_profile_is_for() -> None:
    for device in SITE.devices:
        assert loader.find(device.profile).kind.value == device.kind, device.key


def test_the_plant_runs_busy_afternoon_hours_without_a_trip() -> None:
    plant = Plant(describe_plant(SITE), now_s=BUSY_S)
    for _ in range(3):
        plant.step(1200.0)
    assert plant.tripped == []
    assert all(15 < celsius < 40 for celsius in plant.air.inlet_c.values())


def test_losing_a_utility_keeps_every_load_alive() -> None:
    plant = Plant(describe_plant(SITE), now_s=BUSY_S)
    plant.supply.lost.add("UTIL-A")
    for _ in range(120):
        plant.step(1.0)
    assert plant.supply.live("GEN-1") and plant.supply.live("UPS-A")
    assert min(plant.flows.load_w) > 0
