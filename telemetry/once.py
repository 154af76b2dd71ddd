"""Reading a device once, from a URL, for people and scripts: what `read` and `probe` share."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telemetry.assignment import Assignment
from telemetry.binding import identity as identity_of
from telemetry.clock import SystemClock
from telemetry.connect import Keys, connect
from telemetry.cycle import Asker, Cycle
from telemetry.decode import Decoder
from telemetry.errors import ConfigError, DeviceError, NoAnswer
from telemetry.learning import learn
from telemetry.plan import Plan, plan
from telemetry.profiles.model import ModbusRules, Profile, Protocol, SnmpRules
from telemetry.sample import Block, Quality, Raw
from telemetry.target import Line, Target
from telemetry.transports.base import SnmpGet
from telemetry.transports.modbus import Lines

SYS_DESCR, SYS_OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"
_MAX_EXTRA = 256
"""Nobody waits for a next cycle here, so the search for refused points goes to its end."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one reading gave: `device` says who it is, `errors` what could not be read and why."""

    device: Mapping[str, str | None]
    blocks: tuple[Block, ...] = ()
    errors: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The shape of `read --json` (design section 5)."""
        readings = [sample.as_reading() for block in self.blocks for sample in block.samples()]
        return {"device": dict(self.device), "readings": readings, "errors": list(self.errors)}


@asynccontextmanager
async def asking(
    target: Target, profile: Profile | None, keys: Keys, max_extra: int = _MAX_EXTRA
) -> AsyncIterator[Asker]:
    """An open line to the target. Raises ConfigError, NoAnswer."""
    modbus = profile.modbus if profile else ModbusRules()
    wired = connect(target, modbus, profile.snmp if profile else SnmpRules(), Lines(), keys)
    await wired.transport.open()
    try:
        yield Asker(wired, SystemClock(), max_extra)
    finally:
        await wired.transport.close()


def speaks_snmp(target: Target) -> bool:
    """True for the SNMP lines."""
    return target.line in (Line.SNMP, Line.SNMP3)


async def read_once(target: Target, profile: Profile, keys: Keys) -> Report:
    """Everything the profile knows of the device. Raises ConfigError for a profile of another
    protocol or of another device, NoAnswer for a device that is silent, DeviceError."""
    if speaks_snmp(target) is not (profile.protocol is Protocol.SNMP):
        raise ConfigError(f"profile {profile.name} speaks {profile.protocol}", target.shown())
    async with asking(target, profile, keys) as asker:
        object_id = await _object_id(asker) if speaks_snmp(target) else None
        return await _read(asker, Assignment(target.shown(), target, profile), object_id)


async def _object_id(asker: Asker) -> str | None:
    answer = (await asker.ask_once(SnmpGet((SYS_OBJECT_ID,)))).answer
    told = answer.varbinds.get(SYS_OBJECT_ID) if answer else None
    return None if told is None else str(told)


async def _read(asker: Asker, assignment: Assignment, object_id: str | None) -> Report:
    bound = await learn(asker, assignment, retry=True)
    blocks, errors = [], []
    for poll_class in bound.poll_classes:
        made = plan(bound, poll_class, every_s=assignment.seconds(poll_class))
        block, error = await read_class(asker, made)
        blocks.append(block)
        bad = [s.point.id for s in block.samples() if s.quality is Quality.BAD]
        if bad and error is not None:
            errors.append(f"{len(bad)} values not read ({error}): {', '.join(bad)}")
    if errors and all(quality for block in blocks for quality in block.quality):
        raise DeviceError(f"nothing of profile {assignment.profile.name} can be read: {errors[0]}")
    raws = {s.point.id: s.raw for b in blocks for s in b.samples() if s.raw is not None}
    return Report(describe(assignment.profile, raws, object_id), tuple(blocks), tuple(errors))


async def read_class(asker: Asker, made: Plan) -> tuple[Block, DeviceError | None]:
    """One cycle of a plan, and the last thing that went wrong. Raises NoAnswer for silence."""
    cycle = Cycle()
    await asker.ask_all(made, cycle, retry=True)
    if not cycle.good and isinstance(cycle.error, NoAnswer):
        raise cycle.error
    return Decoder(made).block(cycle.reads, SystemClock().utc_ms()), cycle.error


def describe(
    profile: Profile | None, raws: Mapping[str, Raw], object_id: str | None
) -> dict[str, str | None]:
    """The `device` part of a report."""
    nobody: dict[str, str | None] = dict.fromkeys(("vendor", "model", "serial", "firmware"))
    return {
        **(identity_of(profile, raws) if profile else nobody),
        "kind": profile.kind.value if profile else None,
        "profile": profile.name if profile else None,
        "sys_object_id": object_id,
    }


def as_lines(report: Report) -> Iterable[str]:
    """A report for people."""
    device = report.device
    told = [device.get(part) for part in ("vendor", "model", "serial", "firmware")]
    yield f"{' '.join(text for text in told if text) or 'unknown device'}"
    yield f"profile {device.get('profile') or 'none'}, kind {device.get('kind') or 'unknown'}"
    samples = [sample for block in report.blocks for sample in block.samples()]
    wide = max((len(sample.point.label) for sample in samples), default=0)
    for sample in samples:
        value = sample.value
        shown = "-" if value is None else ", ".join(value) if isinstance(value, list) else value
        shown = f"{shown:g}" if isinstance(shown, float) else shown
        note = "" if sample.quality.usable else f"  {sample.quality.word}"
        yield f"{sample.point.label:{wide}}  {shown} {sample.point.unit}".rstrip() + note
    yield from (f"! {error}" for error in report.errors)
