"""Reads the parts of a profile that both protocols share: seconds, identity, recognition."""

import re
from collections.abc import Mapping, Set
from types import MappingProxyType

from telemetry.points import PollClass
from telemetry.profiles.model import Identity, IdentityPart, Protocol, Recognition
from telemetry.profiles.names import oid
from telemetry.profiles.strict import Section, Value

_USUAL_S = {PollClass.FAST: 10.0, PollClass.NORMAL: 30.0, PollClass.SLOW: 300.0}
_DAY_S = 86_400


def read_seconds(value: Value | None, used: Set[PollClass]) -> Mapping[PollClass, float]:
    """Seconds of each poll class in use; what the profile does not say is the usual."""
    seconds = {poll: _USUAL_S[poll] for poll in PollClass if poll in used}
    for key, item in value.pairs() if value else ():
        poll = key.choice(PollClass)
        given = float(item.number())
        if not 1 <= given <= _DAY_S:
            item.fail(f"{item.literal} s is outside 1 to {_DAY_S}")
        if poll in used:
            seconds[poll] = given
    return MappingProxyType(seconds)


def read_identity(value: Value, points: Set[str]) -> Identity:
    """Who the device is; a part is fixed text, or a point of this profile."""
    section = value.section()
    vendor, model, serial, firmware = (
        _parts(section.get(key), points) for key in ("vendor", "model", "serial", "firmware")
    )
    section.close()
    return Identity(vendor, model, serial, firmware)


def _parts(value: Value | None, points: Set[str]) -> tuple[IdentityPart, ...]:
    return tuple(_part(item, points) for item in value.each()) if value else ()


def _part(value: Value, points: Set[str]) -> IdentityPart:
    if value.entries is None:
        return IdentityPart(text=value.text())
    section = value.section()
    point, found = section.need("point"), section.get("pattern")
    section.close()
    if point.text() not in points:
        point.fail(f"'{point.literal}' is no scalar or register of this profile")
    pattern = read_pattern(found) if found else None
    if found is not None and pattern is not None and pattern.groups < 1:
        found.fail("the pattern needs a group that is the text")
    return IdentityPart(point=point.literal, pattern=pattern)


def read_recognition(value: Value | None, protocol: Protocol) -> Recognition:
    """By what an SNMP device of the family is known. Modbus uses `expect` of its registers."""
    if value is None:
        return Recognition()
    if protocol is not Protocol.SNMP:
        value.fail("only SNMP profiles have 'recognise'; a Modbus register has 'expect'")
    section: Section = value.section()
    ids, descr, probe, absent = (
        section.get(key) for key in ("object_ids", "descr", "probe", "absent")
    )
    section.close()
    return Recognition(
        object_ids=tuple(oid(item) for item in ids.each()) if ids else (),
        descr=read_pattern(descr) if descr else None,
        probe_oid=oid(probe) if probe else None,
        absent_oid=oid(absent) if absent else None,
    )


def read_pattern(value: Value) -> re.Pattern[str]:
    """A regular expression, refused with its line if it is none."""
    try:
        return re.compile(value.text())
    except re.error as error:
        value.fail(f"not a regular expression: {error}")
