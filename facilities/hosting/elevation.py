"""The drawing of one face of a rack as plain shapes; templates turn it into SVG. Pure.

Sizes are SVG units, of which a page shows one as one pixel: a unit is 24 high. Seen from the rear,
left and right change sides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zlib import crc32

from facilities.hosting.channels import Strip
from facilities.hosting.placement import LANES, Cell
from facilities.hosting.units import MM_PER_U, Numbering, first_half_u, printed_position

U_PX = 24.0
GUTTER, CHANNEL, BODY, STRIPE = 26.0, 18.0, 216.0, 6.0
LEFT = GUTTER + CHANNEL
WIDTH = 2 * LEFT + BODY
#: Room that one letter takes in a label.
LETTER, SMALL_LETTER = 6.7, 5.6
OWNER_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Item:
    """What holds cells of the rack, as the drawing needs it.

    kind: equipment, hold, blocked. note: what else is said of it on hovering.
    """

    id: int
    kind: str
    label: str
    cells: frozenset[Cell]
    face: str = "front"
    status: str = ""
    owner: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with a label and where it leads."""

    x: float
    y: float
    width: float
    height: float
    label: str
    title: str
    classes: str
    url: str = ""
    owner_colour: int | None = None
    crossed: bool = False
    note: str = ""

    @property
    def text(self) -> str:
        """The label cut to what the box has room for."""
        return self._cut(self.label, LETTER)

    @property
    def second(self) -> str:
        """A second line, where the box is two units high or more."""
        return self._cut(self.note, SMALL_LETTER) if self.height >= 2 * U_PX else ""

    def _cut(self, words: str, letter: float) -> str:
        room = max(1, int((self.width - STRIPE - 8) / letter))
        return words if len(words) <= room else words[: room - 1] + "…"


@dataclass(frozen=True, slots=True)
class Slot:
    """An empty unit: where it is and the position a person would type."""

    x: float
    y: float
    width: float
    height: float
    position: float
    lane: str


@dataclass(frozen=True, slots=True)
class Elevation:
    """One face: its boxes, empty slots, the printed numbers and the pieces in the channels."""

    face: str
    height: float
    numbers: Sequence[tuple[int, float]]
    boxes: Sequence[Box]
    slots: Sequence[Slot]
    strips: Sequence[Box]


def draw(
    numbering: Numbering,
    face: str,
    items: Collection[Item],
    strips: Collection[tuple[Strip, str]] = (),
    channel_mm: float | None = None,
) -> Elevation:
    """One face of a rack. strips: (piece in a channel, its page)."""
    height = numbering.height_u * U_PX
    middle = U_PX / 2 + 4
    numbers = [
        (numbering.label(unit), _top(numbering, first_half_u(unit), 2) + middle)
        for unit in range(1, numbering.height_u + 1)
    ]
    boxes = [box for item in items for box in _boxes(numbering, face, item)]
    return Elevation(
        face,
        height,
        numbers,
        boxes,
        _slots(numbering, face, items),
        [_strip(height, channel_mm or numbering.height_u * MM_PER_U, *s) for s in strips
         if s[0].channel.startswith(face)],
    )  # fmt: skip


def owner_colour(owner: str) -> int | None:
    """One of the stripe colours, the same for the same owner everywhere; None without one."""
    return crc32(owner.encode()) % OWNER_COLOURS if owner else None


def _top(numbering: Numbering, start_half_u: int, height_half_u: int) -> float:
    last = start_half_u + height_half_u - 1
    return (2 * numbering.height_u - last) * U_PX / 2


def _lane_x(face: str, lanes: Collection[str]) -> tuple[float, float]:
    if len(lanes) == len(LANES):
        return LEFT, BODY
    (lane,) = lanes
    mirrored = (lane == "left") != (face == "front")
    return (LEFT + BODY / 2 if mirrored else LEFT), BODY / 2


def _boxes(numbering: Numbering, face: str, item: Item) -> list[Box]:
    """One box for each run of half-units that the item holds on this face with the same lanes."""
    lanes: dict[int, set[str]] = {}
    for cell in item.cells:
        if cell.face == face:
            lanes.setdefault(cell.half_u, set()).add(cell.lane)
    boxes, start = [], None
    for half in sorted(lanes):
        if start is None:
            start = half
        if lanes.get(half + 1) != lanes[half]:
            boxes.append(_box(numbering, face, item, start, half - start + 1, lanes[half]))
            start = None
    return boxes


def _box(
    numbering: Numbering, face: str, item: Item, start: int, height: int, lanes: Collection[str]
) -> Box:
    x, width = _lane_x(face, lanes)
    behind = item.kind == "equipment" and item.face != face
    classes = [f"box-{item.kind}"]
    classes += [f"status-{item.status}"] if item.status else []
    classes += ["box-behind"] if behind else []
    said = [item.label, numbering.words(start, height), item.status, item.owner, item.note]
    said += [f"mounted on the {item.face}"] if behind else []
    label = f"{item.label} ({item.status})" if item.status not in ("", "active") else item.label
    return Box(
        x,
        _top(numbering, start, height),
        width,
        height * U_PX / 2,
        label,
        " · ".join(word for word in said if word),
        " ".join(classes),
        item.url,
        owner_colour(item.owner),
        item.kind == "blocked",
        item.note,
    )


def _slots(numbering: Numbering, face: str, items: Collection[Item]) -> list[Slot]:
    """Every empty unit, or what is empty of it: both lanes or one, both halves or one."""
    held = {(c.half_u, c.lane) for item in items for c in item.cells if c.face == face}
    slots = []
    for unit in range(1, numbering.height_u + 1):
        lower = first_half_u(unit)
        free = {h: [lane for lane in LANES if (h, lane) not in held] for h in (lower, lower + 1)}
        if free[lower] and free[lower] == free[lower + 1]:
            slots.append(_slot(numbering, face, lower, 2, free[lower]))
            continue
        slots += [_slot(numbering, face, h, 1, lanes) for h, lanes in free.items() if lanes]
    return slots


def _slot(numbering: Numbering, face: str, start: int, height: int, lanes: Collection[str]) -> Slot:
    x, width = _lane_x(face, lanes)
    lane = "full" if len(lanes) == len(LANES) else next(iter(lanes))
    position = printed_position(numbering, start)
    return Slot(x, _top(numbering, start, height), width, height * U_PX / 2, position, lane)


def _strip(height: float, channel_mm: float, strip: Strip, url: str) -> Box:
    """A piece in a side channel: from the bottom up, to scale where its length is known."""
    x = GUTTER + 2 if strip.channel.endswith("left") else LEFT + BODY + 2
    start, end = strip.start_mm or 0.0, strip.end_mm
    classes = "box-strip" if end is not None else "box-strip box-unknown"
    top = height * (1 - min(1.0, (end if end is not None else channel_mm) / channel_mm))
    bottom = height * (1 - start / channel_mm)
    title = f"{strip.words()} · {strip.channel}"
    return Box(x, top, CHANNEL - 4, bottom - top, strip.name, title, classes, url)
