"""Where a rack stands on the plan of its room (SP-09). Pure."""

from dataclasses import dataclass

FACINGS = {0: "front to the bottom of the plan", 90: "front to the left"}
FACINGS |= {180: "front to the top of the plan", 270: "front to the right"}
#: What a rack is drawn as while nobody has said how large it is.
WIDTH_MM, DEPTH_MM = 600.0, 1000.0


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle on the plan in mm; x to the right and y up from the room's origin."""

    x: float
    y: float
    width: float
    depth: float

    def overlaps(self, other: "Rectangle") -> bool:
        """True when they share an area; touching edges do not count (SP-09)."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.depth
            and other.y < self.y + self.depth
        )

    def inside(self, width: float, depth: float) -> bool:
        """True when it lies in a room of this size."""
        return (
            self.x >= 0
            and self.y >= 0
            and self.x + self.width <= width
            and self.y + self.depth <= depth
        )


def footprint(
    x: float, y: float, width_mm: float | None, depth_mm: float | None, facing: int
) -> Rectangle:
    """The ground that a rack covers; turned by 90 or 270 degrees its depth lies along x."""
    width, depth = width_mm or WIDTH_MM, depth_mm or DEPTH_MM
    return Rectangle(x, y, depth, width) if facing in (90, 270) else Rectangle(x, y, width, depth)


def front_edge(area: Rectangle, facing: int) -> tuple[float, float, float, float]:
    """The edge that is the front: x1, y1, x2, y2."""
    right, top = area.x + area.width, area.y + area.depth
    return {
        90: (area.x, area.y, area.x, top),
        180: (area.x, top, right, top),
        270: (right, area.y, right, top),
    }.get(facing, (area.x, area.y, right, area.y))
