"""Whether a reading may be shown as live, and if not why not (AL-08, UN-05). Pure.

Nothing here trusts what was live when it was stored: the age is judged now, so that values also
go stale when no collector is alive to say so.
"""

from dataclasses import dataclass, replace

from facilities.readings import Quality

LEAST_S = 60.0
MISSED = 3
#: A sample stamped further ahead than this is a broken clock, not news (AL-08).
SKEW_S = 120.0

Word = float | str | list[str] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest cell of a point as the store has it, and its newest usable value.

    at_s, last_at_s: epoch seconds; last_at_s None when there never was a usable value.
    """

    value: Word
    quality: Quality
    at_s: float
    every_s: float
    last_value: Word = None
    last_at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of the device and its polling; `error`, `collector`: plain words or ""."""

    enabled: bool = True
    maintenance: bool = False
    error: str = ""
    collector: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be shown. `value` is None unless quality is usable; `why` says why not.

    at_s, age_s: of the value shown, or of the newest thing known when there is none.
    """

    value: Word
    quality: Quality
    at_s: float | None
    age_s: float | None
    last_value: Word = None
    last_at_s: float | None = None
    why: str = ""


def stale_after_s(every_s: float) -> float:
    """max(3 x interval, 60 s). Ex: 30 s -> 90 s, 10 s -> 60 s (AL-08)."""
    return max(MISSED * every_s, LEAST_S)


def judge(kept: Kept | None, source: Source, now_s: float) -> Verdict:
    """What may be shown of a point right now."""
    if kept is None:
        return Verdict(None, Quality.NOT_AVAILABLE, None, None, why=_never(source))
    age_s = max(0.0, now_s - kept.at_s)
    if kept.at_s - now_s > SKEW_S:
        why = "its time stamp lies in the future: check the clock of the collector"
        return _without(kept, Quality.BAD, now_s, why)
    if age_s > stale_after_s(kept.every_s):
        usable = kept.quality.usable
        known = replace(kept, last_value=kept.value, last_at_s=kept.at_s) if usable else kept
        return _without(known, Quality.STALE, now_s, _late(kept, age_s, source))
    if kept.quality.usable and kept.value is not None:
        quality = Quality.MAINTENANCE if source.maintenance else kept.quality
        return Verdict(kept.value, quality, kept.at_s, age_s, kept.value, kept.at_s)
    return _without(kept, _unusable(kept.quality), now_s, _lost(kept.quality, source))


def _without(kept: Kept, quality: Quality, now_s: float, why: str) -> Verdict:
    """No value, but the newest usable one with its own age: old is never shown as new."""
    at_s = kept.at_s if kept.last_at_s is None else kept.last_at_s
    age_s = max(0.0, now_s - at_s)
    return Verdict(None, quality, at_s, age_s, kept.last_value, kept.last_at_s, why)


def _unusable(quality: Quality) -> Quality:
    """A cell that is called usable but holds nothing is not available."""
    return Quality.NOT_AVAILABLE if quality.usable else quality


def _never(source: Source) -> str:
    if not source.enabled:
        return "polling of this device is switched off, and it was never read"
    return source.error or source.collector or "never read yet"


def _late(kept: Kept, age_s: float, source: Source) -> str:
    said = f"no answer for {duration(age_s)}, one is due every {duration(kept.every_s)}"
    if not source.enabled:
        return f"polling of this device is switched off: {said}"
    reason = source.collector or source.error
    return f"{said}: {reason}" if reason else said


def _lost(quality: Quality, source: Source) -> str:
    if quality is Quality.STALE:
        return source.error or "the device does not answer"
    if quality is Quality.BAD:
        return source.error or "the device refused this point or sent what cannot be read"
    return "the device says it has no value here"


def duration(seconds: float) -> str:
    """`90 s`, `5 min`, `3 h`, `12 d`, for a sentence."""
    for limit, size, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds / 86_400:.0f} d"
