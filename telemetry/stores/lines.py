"""Blocks as InfluxDB line protocol, and names as tags. Pure.

Per cell one line of the measurement `reading`, tags `device` and `point` and never another, all
fields floats:

    value     the number, where it is usable: so that mean("value") is right in any dashboard
    other     the number, where its quality says not to use it
    quality   the code of Quality
    raw       the raw number
    covers_s  the interval, where there is a value: sum(covers_s) / step is the coverage

An identity's text is the tag `text` of a line of `reading_text` (field `seen`), as a text is no
float. The raw text of any other kind of point is not kept: one tag value per reading would be one
series per reading.
"""

import math
import re

from telemetry.points import Kind
from telemetry.sample import Block, Layout, Quality, Raw
from telemetry.stores.cells import usable_cells

READING = "reading"
TEXT = "reading_text"

# A backslash at the end of a tag would swallow what follows, a line feed would end the line.
_UNSAFE = {code: f"%{code:02X}" for code in (*range(32), ord("%"), ord("\\"), 127)}
_ESCAPED = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})
_ENCODED = re.compile("%([0-9A-F]{2})")
_NOTHING = "%"
_EXACT = 2.0**53


def to_tag(name: str) -> str:
    """A name as the value of a tag: no backslash, no control character, never empty."""
    return name.translate(_UNSAFE) or _NOTHING


def from_tag(tag: str) -> str:
    """The name again."""
    if tag == _NOTHING:
        return ""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), tag)


def series_of(layout: Layout) -> list[tuple[str, str]]:
    """Measurement and tags of each point as (reading, text) starts of lines."""
    device = to_tag(layout.device).translate(_ESCAPED)
    points = [to_tag(point.id).translate(_ESCAPED) for point in layout.points]
    return [
        (f"{READING},device={device},point={p} ", f"{TEXT},device={device},point={p},text=")
        for p in points
    ]


def lines_of(block: Block, series: list[tuple[str, str]]) -> list[str]:
    """The lines of a block; `series` is series_of its layout."""
    every_s, at_ms = block.layout.every_s, block.at_ms
    usable = usable_cells(block.values, block.quality)
    lines = []
    cells = zip(
        block.layout.points, series, block.values, block.quality, block.raw, usable, strict=True
    )
    for point, (reading, text), value, quality, raw, use in cells:
        fields = f"quality={quality}"
        if use:
            fields += f",value={value!r},covers_s={every_s!r}"
        elif math.isfinite(value):
            fields += f",other={value!r}"
        if isinstance(raw, str):
            if point.kind is Kind.IDENTITY:
                tag = to_tag(raw).translate(_ESCAPED)
                lines.append(f"{text}{tag} seen=1 {at_ms}")
        elif raw is not None and math.isfinite(raw):
            fields += f",raw={float(raw)!r}"
        lines.append(f"{reading}{fields} {at_ms}")
    return lines


def raw_from(number: float | None) -> Raw:
    """A raw number as it most likely was: whole where it is whole."""
    if number is None:
        return None
    return int(number) if number == int(number) and abs(number) < _EXACT else number


def quality_from(number: float | None) -> Quality:
    """The quality of a code that was read; not available where there was none."""
    return Quality.NOT_AVAILABLE if number is None else Quality(int(number))
