"""Rooms, racks and what stands in them. A rack's contents follow a recipe; nothing is random."""

from collections.abc import Iterator

from facilities.demo import catalogue as kinds
from facilities.demo.shapes import DemoPiece, DemoRack, DemoRoom, DemoType

RACK_WIDTH_MM, RACK_DEPTH_MM, TILE_MM = 600, 1200, 600
OUTLETS, WIDE_EVERY = 24, 6
ROW_RACKS = {"R1": 10, "R2": 10, "R3": 6}
ROOMS = (
    DemoRoom("DH1", "Data hall 1", "white_space", 9600, 7200, ("R1", "R2")),
    DemoRoom("DH2", "Data hall 2", "white_space", 6000, 5400, ("R3",)),
    DemoRoom("EL-A", "Electrical room A", "electrical", 6000, 4800),
    DemoRoom("EL-B", "Electrical room B", "electrical", 6000, 4800),
    DemoRoom("DOCK", "Loading dock", "dock", 7200, 6000),
    DemoRoom("STORE", "Storage", "storage", 4800, 3600),
)
#: A rack from the bottom up: (type, first U, feeds of its cords).
Recipe = tuple[tuple[DemoType, int, str], ...]
_TOP: Recipe = ((kinds.SWITCH, 41, "AB"), (kinds.CONSOLE, 40, "A"))
_WEB: Recipe = (*((kinds.WEB, unit, "AB") for unit in range(1, 13)), *_TOP)
_DATABASE: Recipe = (*((kinds.DATABASE, unit, "AB") for unit in range(1, 13, 2)), *_TOP)
_STORAGE: Recipe = (*((kinds.STORAGE, unit, "AB") for unit in range(1, 21, 4)), *_TOP)
_COMPUTE: Recipe = ((kinds.COMPUTE, 1, "AB"), (kinds.COMPUTE, 9, "AB"), *_TOP)
_HEAVY: Recipe = (*((kinds.COMPUTE, unit, "AB") for unit in (1, 9, 17, 25)), *_TOP)
_LEGACY: Recipe = (
    (kinds.LEGACY, 1, "A"),
    (kinds.LEGACY, 4, "B"),
    (kinds.LEGACY, 7, "A"),
    (kinds.DATABASE, 12, "AA"),  # both cords on one feed: a finding that the demo should show
    *_TOP,
)
_SPARSE: Recipe = ((kinds.WEB, 1, "AB"), (kinds.WEB, 2, "AB"), *_TOP)
#: Recipe and owner of each place in a row.
ROWS: dict[str, tuple[tuple[Recipe, str | None], ...]] = {
    "R1": (
        (_WEB, kinds.BANK), (_WEB, kinds.BANK), (_DATABASE, kinds.BANK),
        (_STORAGE, kinds.PLATFORM), (_COMPUTE, kinds.PLATFORM), (_HEAVY, kinds.PLATFORM),
        (_DATABASE, kinds.MEDIA), (_WEB, kinds.MEDIA), (_SPARSE, None), (_SPARSE, kinds.NETWORK),
    ),
    "R2": (
        (_STORAGE, kinds.MEDIA), (_STORAGE, kinds.MEDIA), (_WEB, kinds.MEDIA),
        (_LEGACY, kinds.BANK), (_DATABASE, kinds.BANK), (_COMPUTE, kinds.PLATFORM),
        (_WEB, kinds.PLATFORM), (_DATABASE, kinds.PLATFORM), (_SPARSE, None), (_WEB, kinds.BANK),
    ),
    "R3": (
        (_WEB, kinds.PLATFORM), (_COMPUTE, kinds.PLATFORM), (_LEGACY, kinds.BANK),
        (_DATABASE, kinds.MEDIA), (_SPARSE, None), (_SPARSE, kinds.NETWORK),
    ),
}  # fmt: skip
#: Where rows stand: (room, y of the row's lower edge, facing). R1 and R2 share a cold aisle.
_PLACES = {"R1": ("DH1", 1200.0, 180), "R2": ("DH1", 3600.0, 0), "R3": ("DH2", 1800.0, 0)}


def rack_name(row: str, place: int) -> str:
    """`R1-07`: the row and the place in it, counted from 1."""
    return f"{row}-{place:02d}"


def racks() -> Iterator[DemoRack]:
    """Every rack; the ends of a row run warmer because hot air comes round the corner."""
    for row, (room, y_mm, facing) in _PLACES.items():
        count = ROW_RACKS[row]
        for place in range(1, count + 1):
            owner = ROWS[row][place - 1][1]
            edge = min(place - 1, count - place)
            offset_k = 1.0 + (2.5 if edge == 0 else 1.0 if edge == 1 else 0.0)
            x_mm = 1800.0 + (place - 1) * RACK_WIDTH_MM
            yield DemoRack(rack_name(row, place), room, row, x_mm, y_mm, facing, owner, offset_k)


def pieces() -> Iterator[DemoPiece]:
    """Every piece, with serials and asset tags that are the same at each start."""
    number = 0
    for row, recipes in ROWS.items():
        for place, (recipe, owner) in enumerate(recipes, start=1):
            rack, used = rack_name(row, place), {"A": 0, "B": 0}
            for kind, unit, feeds in recipe:
                number += 1
                cords = tuple((feed, _next_outlet(used, feed, kind)) for feed in feeds)
                yield DemoPiece(
                    name=f"{kind.key}-{number:03d}",
                    type=kind,
                    rack=rack,
                    unit=unit,
                    serial=f"{kind.maker[:2].upper()}{number * 7919 % 10_000_000:07d}",
                    asset_tag=f"RH-{number:05d}",
                    owner=owner or kinds.NETWORK,
                    cords=cords,
                )


def _next_outlet(used: dict[str, int], feed: str, kind: DemoType) -> int:
    # Every WIDE_EVERYth outlet of a PDU is a C19; the rest are C13.
    wide = kind.inlets[0].connector == "C20"
    number = used[feed]
    if wide:
        taken = used.setdefault(f"{feed}-wide", 0) + 1
        used[f"{feed}-wide"] = taken
        return WIDE_EVERY * taken
    number += 1
    number += number % WIDE_EVERY == 0
    used[feed] = number
    return number
