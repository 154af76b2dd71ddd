"""From answers to raw values in the order of places: one compiled gather per plan.

The quick way serves a cycle in which every read of the plan was answered whole; the other way
puts together what halves and missing answers left.
"""

import struct
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

from telemetry.plan import Plan
from telemetry.profiles.model import Cell
from telemetry.reads import Read
from telemetry.transports.base import Answer, ModbusRead, Varbind
from telemetry.wire import bytes_of, code_of, finish_of

Raws = list[Any]


class Gather(Protocol):
    """Finds the raw value of every place in the answers."""

    def raws(self, reads: Sequence[Read]) -> Raws:
        """Raw values along the places; None where there is none."""


class SnmpGather:
    """Looks the OIDs up in the varbinds of all answers."""

    def __init__(self, oids: Sequence[str]) -> None:
        self._oids = tuple(oids)

    def raws(self, reads: Sequence[Read]) -> Raws:
        """Raw values along the OIDs; None where there is none."""
        answers = [read.answer for read in reads if read.answer is not None]
        if len(answers) == 1:
            return list(map(answers[0].varbinds.get, self._oids))
        merged: dict[str, Varbind] = {}
        for answer in answers:
            merged.update(answer.varbinds)
        return list(map(merged.get, self._oids))


class ModbusGather:
    """Unpacks all blocks of a cycle at once."""

    def __init__(self, plan: Plan, cells: Sequence[Cell]) -> None:
        self._cells = tuple(cells)
        self._requests = tuple(r for r in plan.requests if isinstance(r, ModbusRead))
        self._counts = [request.count for request in self._requests]
        self._words = struct.Struct(f">{sum(self._counts)}H")
        self._finish = [(n, f) for n, cell in enumerate(cells) if (f := finish_of(cell))]
        self._prepare()

    def _prepare(self) -> None:
        """Lay the cells out over the joined blocks: byte order, struct fields, order of places."""
        starts = {n: s for n, c in enumerate(self._cells) if (s := self._start(c)) is not None}
        octets = list(range(self._words.size))
        unique: dict[tuple[int, str], int] = {}
        for n, start in starts.items():
            cell = self._cells[n]
            octets[start : start + cell.count * 2] = bytes_of(cell, start)
            unique[start, code_of(cell)] = 0
        fields, at = ">", 0
        for index, (start, code) in enumerate(sorted(unique)):
            fields += f"{start - at}x{code}"
            at = start + struct.calcsize(f">{code}")
            unique[start, code] = index
        self._fields = struct.Struct(fields)
        self._order = None if octets == sorted(octets) else itemgetter(*octets)
        missing = len(unique)
        self._places = [
            unique[starts[n], code_of(cell)] if n in starts else missing
            for n, cell in enumerate(self._cells)
        ]
        self._in_order = self._places == list(range(missing))

    def _start(self, cell: Cell) -> int | None:
        """The byte at which a cell begins in the joined blocks; None if no block holds it."""
        before = 0
        for request in self._requests:
            if _holds(request, cell):
                return 2 * (before + cell.address - request.address)
            before += request.count
        return None

    def raws(self, reads: Sequence[Read]) -> Raws:
        """Raw values along the cells; None where there is none."""
        words = self._joined(reads)
        raws = self._from_parts(reads) if words is None else self._from_whole(words)
        for n, finish in self._finish:
            raws[n] = finish(raws[n])
        return raws

    def _joined(self, reads: Sequence[Read]) -> tuple[int, ...] | None:
        """The words of the plan's blocks in a row, if every one was answered whole."""
        if len(reads) != len(self._requests):
            return None
        parts = []
        for read, request in zip(reads, self._requests, strict=True):
            answer = read.answer
            if answer is None or read.request != request or len(answer.words) != request.count:
                return None
            parts.append(answer.words)
        return parts[0] if len(parts) == 1 else tuple(w for part in parts for w in part)

    def _from_whole(self, words: tuple[int, ...]) -> Raws:
        octets = self._words.pack(*words)
        if self._order is not None:
            octets = bytes(self._order(octets))
        fields = self._fields.unpack_from(octets)
        if self._in_order:
            return list(fields)
        fields = (*fields, None)
        return [fields[n] for n in self._places]

    def _from_parts(self, reads: Sequence[Read]) -> Raws:
        image: dict[tuple[int, int], int] = {}
        for read in reads:
            if read.answer is not None and isinstance(read.request, ModbusRead):
                image.update(_image(read.request, read.answer))
        return [_from_image(cell, image) for cell in self._cells]


def _holds(request: ModbusRead, cell: Cell) -> bool:
    end = request.address + request.count
    return cell.fc == request.fc and request.address <= cell.address and cell.end <= end


def _image(request: ModbusRead, answer: Answer) -> dict[tuple[int, int], int]:
    """Words by place; an answer of the wrong length says nothing that can be trusted."""
    if len(answer.words) != request.count:
        return {}
    return {(request.fc, request.address + n): word for n, word in enumerate(answer.words)}


def _from_image(cell: Cell, image: Mapping[tuple[int, int], int]) -> Any:
    words = [image.get((cell.fc, address)) for address in range(cell.address, cell.end)]
    if None in words:
        return None
    octets = struct.pack(f">{cell.count}H", *words)
    ordered = bytes(octets[n] for n in bytes_of(cell, 0))
    return struct.unpack(f">{code_of(cell)}", ordered)[0]
