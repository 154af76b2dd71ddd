"""The demo site as a plant: what the emulated devices measure."""

from collections.abc import Iterator

from facilities.demo.shapes import PHASE_PAIRS, DemoNode, DemoPiece, DemoRoom, DemoSite
from facilities.demo.space import OUTLETS, WIDE_EVERY
from facilities.demo.supply import HIGH_V, rack_pdu
from telemetry.emulator import description as plant

LINES = {"L1": 0, "L2": 1, "L3": 2}
#: A PDU's breaker at 80 %: what its outlets may carry in all (PW-09).
PDU_LIMIT = 0.8
TRANSFORMER_EFFICIENCY = 0.98
UPS_BATTERY_WH = 25_000.0
#: Heat that a cubic metre of hall and its racks take per kelvin.
THERMAL_J_K_M2 = 40_000.0


def describe_plant(site: DemoSite) -> plant.PlantDescription:
    """The plant of a demo site; keys are the keys of its nodes, racks, rooms and pieces."""
    of_kind: dict[str, list[DemoNode]] = {}
    for node in site.nodes:
        of_kind.setdefault(node.kind, []).append(node)
    boards = [n for kind in ("switchgear", "panel", "pdu") for n in of_kind[kind]]
    return plant.PlantDescription(
        utilities=tuple(plant.Utility(n.key, n.volts) for n in of_kind["utility"]),
        generators=tuple(
            plant.Generator(n.key, n.volts, n.rating_w or 0.0) for n in of_kind["generator"]
        ),
        ats=tuple(plant.Ats(n.key, n.sources[0], n.sources[1]) for n in of_kind["ats"]),
        ups=tuple(_ups(n) for n in of_kind["ups"]),
        panels=tuple(_board(n) for n in boards),
        breakers=tuple(_breaker(n) for n in of_kind["breaker"]),
        pdus=tuple(_pdu(n) for n in of_kind["rack_pdu"]),
        loads=tuple(_load(piece) for piece in site.pieces),
        zones=tuple(_zones(site)),
        cracs=tuple(
            plant.Crac(u.key, u.room, u.panel, u.capacity_w, u.airflow_m3_s, cop=3.5)
            for u in site.cracs
        ),
        racks=tuple(plant.Rack(r.name, r.room, r.offset_k) for r in site.racks),
        sensors=tuple(plant.Sensor(probe_key(r.name), r.name, "front", 0.9) for r in site.racks),
        seed=2026,
        utc_offset_h=-5.0,
    )


def probe_key(rack: str) -> str:
    """The plant's key of a rack's inlet probe."""
    return f"probe-{rack}"


def outlet_phases(number: int) -> tuple[str, str]:
    """Outlets go round the phase pairs, one further each group, so that the C19s do so too."""
    turn = (number - 1) % len(PHASE_PAIRS) + (number - 1) // WIDE_EVERY
    return PHASE_PAIRS[turn % len(PHASE_PAIRS)]


def is_wide(number: int) -> bool:
    """True for a C19, False for a C13."""
    return number % WIDE_EVERY == 0


def bank_of(number: int) -> int:
    """Three banks of eight outlets."""
    return 1 + (number - 1) * 3 // OUTLETS


def _ups(node: DemoNode) -> plant.Ups:
    return plant.Ups(
        node.key, node.sources[0], node.rating_va or 0.0, node.rating_w or 0.0,
        UPS_BATTERY_WH, HIGH_V,
    )  # fmt: skip


def _board(node: DemoNode) -> plant.Panel:
    steps_down = node.kind == "pdu"
    return plant.Panel(
        node.key,
        node.sources[0],
        node.rating_a or 0.0,
        v_ll=node.volts if steps_down else None,
        efficiency=TRANSFORMER_EFFICIENCY if steps_down else 1.0,
    )


def _breaker(node: DemoNode) -> plant.Breaker:
    lines = tuple((position - 1) // 2 % 3 for position in node.positions)  # PW-21
    return plant.Breaker(node.key, node.sources[0], node.rating_a or 0.0, lines, node.positions)


def _pdu(node: DemoNode) -> plant.RackPdu:
    outlets = tuple(
        plant.Outlet(
            number,
            tuple(LINES[name] for name in outlet_phases(number)),
            bank_of(number),
            16.0 if is_wide(number) else 10.0,
        )
        for number in range(1, OUTLETS + 1)
    )
    limit_a = (node.rating_a or 0.0) * PDU_LIMIT
    return plant.RackPdu(node.key, node.sources[0], outlets, rating_a=limit_a, rack=node.rack)


def _load(piece: DemoPiece) -> plant.Load:
    cords = tuple(plant.Cord(rack_pdu(feed, piece.rack), number) for feed, number in piece.cords)
    kind = piece.type
    return plant.Load(piece.name, kind.idle_w, kind.peak_w, cords, rack=piece.rack)


def _zones(site: DemoSite) -> Iterator[plant.Zone]:
    halls: list[DemoRoom] = [room for room in site.rooms if room.kind == "white_space"]
    for room in halls:
        area_m2 = room.width_mm * room.depth_mm / 1e6
        yield plant.Zone(room.code, thermal_mass_j_k=THERMAL_J_K_M2 * area_m2)
