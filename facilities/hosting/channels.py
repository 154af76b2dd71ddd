"""Side channels of a rack, where 0U pieces stand: vertical PDUs, cable managers (SP-04). Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from facilities.hosting.placement import Outcome, Verdict, refused

CHANNELS = ("front-left", "front-right", "rear-left", "rear-right")
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Channel:
    """How long the channels of a rack are and how many pieces each may take."""

    length_mm: float
    slots: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A 0U piece in a channel; start and length in mm from the bottom, None where unknown."""

    name: str
    channel: str
    start_mm: float | None
    length_mm: float | None

    @property
    def end_mm(self) -> float | None:
        """Its upper end, None when either is unknown."""
        known = self.start_mm is not None and self.length_mm is not None
        return (self.start_mm or 0.0) + (self.length_mm or 0.0) if known else None

    def words(self) -> str:
        """`pdu-a (0-1700 mm)`."""
        span = f"{self.start_mm:g}-{self.end_mm:g} mm" if self.end_mm is not None else "unknown"
        return f"{self.name} ({span})"


def judge_channel(channel: Channel, strip: Strip, others: Collection[Strip]) -> Verdict:
    """Whether `strip` may stand in its channel beside `others` (of any channel of the rack)."""
    if strip.channel not in CHANNELS:
        words = f"A 0U piece stands in one of the side channels: {', '.join(CHANNELS)}."
        return refused(words, "channel", "SP-04")
    same = [other for other in others if other.channel == strip.channel]
    for verdict in (_long(channel, strip), _overlap(strip, same), _full(channel, strip, same)):
        if verdict is not None:
            return verdict
    unknown = [other.name for other in (*same, strip) if other.end_mm is None]
    if same and unknown:
        note = f"Whether pieces overlap in {strip.channel} was not judged: the place or length of "
        return Verdict(Outcome.UNKNOWN, notes=(note + ", ".join(unknown) + " is unknown.",))
    return Verdict(Outcome.OK)


def _long(channel: Channel, strip: Strip) -> Verdict | None:
    if (strip.start_mm or 0.0) < 0:
        return refused("The start lies below the channel.", "channel_start_mm", "SP-04")
    if (strip.start_mm or 0.0) + (strip.length_mm or 0.0) <= channel.length_mm + TOLERANCE:
        return None
    reason = (
        f"From {strip.start_mm or 0:g} mm a piece of {strip.length_mm or 0:g} mm ends above the "
        f"channel, which is {channel.length_mm:g} mm long."
    )
    return refused(reason, "channel_start_mm", "SP-04")


def _overlap(strip: Strip, same: Collection[Strip]) -> Verdict | None:
    if strip.end_mm is None:
        return None
    for other in same:
        if other.end_mm is None:
            continue
        lower = max(strip.start_mm or 0.0, other.start_mm or 0.0)
        if lower < min(strip.end_mm, other.end_mm) - TOLERANCE:
            reason = f"{strip.channel} is taken there: {other.words()}."
            return refused(reason, "channel", "SP-04")
    return None


def _full(channel: Channel, strip: Strip, same: Collection[Strip]) -> Verdict | None:
    if len(same) < channel.slots:
        return None
    names = ", ".join(other.words() for other in same) or "none is allowed"
    reason = f"{strip.channel} takes {channel.slots} pieces and holds {len(same)}: {names}."
    return refused(reason, "channel", "SP-04")
