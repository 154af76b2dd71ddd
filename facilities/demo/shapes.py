"""The shapes of the demo site's description: frozen values that say what stands where."""

from dataclasses import dataclass, field

PHASE_PAIRS = (("L1", "L2"), ("L2", "L3"), ("L3", "L1"))


@dataclass(frozen=True, slots=True)
class DemoPort:
    """A power inlet or outlet of a type."""

    name: str
    connector: str
    watts: float | None = None


@dataclass(frozen=True, slots=True)
class DemoType:
    """A model of equipment; idle and peak watts are what one piece of it draws from the wall."""

    key: str
    maker: str
    model: str
    height_half_u: int
    full_depth: bool
    depth_mm: int
    weight_kg: float
    rated_w: float
    idle_w: float
    peak_w: float
    inlets: tuple[DemoPort, ...] = ()
    face: str = "front"


@dataclass(frozen=True, slots=True)
class DemoPiece:
    """A piece of equipment in a rack; `cords` are (feed, outlet number)."""

    name: str
    type: DemoType
    rack: str
    unit: int
    serial: str
    asset_tag: str
    owner: str
    cords: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DemoRack:
    """A rack; x and y in mm, facing in degrees. `offset_k`: how warm its inlet runs."""

    name: str
    room: str
    row: str
    x_mm: float
    y_mm: float
    facing: int
    owner: str | None
    offset_k: float
    height_u: int = 42


@dataclass(frozen=True, slots=True)
class DemoNode:
    """A node of the chain. `sources` in order of preference; `positions` in its panel."""

    key: str
    kind: str
    feed: str
    sources: tuple[str, ...] = ()
    room: str | None = None
    rack: str | None = None
    panel: str | None = None
    positions: tuple[int, ...] = ()
    volts: float = 480.0
    rating_a: float | None = None
    rating_w: float | None = None
    rating_va: float | None = None
    spaces: int | None = None
    usage: str = "used"
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class DemoCrac:
    """A cooling unit."""

    key: str
    name: str
    room: str
    panel: str
    capacity_w: float
    airflow_m3_s: float
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class DemoDevice:
    """A device to poll: `of` is the key of the node, crac or room it measures."""

    key: str
    name: str
    kind: str
    profile: str
    of: str
    racks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoParty:
    """An owner or carrier with one contact."""

    kind: str
    name: str
    contact: str
    phone: str
    email: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """A room; sizes in mm."""

    code: str
    name: str
    kind: str
    width_mm: int
    depth_mm: int
    rows: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class DemoSite:
    """Everything of the demo site."""

    code: str
    name: str
    time_zone: str
    address: str
    rooms: tuple[DemoRoom, ...]
    parties: tuple[DemoParty, ...]
    types: tuple[DemoType, ...]
    racks: tuple[DemoRack, ...]
    pieces: tuple[DemoPiece, ...]
    nodes: tuple[DemoNode, ...]
    cracs: tuple[DemoCrac, ...]
    devices: tuple[DemoDevice, ...]
