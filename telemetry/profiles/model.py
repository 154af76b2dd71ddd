"""A profile: how a device family is recognised, what it can be asked, and what the answers mean.

A profile is read once from YAML (`loader.py`) and never changes. It speaks either SNMP (`scalars`,
`tables`) or Modbus (`registers`, `factors`). `bind.py` turns it into the points of one device.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from re import Pattern

from telemetry.points import Kind, Phase, PollClass, Quantity


class Protocol(StrEnum):
    """How the family is asked."""

    SNMP = "snmp"
    MODBUS = "modbus"


class DeviceKind(StrEnum):
    """What the device is in the building."""

    RACK_PDU = "rack_pdu"
    FLOOR_PDU = "floor_pdu"
    BRANCH_METER = "branch_meter"
    POWER_METER = "power_meter"
    UPS = "ups"
    ATS = "ats"
    STS = "sts"
    GENERATOR = "generator"
    CRAC = "crac"
    REAR_DOOR = "rear_door"
    CHILLER = "chiller"
    ENVIRONMENT = "environment"


class Verified(StrEnum):
    """Where the facts come from: papers only, or seen on the real thing."""

    DOCUMENTS = "documents"
    HARDWARE = "hardware"


class WireType(StrEnum):
    """How a value lies in bits or registers (rule 23)."""

    BIT = "bit"
    UINT16 = "uint16"
    INT16 = "int16"
    UINT32 = "uint32"
    INT32 = "int32"
    UINT64 = "uint64"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    BCD16 = "bcd16"
    BCD32 = "bcd32"
    MOD10 = "mod10"
    STRING = "string"


class WordOrder(StrEnum):
    """Order of the bytes of a value of two or four registers; A is the most significant.

    For 64 bits the same names mean: as is, words reversed, bytes of each word swapped, both.
    """

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"


class GapRead(StrEnum):
    """What a block answers for registers inside it that the device does not define (rule 3)."""

    UNKNOWN = "unknown"
    ERROR = "error"
    ZEROS = "zeros"


class Bits(StrEnum):
    """How an SNMP value carries flags: a plain integer, BITS octets (RFC 2578 7.1.4: bit 0 is the
    first octet's top bit), or text of 0 and 1 whose first character is bit 0."""

    INTEGER = "integer"
    OCTETS = "octets"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a raw value means, wherever it came from.

    value = raw x multiply / divide x 10^(ref_sign x factor) + offset, in `unit`; the conversion
    from the device's own unit (`source_unit`) is already inside. Multiply and divide are kept apart
    so that 3 x 0.1 is 0.3. `not_available` are raw values (numbers or text) that mean "no value";
    `faults` are raw values by which a sensor says it is broken (quality bad); raw outside
    `valid_raw` is not available; a value outside `plausible` (in `unit`) is uncertain. `rollover`
    is the raw count at which a counter starts again. `texts` gives the code of a state that is sent
    as text.
    """

    quantity: Quantity
    unit: str
    kind: Kind
    phase: Phase | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    multiply: float = 1.0
    divide: float = 1.0
    offset: float = 0.0
    scale_ref: str | None = None
    ref_sign: int = 1
    source_unit: str = ""
    not_available: frozenset[int | float | str] = frozenset()
    faults: frozenset[int | float | str] = frozenset()
    valid_raw: tuple[float, float] | None = None
    plausible: tuple[float, float] | None = None
    rollover: int | None = None
    bits: Bits = Bits.INTEGER


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value lies in Modbus and how it is written there.

    `address` is zero-based, as on the wire; `count` is registers (fc 3, 4) or bits (fc 1, 2: always
    1). `mask` picks bits of the joined integer, shifted down to bit 0. `digits` is for mod10: each
    register holds that many decimal digits. Text: `swapped` puts the low byte first, `wide` keeps
    one character a register.
    """

    fc: int
    address: int
    count: int
    type: WireType
    order: WordOrder = WordOrder.ABCD
    mask: int | None = None
    digits: int = 4
    swapped: bool = False
    wide: bool = False

    @property
    def end(self) -> int:
        """The first address after it."""
        return self.address + self.count


@dataclass(frozen=True, slots=True)
class Register:
    """A Modbus point. `expect` is a fixed raw value by which the family is known."""

    id: str
    label: str
    cell: Cell
    meaning: Meaning
    poll: PollClass
    expect: int | float | str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Scalar:
    """An SNMP object with its full instance OID (no leading dot)."""

    id: str
    label: str
    oid: str
    meaning: Meaning
    poll: PollClass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. The object of a row is `oid`.<row index>[.`tail`].

    `id` is what follows `<table>.<row key>.` in the point's id. `label` is appended to the row's
    label where a row holds several of one quantity. `row_phase`: the phase is the row's.
    """

    id: str
    label: str
    oid: str
    meaning: Meaning
    poll: PollClass
    tail: str = ""
    row_phase: bool = False


@dataclass(frozen=True, slots=True)
class RowPhase:
    """The phase of a row: by the number in the column `oid` at that row, or by its key if None."""

    oid: str | None
    phases: Mapping[str, Phase]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Keeps rows whose object in column `oid` is (or, `keep` False, is not) one of `values`.

    Rows without the object pass when `keep` is False and fall when it is True.
    """

    oid: str
    values: frozenset[int | str]
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """An SNMP table. `rows` is the column whose instances are the rows; `label` may hold `{key}`;
    `label_oid` is a column with the device's own name of the row (empty text falls back)."""

    id: str
    label: str
    rows: str
    columns: tuple[Column, ...]
    label_oid: str | None = None
    phase: RowPhase | None = None
    filters: tuple[RowFilter, ...] = ()
    factors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IdentityPart:
    """One way to learn a part of the identity: fixed `text`, or the text of the point `point`, of
    which the first group of `pattern` is taken if given."""

    text: str | None = None
    point: str | None = None
    pattern: Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Ways to learn who the device is; of each list the first that gives text counts."""

    vendor: tuple[IdentityPart, ...] = ()
    model: tuple[IdentityPart, ...] = ()
    serial: tuple[IdentityPart, ...] = ()
    firmware: tuple[IdentityPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """SNMP: by prefixes of sysObjectID, a pattern in sysDescr, an object that must exist, one that
    must not (`absent_oid`: a better profile is there for devices that have it)."""

    object_ids: tuple[str, ...] = ()
    descr: Pattern[str] | None = None
    probe_oid: str | None = None
    absent_oid: str | None = None


@dataclass(frozen=True, slots=True)
class ModbusRules:
    """What this family allows (telemetry.md section 2; rules 1-3, 9-12)."""

    unit: int = 1
    also_fc: tuple[int, ...] = ()
    max_registers: int = 125
    max_bits: int = 2000
    gap_read: GapRead = GapRead.UNKNOWN
    max_gap: int = 8
    max_bit_gap: int = 16
    bits_from_zero: bool = False
    min_gap_ms: int = 0
    timeout_s: float = 1.0
    window: int = 1
    settle_ms: int = 0


@dataclass(frozen=True, slots=True)
class SnmpRules:
    """What this family allows: OIDs in one GET, rows in one walk, time-out."""

    max_oids: int = 20
    max_rows: int = 2000
    timeout_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Profile:
    """A device family. `poll_s` gives the seconds of each poll class it uses.

    `factors` are Modbus registers that hold a power of ten for others (`Meaning.scale_ref`); they
    are read but are no points.
    """

    name: str
    protocol: Protocol
    kind: DeviceKind
    vendor: str
    family: str
    sources: tuple[str, ...]
    verified: Verified
    poll_s: Mapping[PollClass, float]
    identity: Identity
    recognition: Recognition = field(default_factory=Recognition)
    modbus: ModbusRules = field(default_factory=ModbusRules)
    snmp: SnmpRules = field(default_factory=SnmpRules)
    registers: tuple[Register, ...] = ()
    factors: Mapping[str, Cell] = field(default_factory=dict)
    scalars: tuple[Scalar, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
