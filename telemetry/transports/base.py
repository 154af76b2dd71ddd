"""The transport protocol: open, read, close. A transport moves requests; it never interprets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

Varbind = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class SnmpGet:
    """Plain GET of these OIDs (no leading dot). A missing OID is left out of the answer."""

    oids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SnmpWalk:
    """All below one OID, at most `limit` rows (agents exist that never end)."""

    oid: str
    limit: int = 2000


@dataclass(frozen=True, slots=True)
class ModbusRead:
    """`count` registers (fc 3, 4) or bits (fc 1, 2) from the zero-based `address` of `unit`."""

    unit: int
    fc: int
    address: int
    count: int


@dataclass(frozen=True, slots=True)
class ModbusIdentity:
    """Function 43/14 of `unit`: basic identification from object `first`. The answer's varbinds
    are texts by object number: "0" vendor, "1" product code, "2" revision."""

    unit: int
    first: int = 0


Request = SnmpGet | SnmpWalk | ModbusRead | ModbusIdentity


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `at_ms` is the UTC time of receipt. One of `varbinds`, `words` is filled;
    bits come as words of 0 or 1."""

    at_ms: int
    varbinds: Mapping[str, Varbind] = field(default_factory=dict)
    words: tuple[int, ...] = ()


class Transport(Protocol):
    """A line to one device or gateway. Read-only by construction (rule 31)."""

    async def open(self) -> None:
        """Make the line ready; raises NoAnswer."""

    async def read(self, request: Request, timeout_s: float) -> Answer:
        """Ask once, no retry. Raises NoAnswer, or Refused with the device's code.

        The time-out begins when the request is sent: waiting for a turn on a shared line is not
        the device's fault. Cancelling is always safe.
        """

    async def close(self) -> None:
        """Give back sockets; safe to call twice."""
