"""The named world of the plant tests: one site, chains A and B, two UPSs, four panels, 8 racks.

Utility A and B feed switchgear A and B over an ATS each (the generator is everyone's alternate);
each side has a UPS and two panels at 208 V. Racks r1-r4 hang on panels a1 and b1, r5-r8 on a2, b2.
Every rack has a PDU per side with 24 outlets on the three pairs, three dual-corded servers, and one
switch with a single cord (on side A in odd racks, on B in even ones). Two CRACs a zone.
"""

from telemetry.emulator.description import (
    Ats,
    Breaker,
    Cord,
    Crac,
    Generator,
    Load,
    Outlet,
    Panel,
    PlantDescription,
    Rack,
    RackPdu,
    Sensor,
    Ups,
    Utility,
    Zone,
)

SIDES = "ab"
RACKS = tuple(f"r{n}" for n in range(1, 9))
PAIRS = ((0, 1), (1, 2), (2, 0))


def outlets() -> tuple[Outlet, ...]:
    return tuple(Outlet(n, PAIRS[(n - 1) % 3], bank=1 + (n - 1) // 12) for n in range(1, 25))


def panel_of(side: str, rack: str) -> str:
    return f"panel-{side}{1 if int(rack[1:]) <= 4 else 2}"


def loads(rack: str) -> list[Load]:
    at = int(rack[1:])
    servers = [
        Load(
            f"{rack}-srv{n}",
            idle_w=150 + 10 * n,
            peak_w=500 + 40 * at,
            cords=(Cord(f"pdu-a-{rack}", n), Cord(f"pdu-b-{rack}", n + 1)),
            power_factor=0.95 + 0.01 * n,
            rack=rack,
        )
        for n in (1, 2, 3)
    ]
    side = "ab"[at % 2 == 0]
    switch = Load(f"{rack}-sw", 90, 120, (Cord(f"pdu-{side}-{rack}", 24),), rack=rack)
    return [*servers, switch]


def world() -> PlantDescription:
    return PlantDescription(
        utilities=tuple(Utility(f"utility-{s}", 480) for s in SIDES),
        generators=(Generator("generator", 480, rated_w=500_000, start_s=10),),
        ats=tuple(Ats(f"ats-{s}", f"utility-{s}", "generator") for s in SIDES),
        ups=tuple(
            Ups(f"ups-{s}", f"swgr-{s}", 60_000, 54_000, 5_000, v_ll=480, zone="plant-room")
            for s in SIDES
        ),
        panels=(
            *(Panel(f"swgr-{s}", f"ats-{s}", 400) for s in SIDES),
            *(
                Panel(f"panel-{s}{n}", f"ups-{s}", 225, v_ll=208, efficiency=0.985)
                for s in SIDES
                for n in (1, 2)
            ),
        ),
        breakers=tuple(
            Breaker(f"brk-{s}-{r}", panel_of(s, r), 30, positions=(1, 3, 5))
            for s in SIDES
            for r in RACKS
        ),
        pdus=tuple(
            RackPdu(f"pdu-{s}-{r}", f"brk-{s}-{r}", outlets(), rack=r) for s in SIDES for r in RACKS
        ),
        loads=tuple(load for rack in RACKS for load in loads(rack)),
        zones=(Zone("hall"), Zone("plant-room", base_w=200, outside_c=22)),
        cracs=(
            Crac("crac-1", "hall", "swgr-a", 20_000, 2.0),
            Crac("crac-2", "hall", "swgr-b", 20_000, 2.0),
            Crac("crac-3", "plant-room", "swgr-a", 10_000, 1.0, cop=3.0),
        ),
        racks=tuple(Rack(r, "hall", offset_k=0.2 * n) for n, r in enumerate(RACKS)),
        sensors=tuple(
            Sensor(f"{r}-{side}", r, side, 0.9) for r in RACKS for side in ("front", "rear")
        ),
        seed=7,
    )
