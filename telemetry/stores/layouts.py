"""Points as text and back, for stores and catalogues that keep layouts. Pure."""

import json
from typing import Any

from telemetry.points import Kind, Phase, Point, Quantity

Points = tuple[Point, ...]


def points_to_json(points: Points) -> str:
    """A list of lists in the order of Point's fields; equal points give equal text."""
    rows = [
        [
            point.id,
            point.label,
            point.quantity.value,
            point.unit,
            point.kind.value,
            point.source,
            point.phase.value if point.phase else None,
            {str(code): name for code, name in sorted(point.names.items())},
        ]
        for point in points
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def points_from_json(text: str) -> Points:
    """The points again. Raises ValueError on what points_to_json never wrote."""
    return tuple(_point(row) for row in json.loads(text))


def _point(row: list[Any]) -> Point:
    id_, label, quantity, unit, kind, source, phase, names = row
    return Point(
        id=id_,
        label=label,
        quantity=Quantity(quantity),
        unit=unit,
        kind=Kind(kind),
        source=source,
        phase=Phase(phase) if phase is not None else None,
        names={int(code): name for code, name in names.items()},
    )
