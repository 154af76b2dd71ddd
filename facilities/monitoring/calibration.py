"""Correction of a sensor: shown = decoded x scale + offset (EN-05). Pure."""

from dataclasses import dataclass

from facilities.monitoring.staleness import Word
from facilities.readings import SeriesBucket


@dataclass(frozen=True, slots=True)
class Correction:
    """`scale` has no unit; `offset` is in the unit of the point."""

    scale: float = 1.0
    offset: float = 0.0

    @property
    def is_none(self) -> bool:
        """True where it changes nothing."""
        return self.scale == 1.0 and self.offset == 0.0

    def of(self, value: Word) -> Word:
        """The corrected value; names, bit lists and texts stay as they are."""
        if self.is_none or not isinstance(value, (int, float)):
            return value
        return value * self.scale + self.offset

    def of_bucket(self, bucket: SeriesBucket) -> SeriesBucket:
        """The corrected bucket; a negative scale swaps least and greatest."""
        if self.is_none:
            return bucket
        ends = sorted(end * self.scale + self.offset for end in (bucket.min, bucket.max))
        mean = bucket.mean * self.scale + self.offset
        return SeriesBucket(bucket.at, ends[0], mean, ends[1], bucket.count, bucket.coverage)


UNCORRECTED = Correction()
