"""The drawing of a room with its racks to scale, in mm; templates turn it into SVG. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from facilities.hosting.footprint import Rectangle, footprint, front_edge

MARGIN_MM = 700.0
SHADES = 10


@dataclass(frozen=True, slots=True)
class PlanRack:
    """A rack as the plan needs it; x or y None: nobody has said where it stands."""

    id: int
    name: str
    x_mm: float | None
    y_mm: float | None
    width_mm: float | None
    depth_mm: float | None
    facing: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A rack on the drawing; y counts downwards as SVG does. edge: the front, x1 y1 x2 y2."""

    rack: PlanRack
    x: float
    y: float
    width: float
    height: float
    edge: tuple[float, float, float, float]

    @property
    def font(self) -> float:
        """A letter size with which the name fits across the rack."""
        room = max(self.width, self.height) if self.turned else self.width
        return min(190.0, 1.55 * room / max(1, len(self.rack.name)))

    @property
    def turned(self) -> bool:
        """True when the name is written upwards because it has more room so."""
        return self.height > 1.2 * self.width and len(self.rack.name) > 4


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole drawing: size of the room, grid lines, labels and racks."""

    width: float
    depth: float
    columns: Sequence[tuple[float, str]]
    rows: Sequence[tuple[float, str]]
    tiles: Sequence[Tile]
    unplaced: Sequence[PlanRack]

    @property
    def view_box(self) -> str:
        """The SVG viewBox with a margin for labels."""
        sizes = (-MARGIN_MM, -MARGIN_MM, self.width + 2 * MARGIN_MM, self.depth + 2 * MARGIN_MM)
        return " ".join(f"{size:g}" for size in sizes)


def draw_plan(
    size: tuple[float | None, float | None],
    lines: tuple[Sequence[float], Sequence[float]],
    labels: Mapping[str, Sequence[str]],
    racks: Collection[PlanRack],
) -> Plan:
    """Lay out a room.

    size: width and depth of the room in mm, None where unknown: then as large as its racks need.
    lines: where tile edges lie along x and y, counted from the origin; labels: "columns" and
    "rows", one for each tile.
    """
    areas = {
        rack.id: footprint(rack.x_mm, rack.y_mm, rack.width_mm, rack.depth_mm, rack.facing)
        for rack in racks
        if rack.x_mm is not None and rack.y_mm is not None
    }
    width, depth = extent(size, areas.values())
    tiles = [_tile(rack, areas[rack.id], depth) for rack in racks if rack.id in areas]
    return Plan(
        width,
        depth,
        list(zip(_middles(lines[0]), labels["columns"], strict=False)),
        [(depth - y, label) for y, label in zip(_middles(lines[1]), labels["rows"], strict=False)],
        tiles,
        [rack for rack in racks if rack.id not in areas],
    )


def extent(
    size: tuple[float | None, float | None], areas: Collection[Rectangle]
) -> tuple[float, float]:
    """The size of the drawing: the room's, or what its racks reach to, at least one tile."""
    width = size[0] or max((area.x + area.width for area in areas), default=600.0)
    depth = size[1] or max((area.y + area.depth for area in areas), default=600.0)
    return width, depth


def shade_class(level: float | None) -> str:
    """The colour class of a level 0..1: `shade-0` to `shade-10`, `shade-unknown` for None."""
    if level is None:
        return "shade-unknown"
    return f"shade-{round(SHADES * min(1.0, max(0.0, level)))}"


def _middles(lines: Sequence[float]) -> list[float]:
    return [(low + high) / 2 for low, high in pairwise(lines)]


def _tile(rack: PlanRack, area: Rectangle, depth: float) -> Tile:
    x1, y1, x2, y2 = front_edge(area, rack.facing)
    edge = (x1, depth - y1, x2, depth - y2)
    return Tile(rack, area.x, depth - area.y - area.depth, area.width, area.depth, edge)
