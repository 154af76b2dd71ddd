"""What the refusals of a cycle teach (rule 15). Pure: the poller asks, splits and asks again; then
`study` says what to remember, and `plan` with that is what the next cycle asks.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from telemetry.learn import Learned
from telemetry.plan import Plan, spans_of, split
from telemetry.reads import Read
from telemetry.transports.base import ModbusRead, Request, SnmpGet

#: Extra reads a device may cost in one cycle; the search goes on in the next.
MAX_EXTRA_READS = 32

_MODBUS_ADDRESS, _MODBUS_VALUE = 2, 3
_SNMP_TOO_BIG, _SNMP_NO_SUCH_NAME, _SNMP_GENERAL = 1, 2, 5


@dataclass(frozen=True, slots=True)
class Lesson:
    """`learned` for the next plan, and a sentence for the device's page ("" if nothing is new).

    `nothing_fits`: every value was refused, so nothing is learned: it is the wrong unit, the wrong
    address base, the wrong profile, or a device that is still booting. Report it once and back off.
    """

    learned: Learned
    nothing_fits: bool = False
    why: str = ""


def worth_splitting(request: Request, code: int) -> bool:
    """True for refusals that come from what was asked and not from the device's state."""
    if isinstance(request, SnmpGet):
        return len(request.oids) > 1 and code in (_SNMP_TOO_BIG, _SNMP_NO_SUCH_NAME, _SNMP_GENERAL)
    return isinstance(request, ModbusRead) and code in (_MODBUS_ADDRESS, _MODBUS_VALUE)


def line_up(todo: deque[Request], halves: tuple[Request, Request]) -> None:
    """Puts the halves of a refused read into the queue: the left one next, the right one last.

    So a search soon comes down to a single value, by which a limit of length shows, and then soon
    tries another part, by which a device whose first values are missing is told from a wrong one.
    """
    left, right = halves
    todo.appendleft(left)
    todo.append(right)


def study(plan: Plan, reads: Sequence[Read], known: Learned, *, answers: bool = False) -> Lesson:
    """What to remember after a cycle, halves of refused reads included.

    `answers` is True if the device gave good data in another poll class, so that it is surely the
    right one. Bad places are remembered with their code; a hole that cannot be read across becomes
    a cut; a read that was too long sets the limit; a search that was not finished is cut where it
    stood, so that the next cycle goes on from there.
    """
    refused = [r for r in reads if r.code is not None and _refuses_question(r)]
    if not refused:
        return Lesson(known)
    if not answers and not any(read.answer for read in reads):
        return Lesson(known, nothing_fits=True, why=_nothing_fits(refused))
    by_request = {read.request: read for read in reads}
    learned = known
    for read in refused:
        learned = _from_one(plan, read, by_request, learned)
    return Lesson(learned, why="" if learned == known else _sentence(known, learned))


def _refuses_question(read: Read) -> bool:
    """True for a refusal of what was asked, of one value or of many."""
    if isinstance(read.request, SnmpGet):
        return read.code in (_SNMP_TOO_BIG, _SNMP_NO_SUCH_NAME, _SNMP_GENERAL)
    return read.code in (_MODBUS_ADDRESS, _MODBUS_VALUE)


def forget_bad(learned: Learned) -> Learned:
    """For the daily test and after a change of firmware or identity: try bad places again."""
    return replace(learned, bad={}, cuts=frozenset())


def _from_one(
    plan: Plan, read: Read, by_request: Mapping[Request, Read], learned: Learned
) -> Learned:
    halves = split(plan, read.request)
    if halves is None:
        return replace(learned, bad={**learned.bad, **dict(_bad_places(plan, read))})
    outcomes = [by_request.get(half) for half in halves]
    fine = all(outcome is not None and outcome.answer is not None for outcome in outcomes)
    if isinstance(read.request, SnmpGet):
        return _shorter_get(learned, halves) if fine else learned
    if not fine:
        return learned if all(outcomes) else _cut(learned, halves[1])
    left, right = halves
    if not isinstance(left, ModbusRead) or not isinstance(right, ModbusRead):
        return learned
    if left.address + left.count < right.address:
        return _cut(learned, right)
    return _shorter_read(learned, left.fc, max(left.count, right.count))


def _bad_places(plan: Plan, read: Read) -> Iterator[tuple[str | tuple[int, int], int]]:
    code = read.code or 0
    if isinstance(read.request, SnmpGet):
        yield from ((oid, code) for oid in read.request.oids if code == _SNMP_NO_SUCH_NAME)
    elif isinstance(read.request, ModbusRead):
        fc = read.request.fc
        yield from (((fc, start), code) for start, _ in spans_of(plan, read.request))


def _cut(learned: Learned, right: Request) -> Learned:
    if not isinstance(right, ModbusRead):
        return learned
    return replace(learned, cuts=learned.cuts | {(right.fc, right.address)})


def _shorter_read(learned: Learned, fc: int, count: int) -> Learned:
    if fc in (1, 2):
        return replace(learned, max_bits=_least(learned.max_bits, count))
    return replace(learned, max_registers=_least(learned.max_registers, count))


def _shorter_get(learned: Learned, halves: Iterable[Request]) -> Learned:
    size = max(len(half.oids) for half in halves if isinstance(half, SnmpGet))
    return replace(learned, max_oids=_least(learned.max_oids, size))


def _least(known: int | None, found: int) -> int:
    return found if known is None else min(known, found)


def _nothing_fits(refused: Sequence[Read]) -> str:
    codes = sorted({read.code for read in refused if read.code is not None})
    said = ", ".join(str(code) for code in codes)
    return f"every value was refused (code {said}): wrong unit, wrong profile, or still booting"


def _sentence(known: Learned, learned: Learned) -> str:
    parts = []
    if new := len(learned.bad) - len(known.bad):
        parts.append(f"{new} value(s) refused by the device")
    if learned.cuts != known.cuts:
        parts.append(f"{len(learned.cuts - known.cuts)} hole(s) not read across any more")
    for name, old, now in (
        ("registers", known.max_registers, learned.max_registers),
        ("bits", known.max_bits, learned.max_bits),
        ("objects", known.max_oids, learned.max_oids),
    ):
        if now != old:
            parts.append(f"at most {now} {name} a read")
    return "; ".join(parts)
