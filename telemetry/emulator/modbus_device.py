"""A Modbus profile as a register image whose words are worked out when they are read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from telemetry.emulator.encode import Raw, Value, raw_of
from telemetry.emulator.registers import BIT_FUNCTIONS, Manners, RegisterImage, WordSlot
from telemetry.emulator.words import silent_words, wire_of, words_of
from telemetry.profiles.model import Cell, GapRead, Profile, Register

Values = Callable[[str], Value]
Live = Callable[[], Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A value's words at their place, before pieces that share registers are laid together."""

    fc: int
    address: int
    count: int
    words: Live


def register_image(
    profile: Profile,
    values: Values,
    powers: Mapping[str, int] | None = None,
    omit: frozenset[str] = frozenset(),
    identity: Mapping[int, str] | None = None,
) -> RegisterImage:
    """The image of a Modbus profile. `values` gives each point's value by id (None: sentinel),
    `powers` the power of ten in each factor register (0 where not given), `omit` points that this
    device does not have, `identity` its texts for function 43/14."""
    powers = powers or {}
    pieces = [
        _piece(register, values, powers.get(register.meaning.scale_ref or "", 0))
        for register in profile.registers
        if register.id not in omit
    ]
    for name, cell in profile.factors.items():
        pieces.append(_fixed(cell, powers.get(name, 0)))
    every = [*pieces, *_also_under(pieces, profile)]
    if profile.modbus.bits_from_zero:
        every += _bits_below(every)
    return RegisterImage(_laid_together(every), manners_of(profile), identity)


def _bits_below(pieces: list[_Piece]) -> list[_Piece]:
    """Zeros under the first and between the bits, for families that are read from bit 0."""
    out = []
    for fc in BIT_FUNCTIONS:
        known = {piece.address for piece in pieces if piece.fc == fc}
        out += [_Piece(fc, at, 1, lambda: (0,)) for at in range(max(known, default=0))
                if at not in known]  # fmt: skip
    return out


def manners_of(profile: Profile) -> Manners:
    """How a device of this family treats reads beyond its map. An unknown gap is an error, so that
    a reader that trusts in gaps is found out."""
    rules = profile.modbus
    return Manners(
        holes="zeros" if rules.gap_read is GapRead.ZEROS else "error",
        max_words=rules.max_registers,
        max_bits=rules.max_bits,
        cut_values="serve" if rules.gap_read is GapRead.ZEROS else "refuse",
    )


def _piece(register: Register, values: Values, power: int) -> _Piece:
    cell, meaning = register.cell, register.meaning
    if register.expect is not None:
        return _fixed(cell, register.expect)
    wire = wire_of(cell)

    def words() -> Sequence[int]:
        raw = raw_of(meaning, values(register.id), wire, power)
        return silent_words(cell) if raw is None else words_of(cell, raw)

    return _Piece(cell.fc, cell.address, cell.count, words)


def _fixed(cell: Cell, raw: Raw) -> _Piece:
    words = words_of(cell, raw)
    return _Piece(cell.fc, cell.address, cell.count, lambda: words)


def _also_under(pieces: list[_Piece], profile: Profile) -> Iterator[_Piece]:
    """`also_fc`: families that show the same words under another function of the same width. What
    the profile itself puts there stays."""
    taken = {(p.fc, at) for p in pieces for at in range(p.address, p.address + p.count)}
    for piece in pieces:
        for fc in profile.modbus.also_fc:
            free = all((fc, piece.address + n) not in taken for n in range(piece.count))
            if free and (fc in BIT_FUNCTIONS) == (piece.fc in BIT_FUNCTIONS):
                yield _Piece(fc, piece.address, piece.count, piece.words)


def _laid_together(pieces: list[_Piece]) -> list[WordSlot]:
    """One slot for every run of registers that overlapping values share; their words are ORed
    (values picked by masks do not touch each other's bits)."""
    slots: list[WordSlot] = []
    group: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (p.fc, p.address)):
        if group and (piece.fc != group[0].fc or piece.address >= _end(group)):
            slots.append(_slot(group))
            group = []
        group.append(piece)
    return [*slots, _slot(group)] if group else slots


def _end(group: Sequence[_Piece]) -> int:
    return max(piece.address + piece.count for piece in group)


def _slot(group: Sequence[_Piece]) -> WordSlot:
    first = group[0]
    width = _end(group) - first.address
    if len(group) == 1:
        return WordSlot(first.fc, first.address, width, first.words)
    members = tuple(group)

    def words() -> Sequence[int]:
        out = [0] * width
        for piece in members:
            at = piece.address - first.address
            for n, word in enumerate(piece.words()):
                out[at + n] |= word
        return out

    return WordSlot(first.fc, first.address, width, words)
