"""The demo site's power chain, cooling units and the devices that read them.

Two utilities and one generator, 480 V to two 2N sides of one UPS each, 208/120 V from a
transformer per side to one RPP per row and side, one 30 A three-pole breaker per rack and side.
"""

from collections.abc import Iterator

from facilities.demo.shapes import DemoCrac, DemoDevice, DemoNode
from facilities.demo.space import ROW_RACKS, rack_name

SIDES = ("A", "B")
LOW_V, HIGH_V = 208.0, 480.0
SPACES = 42
ROOM_OF_SIDE = {"A": "EL-A", "B": "EL-B"}
HALL_OF_ROW = {"R1": "DH1", "R2": "DH1", "R3": "DH2"}
#: (key, name, room, side, capacity W, airflow m3/s, x mm, y mm)
_CRACS = (
    ("CRAC-1", "CRAC 1", "DH1", "A", 45_000.0, 4.6, 0.0, 600.0),
    ("CRAC-2", "CRAC 2", "DH1", "B", 45_000.0, 4.6, 0.0, 5400.0),
    ("CRAC-3", "CRAC 3", "DH1", "A", 45_000.0, 4.6, 8400.0, 5400.0),
    ("CRAC-4", "CRAC 4", "DH2", "B", 25_000.0, 2.6, 0.0, 0.0),
    ("CRAC-5", "CRAC 5", "DH2", "A", 25_000.0, 2.6, 0.0, 4200.0),
)


def rpp(side: str, row: str) -> str:
    """The panel of a row on one side: `RPP-A1`."""
    return f"RPP-{side}{row[1:]}"


def poles(place: int) -> tuple[int, int, int]:
    """Where the three-pole breaker of the nth place (from 0) sits: left, right, left ..."""
    first = 1 + 6 * (place // 2) + place % 2
    return (first, first + 2, first + 4)


def circuit(panel: str, positions: tuple[int, ...]) -> str:
    """The circuit id (UN-06): `RPP-A1-1,3,5`."""
    return f"{panel}-{','.join(map(str, positions))}"


def rack_pdu(side: str, rack: str) -> str:
    """The rack PDU of one side: `PDU-R1-07-A`."""
    return f"PDU-{rack}-{side}"


def nodes() -> Iterator[DemoNode]:
    """The whole chain, sources first: every source comes before what it feeds."""
    for side in SIDES:
        yield DemoNode(f"UTIL-{side}", "utility", side, room=ROOM_OF_SIDE[side], rating_a=800)
    yield DemoNode("GEN-1", "generator", "", room="EL-A", rating_w=400_000, rating_va=500_000)
    for side in SIDES:
        yield from _upstream(side, ROOM_OF_SIDE[side])
        for row, count in ROW_RACKS.items():
            yield from _row(side, row, count)
    for key, name, _, side, *_ in _CRACS:
        place = int(key[-1])
        yield _breaker(f"MCC-{side}", poles(place), side, 60, HIGH_V, name)


def _upstream(side: str, room: str) -> Iterator[DemoNode]:
    board, motors = f"MSB-{side}", f"MCC-{side}"
    yield DemoNode(f"ATS-{side}", "ats", side, (f"UTIL-{side}", "GEN-1"), room, rating_a=800)
    yield DemoNode(board, "switchgear", side, (f"ATS-{side}",), room, rating_a=800, spaces=SPACES)
    to_ups, to_motors = poles(0), poles(1)
    yield _breaker(board, to_ups, side, 250, HIGH_V, f"UPS-{side}")
    yield _breaker(board, to_motors, side, 200, HIGH_V, motors)
    yield DemoNode(
        f"UPS-{side}", "ups", side, (circuit(board, to_ups),), room,
        rating_w=135_000, rating_va=150_000,
    )  # fmt: skip
    yield DemoNode(
        motors, "panel", side, (circuit(board, to_motors),), room, rating_a=200, spaces=SPACES
    )
    yield DemoNode(
        f"PDU-{side}", "pdu", side, (f"UPS-{side}",), room, volts=LOW_V,
        rating_a=416, rating_va=150_000, spaces=SPACES,
    )  # fmt: skip


def _row(side: str, row: str, count: int) -> Iterator[DemoNode]:
    panel, feeder = rpp(side, row), poles(int(row[1:]) - 1)
    yield _breaker(f"PDU-{side}", feeder, side, 225, LOW_V, panel)
    yield DemoNode(
        panel, "panel", side, (circuit(f"PDU-{side}", feeder),), HALL_OF_ROW[row],
        volts=LOW_V, rating_a=225, spaces=SPACES,
    )  # fmt: skip
    for place in range(count):
        rack = rack_name(row, place + 1)
        yield _breaker(panel, poles(place), side, 30, LOW_V, rack_pdu(side, rack), rack)
        yield DemoNode(
            rack_pdu(side, rack), "rack_pdu", side, (circuit(panel, poles(place)),),
            HALL_OF_ROW[row], rack, volts=LOW_V, rating_a=30,
        )  # fmt: skip
    spare = poles(count)
    if spare[-1] <= SPACES:
        yield _breaker(panel, spare, side, 30, LOW_V, None, usage="spare")


def _breaker(
    panel: str, positions: tuple[int, ...], side: str, rating_a: float, volts: float,
    feeds: str | None, rack: str | None = None, usage: str = "used",
) -> DemoNode:  # fmt: skip
    return DemoNode(
        circuit(panel, positions), "breaker", side, (panel,), panel=panel, positions=positions,
        volts=volts, rating_a=rating_a, usage=usage,
        destination=f"Rack {rack}, feed {side}" if rack else feeds,
    )  # fmt: skip


def cracs() -> Iterator[DemoCrac]:
    """The cooling units, each on its own breaker of a side's motor panel."""
    for key, name, room, side, capacity_w, airflow, x_mm, y_mm in _CRACS:
        breaker = circuit(f"MCC-{side}", poles(int(key[-1])))
        yield DemoCrac(key, name, room, breaker, capacity_w, airflow, x_mm, y_mm)


def devices() -> Iterator[DemoDevice]:
    """What is polled: PDUs, UPSs and probes over SNMP; meters and cooling units over Modbus."""
    for side in SIDES:
        for board in (f"UTIL-{side}", f"MSB-{side}", f"PDU-{side}"):
            yield _device("meter", board, "power_meter", "schneider-pm5000")
        yield _device("meter", f"MCC-{side}", "power_meter", "schneider-iem3000")
        yield _device("ups", f"UPS-{side}", "ups", "ups-rfc1628")
        for row in ROW_RACKS:
            yield _device("meter", rpp(side, row), "power_meter", "schneider-iem3000")
            yield _device("bcm", rpp(side, row), "branch_meter", "schneider-bcpme")
        for row, count in ROW_RACKS.items():
            for place in range(1, count + 1):
                key = rack_pdu(side, rack_name(row, place))
                yield DemoDevice(key.lower(), key, "rack_pdu", "apc-rpdu2", key)
    for unit in cracs():
        yield _device("", unit.key, "crac", "vertiv-liebert-ds")
    for row, count in ROW_RACKS.items():
        racks = tuple(rack_name(row, place) for place in range(1, count + 1))
        key = f"env-{row.lower()}"
        yield DemoDevice(key, f"Probes of row {row}", "environment", "akcp-sensorprobe", row, racks)


def _device(prefix: str, of: str, kind: str, profile: str) -> DemoDevice:
    key = f"{prefix}-{of}".strip("-").lower()
    # `ups-ups-a` says nothing twice.
    key = key.removeprefix("ups-") if of.startswith("UPS") else key
    return DemoDevice(key, f"{kind.replace('_', ' ')} {of}", kind, profile, of)
