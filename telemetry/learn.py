"""What refused reads teach about a device (rule 15). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Learned:
    """`bad`: place (OID, or (fc, address)) -> the code it was refused with; never read across.
    `cuts`: (fc, address) before which a new block must start. Limits are
    None where nothing is known."""

    bad: Mapping[str | tuple[int, int], int] = field(default_factory=dict)
    cuts: frozenset[tuple[int, int]] = frozenset()
    max_registers: int | None = None
    max_bits: int | None = None
    max_oids: int | None = None


NOTHING = Learned()
