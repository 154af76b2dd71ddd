"""The few InfluxQL statements that InfluxDB 1, 2 and 3 all answer. Pure.

Names and literals are quoted here, as bound parameters are not known everywhere.
"""

from collections.abc import Iterable

from telemetry.stores.base import SeriesQuery
from telemetry.stores.lines import READING, TEXT, to_tag

CELLS = ("value", "other", "quality", "raw")


def identifier(name: str) -> str:
    """A quoted name of a measurement, tag or field."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text: str) -> str:
    """A quoted string."""
    safe = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{safe}'"


def bucketed(query: SeriesQuery) -> str:
    """Columns mean, min, max, count and sum (of seconds covered) per step that has any."""
    value, covers = identifier("value"), identifier("covers_s")
    return (
        f"SELECT mean({value}), min({value}), max({value}), count({value}), sum({covers}) "  # noqa: S608
        f"FROM {identifier(READING)} WHERE {_is('device', query.device)} "
        f"AND {_is('point', query.point)} "
        f"AND time >= {query.start_ms}ms AND time < {query.end_ms}ms "
        f"GROUP BY time({query.step_ms}ms) fill(none)"
    )


def newest_cells(devices: Iterable[str], within: str = "") -> str:
    """The newest row of every point; `within` (such as 1h) bounds how far back to look."""
    fields = ", ".join(identifier(name) for name in CELLS)
    return _of_each_point(fields, READING, devices, within) + " ORDER BY time DESC LIMIT 1"


def last_values(devices: Iterable[str]) -> str:
    """The newest usable number of every point, whenever it was."""
    return _of_each_point(f"last({identifier('value')})", READING, devices)


def newest_texts(devices: Iterable[str]) -> str:
    """When each text of each point was seen last."""
    statement = _of_each_point(f"last({identifier('seen')})", TEXT, devices)
    return f"{statement}, {identifier('text')}"


def _of_each_point(fields: str, measurement: str, devices: Iterable[str], within: str = "") -> str:
    named = " OR ".join(_is("device", device) for device in devices)
    recent = f" AND time > now() - {within}" if within else ""
    return (
        f"SELECT {fields} FROM {identifier(measurement)} WHERE ({named}){recent} "  # noqa: S608
        f"GROUP BY {identifier('device')}, {identifier('point')}"
    )


def _is(tag: str, name: str) -> str:
    return f"{identifier(tag)} = {literal(to_tag(name))}"
