"""The life of equipment and racks: one transition table each. Pure."""

from collections.abc import Mapping

from facilities.errors import Refused

#: What each status of equipment may become.
EQUIPMENT: Mapping[str, tuple[str, ...]] = {
    "planned": ("received", "staged", "installed", "active", "removed"),
    "received": ("staged", "installed", "active", "removed", "disposed"),
    "staged": ("received", "installed", "active", "removed", "disposed"),
    "installed": ("active", "decommissioning", "removed"),
    "active": ("installed", "decommissioning", "removed"),
    "decommissioning": ("active", "installed", "removed"),
    "removed": ("received", "staged", "installed", "active", "disposed"),
    "disposed": (),
}
RACK: Mapping[str, tuple[str, ...]] = {
    "planned": ("active", "reserved", "retired"),
    "reserved": ("active", "planned", "retired"),
    "active": ("reserved", "decommissioning", "retired"),
    "decommissioning": ("active", "retired"),
    "retired": ("planned", "active"),
}
#: What stands in a rack, or is going to; the others hold no place.
PLACED = frozenset({"planned", "staged", "installed", "active", "decommissioning"})
#: What a removed piece may become.
GONE = ("removed", "received", "disposed")
#: Into these racks nothing new is placed.
CLOSED_RACKS = frozenset({"decommissioning", "retired"})
TONES = {"active": "ok", "installed": "ok", "decommissioning": "warning"}


def tone(status: str) -> str:
    """How a status is marked on pages."""
    return TONES.get(status, "")


def check_step(
    table: Mapping[str, tuple[str, ...]], before: str, after: str, field: str = "status"
) -> None:
    """Raise Refused unless `before` may become `after`; staying is always allowed."""
    if after not in table:
        raise Refused(f"{after!r} is no status; there are {', '.join(table)}.", field)
    if before == after or after in table.get(before, ()):
        return
    ways = ", ".join(table.get(before, ())) or "nothing else"
    raise Refused(f"What is {before} may become {ways}, not {after}.", field)


def check_placed(status: str, field: str = "status") -> None:
    """Raise Refused when something of this status holds no place in a rack."""
    if status not in PLACED:
        words = f"What is {status} stands in no rack; place it as {', '.join(sorted(PLACED))}."
        raise Refused(words, field)
