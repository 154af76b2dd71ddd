"""What a plant is made of, as frozen values. Knows nothing of records or devices.

Every node has a key of its own and, but for sources, the key of what feeds it. Lines are 0, 1, 2
for L1, L2, L3. `check` refuses a description that cannot stand (ConfigError names the key).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

ALL_LINES = (0, 1, 2)
#: Double conversion: share of rated load -> efficiency. The plant holds it flat outside.
USUAL_EFFICIENCY = (
    (0.0, 0.80),
    (0.1, 0.90),
    (0.25, 0.945),
    (0.5, 0.96),
    (0.75, 0.96),
    (1.0, 0.955),
)


@dataclass(frozen=True, slots=True)
class Utility:
    """A feed from outside."""

    key: str
    v_ll: float
    frequency_hz: float = 60.0


@dataclass(frozen=True, slots=True)
class Generator:
    """Starts `start_s` after an ATS finds its preferred source dead; stops when none needs it."""

    key: str
    v_ll: float
    rated_w: float
    start_s: float = 10.0
    cool_down_s: float = 60.0
    frequency_hz: float = 60.0
    fuel_l: float = 1000.0


@dataclass(frozen=True, slots=True)
class Ats:
    """Takes `preferred` while it lives (back after `return_s`), else `alternate`."""

    key: str
    preferred: str
    alternate: str
    transfer_s: float = 2.0
    return_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Ups:
    """Double conversion. `rated_va` and `rated_w` are both limits; output voltage may differ from
    the input's. `zone` is the room its losses heat, if any."""

    key: str
    source: str
    rated_va: float
    rated_w: float
    battery_wh: float
    v_ll: float
    charge_w: float = 5000.0
    efficiency: tuple[tuple[float, float], ...] = USUAL_EFFICIENCY
    frequency_hz: float = 60.0
    battery_v: float = 480.0
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Switchgear, panel or floor PDU. A transformer in it has `efficiency` below 1 and, as `v_ll`,
    its secondary voltage; None keeps the voltage of the source."""

    key: str
    source: str
    main_a: float
    v_ll: float | None = None
    efficiency: float = 1.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """`positions` are the pole numbers in the panel, along `lines`."""

    key: str
    source: str
    rating_a: float
    lines: tuple[int, ...] = ALL_LINES
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """`lines` is the line (to neutral) or the pair (between lines) it sits on."""

    number: int
    lines: tuple[int, ...]
    bank: int = 1
    rating_a: float = 10.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class RackPdu:
    """`lines` are those of its cord; every outlet's lines are among them."""

    key: str
    source: str
    outlets: tuple[Outlet, ...]
    lines: tuple[int, ...] = ALL_LINES
    rating_a: float = 24.0
    rack: str | None = None


@dataclass(frozen=True, slots=True)
class Cord:
    """One power supply's cord."""

    pdu: str
    outlet: int


@dataclass(frozen=True, slots=True)
class Load:
    """A piece of equipment. Live cords share its watts; it runs while `needs` of them live.

    `daily` 0-1 is how much of idle..peak follows the hour of the day.
    """

    key: str
    idle_w: float
    peak_w: float
    cords: tuple[Cord, ...]
    power_factor: float = 0.98
    rack: str | None = None
    needs: int = 1
    daily: float = 0.5


@dataclass(frozen=True, slots=True)
class Zone:
    """Air that mixes: racks breathe it, CRACs cool it. `thermal_mass_j_k` is air and metal."""

    key: str
    thermal_mass_j_k: float = 2.0e6
    wall_w_k: float = 150.0
    outside_c: float = 25.0
    dew_point_c: float = 10.0
    base_w: float = 500.0


@dataclass(frozen=True, slots=True)
class Crac:
    """Supplies air at `setpoint_c` while its capacity lasts. `cop` None: chilled water, with a
    valve; else a compressor that draws heat / cop. Restarts `restart_s` after power returns."""

    key: str
    zone: str
    source: str
    capacity_w: float
    airflow_m3_s: float
    setpoint_c: float = 20.0
    fan_w: float = 3000.0
    cop: float | None = None
    restart_s: float = 30.0
    water_in_c: float = 8.0
    lines: tuple[int, ...] = ALL_LINES


@dataclass(frozen=True, slots=True)
class Rack:
    """`offset_k` is how much warmer than the supply its inlet usually is."""

    key: str
    zone: str
    offset_k: float = 1.0


@dataclass(frozen=True, slots=True)
class Sensor:
    """A probe at a rack: `side` front (inlet) or rear (exhaust), `height` 0 floor to 1 top."""

    key: str
    rack: str
    side: str = "front"
    height: float = 0.5


@dataclass(frozen=True, slots=True)
class PlantDescription:
    """A whole plant. Keys are unique over all kinds."""

    utilities: tuple[Utility, ...]
    generators: tuple[Generator, ...] = ()
    ats: tuple[Ats, ...] = ()
    ups: tuple[Ups, ...] = ()
    panels: tuple[Panel, ...] = ()
    breakers: tuple[Breaker, ...] = ()
    pdus: tuple[RackPdu, ...] = ()
    loads: tuple[Load, ...] = ()
    zones: tuple[Zone, ...] = ()
    cracs: tuple[Crac, ...] = ()
    racks: tuple[Rack, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    seed: int = 1
    utc_offset_h: float = 0.0
    notes: tuple[str, ...] = field(default=())

    @property
    def sources(self) -> tuple[Utility | Generator, ...]:
        """Where power comes from."""
        return (*self.utilities, *self.generators)

    @property
    def fed(self) -> tuple[Ups | Panel | Breaker | RackPdu | Crac, ...]:
        """Nodes with one `source`."""
        return (*self.ups, *self.panels, *self.breakers, *self.pdus, *self.cracs)

    def keys(self) -> Iterator[str]:
        """Every key, in the order of the fields."""
        for group in (self.sources, self.ats, self.fed, self.loads, self.zones, self.racks):
            yield from (item.key for item in group)
        yield from (sensor.key for sensor in self.sensors)
