"""Settings of the telemetry service: frozen, with the limits of each named when one is passed."""

from dataclasses import dataclass, fields

from telemetry.errors import ConfigError

#: Field -> (lowest, highest) that makes sense.
_LIMITS = {
    "max_concurrent": (1, 10_000),
    "connects_per_s": (1, 1_000),
    "max_extra_reads": (0, 1_000),
    "rediscover_every_s": (60, 7 * 86_400),
    "retest_bad_every_s": (60, 30 * 86_400),
    "write_every_s": (0.05, 60),
    "write_batch": (1, 100_000),
    "trace_frames": (0, 10_000),
}


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """How the service polls.

    `max_concurrent` lines are busy at once; at most `connects_per_s` connections are opened a
    second (rule 13); a device costs at most `max_extra_reads` a cycle while its holes are learned
    (rule 15), and what it refused is tried again every `retest_bad_every_s`; SNMP tables are walked
    again every `rediscover_every_s`; blocks are handed to the store every `write_every_s` or when
    `write_batch` wait; the last `trace_frames` frames of a line are kept (rule 29), 0 for none.
    """

    max_concurrent: int = 500
    connects_per_s: int = 50
    max_extra_reads: int = 32
    rediscover_every_s: float = 86_400.0
    retest_bad_every_s: float = 86_400.0
    write_every_s: float = 1.0
    write_batch: int = 500
    trace_frames: int = 0

    def __post_init__(self) -> None:
        for each in fields(self):
            low, high = _LIMITS[each.name]
            value = getattr(self, each.name)
            if not low <= value <= high:
                raise ConfigError(f"{value} is outside {low} to {high}", each.name)
