"""Finding out what a device is, without a profile (rule 28; design section 5, `probe`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from telemetry.assignment import Assignment
from telemetry.binding import bind
from telemetry.connect import Keys
from telemetry.cycle import Asker
from telemetry.errors import DeviceError
from telemetry.fitting import Fit, best_first, judge
from telemetry.once import (
    SYS_DESCR,
    SYS_OBJECT_ID,
    Report,
    asking,
    describe,
    read_class,
    read_once,
    speaks_snmp,
)
from telemetry.plan import plan
from telemetry.profiles.model import Profile, Protocol
from telemetry.profiles.recognise import Facts, fitting, probe_oids
from telemetry.sample import Block
from telemetry.target import Target
from telemetry.texts import clean_text
from telemetry.transports.base import ModbusIdentity, SnmpGet
from telemetry.transports.modbus_settings import LineDown

_MOST_READS = 4
_MOST_EXTRA = 16
"""Blocks of each poll class, and extra reads in search of refused values, to judge one profile."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe found: the best profile (None for none), why, what else would fit, and what the
    device says of itself."""

    profile: Profile | None
    why: str
    others: tuple[str, ...] = ()
    says: str = ""
    object_id: str | None = None


async def probe(target: Target, profiles: Sequence[Profile], keys: Keys) -> tuple[Found, Report]:
    """Recognises the device and reads it once. Raises NoAnswer for a silent one, ConfigError."""
    found = await recognise(target, profiles, keys)
    if found.profile is not None:
        return found, await read_once(target, found.profile, keys)
    device = describe(None, {}, found.object_id) | {"model": found.says or None}
    return found, Report(device, errors=(found.why,))


async def recognise(target: Target, profiles: Sequence[Profile], keys: Keys) -> Found:
    """What the device is, as far as the profiles know. Raises NoAnswer, ConfigError."""
    async with asking(target, None, keys, _MOST_EXTRA) as asker:
        if speaks_snmp(target):
            return await _by_objects(asker, profiles)
        return await _by_values(asker, target, profiles)


# -- SNMP: by sysObjectID, then by which MIB answers


async def _by_objects(asker: Asker, profiles: Sequence[Profile]) -> Found:
    varbinds = await _get(asker, (SYS_DESCR, SYS_OBJECT_ID))
    for oids in _portions(probe_oids(profiles), 16):
        varbinds |= await _get(asker, oids)
    object_id = str(varbinds.pop(SYS_OBJECT_ID, ""))
    says = clean_text(varbinds.pop(SYS_DESCR, "")) or ""
    fits = fitting(profiles, Facts(object_id, says, varbinds.keys()))
    if not fits:
        why = f"no profile knows sysObjectID {object_id or '(none)'}, sysDescr {says!r}"
        return Found(None, why, says=says, object_id=object_id or None)
    best = fits[0]
    known = any(object_id.startswith(prefix) for prefix in best.recognition.object_ids)
    why = f"by its sysObjectID {object_id}" if known else "by the objects it has"
    others = tuple(profile.name for profile in fits[1:])
    return Found(best, why, others, says, object_id or None)


async def _get(asker: Asker, oids: Sequence[str]) -> dict[str, object]:
    answer = (await asker.ask_once(SnmpGet(tuple(oids)))).answer
    return dict(answer.varbinds) if answer else {}


def _portions(oids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (oids[start : start + size] for start in range(0, len(oids), size))


# -- Modbus: by what it says (43/14), by fixed values, by where the values lie


async def _by_values(asker: Asker, target: Target, profiles: Sequence[Profile]) -> Found:
    says = await _says(asker, target)
    fits: list[Fit] = []
    for profile in profiles:
        if profile.protocol is Protocol.MODBUS:
            fit = judge(profile, await _try(asker, target, profile), says)
            fits += [fit] if fit is not None else []
    good = best_first(fits)
    if not good:
        return Found(None, "it answers, but no profile fits its registers", says=says)
    others = tuple(fit.profile.name for fit in good[1:])
    return Found(good[0].profile, good[0].why, others, says)


async def _says(asker: Asker, target: Target) -> str:
    """Device identification, "" where it is not known: most devices refuse or ignore it."""
    unit = 1 if target.unit is None else target.unit
    try:
        answer = (await asker.ask_once(ModbusIdentity(unit))).answer
    except LineDown:
        raise
    except DeviceError:
        return ""
    return " ".join(clean_text(text) or "" for text in answer.varbinds.values()) if answer else ""


async def _try(asker: Asker, target: Target, profile: Profile) -> list[Block]:
    """A few blocks, read with the profile. Raises NoAnswer when the device is silent."""
    bound = bind(profile, target.shown(), unit=target.unit)
    plans = [plan(bound, poll_class) for poll_class in bound.poll_classes]
    parts = [replace(made, requests=made.requests[:_MOST_READS]) for made in plans]
    return [(await read_class(asker, part))[0] for part in parts]


def assignment_of(target: Target, found: Found) -> Assignment | None:
    """What a poller would be given for a probed device; None where no profile was found."""
    return Assignment(target.shown(), target, found.profile) if found.profile else None
