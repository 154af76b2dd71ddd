"""Shapes of names: profiles, point ids, OIDs."""

import re

from telemetry.profiles.strict import Value

_PROFILE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PART = re.compile(r"[A-Za-z0-9_]+|\{n\}|[A-Za-z0-9_]*\{n\}[A-Za-z0-9_]*")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,9}))+")
_TAIL = re.compile(r"(0|[1-9][0-9]{0,9})(\.(0|[1-9][0-9]{0,9}))*")


def profile_name(value: Value) -> str:
    """`apc-rpdu2`: lower-case words joined by hyphens."""
    if not _PROFILE.fullmatch(value.text()):
        value.fail(f"profile name {value.literal!r}: lower-case letters, digits, single hyphens")
    return value.literal


def point_id(value: Value, *, least: int = 2) -> str:
    """`group.quantity[.phase]`: at least `least` words joined by dots."""
    parts = value.text().split(".")
    if len(parts) < least or not all(_PART.fullmatch(part) for part in parts):
        value.fail(f"id {value.literal!r}: letters, digits, _ in {least} or more parts with dots")
    return value.literal


def oid(value: Value, root: str = "") -> str:
    """A numeric OID without a leading dot; one that begins with a dot goes on from `root`."""
    literal = value.text()
    if literal.startswith("."):
        if not root:
            value.fail(f"{literal!r} goes on from an entry, but none is given here")
        literal = root + literal
    if not _OID.fullmatch(literal):
        value.fail(f"{value.literal!r} is not a numeric OID")
    return literal


def oid_tail(value: Value) -> str:
    """A part of an OID, for what follows a row index."""
    if not _TAIL.fullmatch(value.text()):
        value.fail(f"{value.literal!r} is not the tail of an OID")
    return value.literal
