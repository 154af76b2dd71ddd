"""The ways in which an emulated device can misbehave (what a poller must survive).

A `Faults` is plain switches that a test or a scenario sets at any time; the responders look at
it for every request. Chance comes from the seed, so two runs misbehave alike.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from telemetry.emulator.encode import Value


@dataclass
class Faults:
    """Switches of one device (an SNMP agent or a Modbus unit). Times in seconds.

    latency_s, jitter_s  every answer waits latency + uniform(0, jitter)
    late_s               extra wait, for answers that come after the time-out
    dead                 never answers
    drop                 share of requests without an answer, 0-1
    boot_until_s         loop time until which it is booting: Modbus exception 2, SNMP silence
    wrong_id             answers carry another transaction or request id
    wrong_unit           Modbus: answers carry another unit id
    short                Modbus: one register too few. SNMP: one varbind too few
    exception            Modbus: this exception code for every request
    crc_error            RTU: a broken checksum
    """

    seed: int = 1
    latency_s: float = 0.0
    jitter_s: float = 0.0
    late_s: float = 0.0
    dead: bool = False
    drop: float = 0.0
    boot_until_s: float = 0.0
    wrong_id: bool = False
    wrong_unit: bool = False
    short: bool = False
    exception: int = 0
    crc_error: bool = False
    _chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def silent(self) -> bool:
        """True where this request gets no answer; draws from the seed only when `drop` is set."""
        return self.dead or (self.drop > 0 and self._chance.random() < self.drop)

    def wait_s(self) -> float:
        """How long this answer waits."""
        jitter = self._chance.uniform(0, self.jitter_s) if self.jitter_s else 0.0
        return self.latency_s + self.late_s + jitter

    def booting(self, now_s: float) -> bool:
        """True until `boot_until_s` of the event loop's clock."""
        return now_s < self.boot_until_s

    def clear(self) -> None:
        """Back to good behaviour; the seed starts again."""
        for name, value in vars(Faults(seed=self.seed)).items():
            setattr(self, name, value)


@dataclass
class LineFaults:
    """Switches of one stream of bytes (a Modbus TCP listener), whatever the unit.

    piece_bytes      send in pieces of this many bytes, one segment each (0: whole)
    hold             collect this many answers and send them as one segment, or after hold_s
    out_of_order     the collected answers go out last first
    reset_after      close hard after this many answers, in the middle of the next one (-1: never)
    max_connections  further connections are closed at once (0: no limit)
    """

    piece_bytes: int = 0
    hold: int = 0
    hold_s: float = 0.05
    out_of_order: bool = False
    reset_after: int = -1
    max_connections: int = 0


@dataclass
class ValueFaults:
    """Lies about values, by point id: wrap a device's values with it. `missing` points have no
    value (the device's sentinel), `stuck` ones keep the value they had when first asked, `shifts`
    are added (a counter near its end wraps, a probe drifts)."""

    values: Callable[[str], Value]
    missing: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    shifts: dict[str, float] = field(default_factory=dict)
    _kept: dict[str, Value] = field(default_factory=dict)

    def __call__(self, point_id: str) -> Value:
        """The value, or the lie."""
        if point_id in self.missing:
            return None
        if point_id not in self.stuck:
            self._kept.pop(point_id, None)
        elif point_id in self._kept:
            return self._kept[point_id]
        value = self.values(point_id)
        shift = self.shifts.get(point_id)
        if shift is not None and isinstance(value, int | float):
            value += shift
        if point_id in self.stuck:
            self._kept[point_id] = value
        return value
