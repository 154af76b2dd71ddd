"""A Modbus device in memory, for pure tests: registers with holes, limits and moods."""

import struct
from dataclasses import dataclass, field

from telemetry.decode import Read
from telemetry.transports.base import Answer, ModbusRead, Request

_CODES = {
    "uint16": "H",
    "int16": "h",
    "uint32": "I",
    "int32": "i",
    "uint64": "Q",
    "int64": "q",
    "float32": "f",
    "float64": "d",
}


@dataclass
class FakeRegisters:
    """Answers reads of `words` by (fc, address). A read that touches an address that is not there,
    or one longer than `longest`, is refused with the codes given."""

    words: dict[tuple[int, int], int]
    longest: int = 125
    hole_code: int = 2
    long_code: int = 3
    zeros: bool = False
    asked: list[ModbusRead] = field(default_factory=list)

    def read(self, request: Request) -> Read:
        """The read as the poller would hand it to decode."""
        assert isinstance(request, ModbusRead)
        self.asked.append(request)
        if request.count > self.longest:
            return Read(request, code=self.long_code)
        places = [(request.fc, request.address + n) for n in range(request.count)]
        if not self.zeros and any(place not in self.words for place in places):
            return Read(request, code=self.hole_code)
        return Read(request, Answer(5_000, words=tuple(self.words.get(p, 0) for p in places)))


def read_registers(text: str) -> dict[tuple[int, int], int]:
    """Words from lines `fc:address type number`, as a map of the device prints them."""
    words: dict[tuple[int, int], int] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        place, kind, number = line.split(maxsplit=2)
        fc, address = (int(part) for part in place.split(":"))
        for n, word in enumerate(words_of(kind, number)):
            words[fc, address + n] = word
    return words


def words_of(kind: str, number: str) -> tuple[int, ...]:
    """The registers of a number, high word first."""
    code = _CODES[kind]
    value = float(number) if kind.startswith("float") else int(number, 0)
    octets = struct.pack(f">{code}", value)
    return struct.unpack(f">{len(octets) // 2}H", octets)
