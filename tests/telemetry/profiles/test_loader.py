"""A profile that is not right is refused with its file and line."""

from pathlib import Path

import pytest

from telemetry.errors import ConfigError
from telemetry.points import Kind, Phase, PollClass
from telemetry.profiles.loader import find, load, names, read, shipped
from telemetry.profiles.model import Bits, GapRead, Profile, WireType, WordOrder

HEAD = """profile: test-meter
protocol: modbus
kind: power_meter
vendor: Test
family: Meter
verified: documents
sources: [made for the test]
identity: {vendor: Test}
"""
#: Lines before the first register or scalar.
BEFORE = 9


def modbus(*registers: str, more: str = "") -> Profile:
    """A profile with these registers, the first of them on line 10 if there is no more."""
    listed = "".join(f"  - {{{register}}}\n" for register in registers)
    return read(f"{HEAD}{more}registers:\n{listed}", "meter.yaml")


def snmp(*scalars: str, more: str = "") -> Profile:
    listed = "".join(f"  - {{{scalar}}}\n" for scalar in scalars)
    head = HEAD.replace("modbus", "snmp")
    return read(f"{head}{more}scalars:\n{listed}", "meter.yaml")


VOLTAGE = "id: a.voltage, quantity: voltage, unit: V, fc: 3, address: 10, type: uint16"


@pytest.mark.parametrize(
    ("registers", "line", "says"),
    [
        ([f"{VOLTAGE}, colour: red"], 10, "unknown key 'colour'"),
        ([VOLTAGE, VOLTAGE.replace("10", "11")], 11, "id 'a.voltage' is already at line 10"),
        ([VOLTAGE, VOLTAGE.replace("a.v", "b.v")], 11, "overlaps 'a.voltage' of line 10"),
        (
            [
                VOLTAGE.replace("uint16", "float32"),
                VOLTAGE.replace("a.v", "b.v").replace("10", "11"),
            ],
            11,
            "overlaps",
        ),
        ([VOLTAGE.replace("10", "65535").replace("uint16", "int32")], 10, "goes past 65535"),
        ([VOLTAGE.replace("10", "70000")], 10, "70000 is outside 0 to 65535"),
        ([VOLTAGE.replace("fc: 3", "fc: 2")], 10, "type uint16 cannot be read with function 2"),
        ([VOLTAGE.replace("uint16", "bit")], 10, "type bit cannot be read with function 3"),
        ([VOLTAGE.replace("fc: 3", "fc: 6")], 10, "6 is outside 1 to 4"),
        ([f"{VOLTAGE}, scale_ref: b.sf"], 10, "scale_ref 'b.sf' is no register"),
        (
            [VOLTAGE.replace("unit: V", "unit: furlong")],
            10,
            "unit 'furlong' is not one for voltage",
        ),
        ([VOLTAGE.replace("unit: V", "unit: A")], 10, "one of V, kV, MV, mV"),
        ([VOLTAGE.replace("unit: V, ", "")], 10, "'unit' is missing"),
        ([VOLTAGE.replace("quantity: voltage", "quantity: magic")], 10, "'magic' is not one of"),
        ([f"{VOLTAGE}, phase: L4"], 10, "'L4' is not one of: L1, L2, L3, N"),
        ([f"{VOLTAGE}, scale: 0"], 10, "a scale of 0 would hide every value"),
        ([f"{VOLTAGE}, kind: state"], 10, "kind state does not go with quantity voltage"),
        ([f"{VOLTAGE}, bit: 16"], 10, "16 is outside 0 to 15"),
        ([f"{VOLTAGE}, valid_raw: [5, 1]"], 10, "a range is two numbers"),
        ([f"{VOLTAGE}, doc: 11"], 10, "modbus.doc_base has nothing for function 3"),
        ([f"{VOLTAGE}, repeat: {{first: 1, last: 2, stride: 1}}"], 10, "needs {n} in its id"),
        ([VOLTAGE.replace("id: a.voltage", "id: voltage")], 10, "2 or more parts with dots"),
        ([VOLTAGE.replace("type: uint16", "type: string, length: 4")], 10, "cannot be voltage"),
        (["id: a.sf, kind: scale_factor, fc: 3, address: 1, type: float32"], 10, "an integer"),
        (["id: a.sf, kind: scale_factor, fc: 3, address: 1, type: int16"], 9, "at least one"),
    ],
)
def test_a_wrong_register_is_refused_with_file_and_line(
    registers: list[str], line: int, says: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        modbus(*registers)
    assert refused.value.where == f"meter.yaml:{line}"
    assert says in refused.value.message


def test_a_document_number_must_fit_its_address_by_the_base_of_its_function() -> None:
    more = "modbus: {doc_base: {3: 1, 4: 30001}}\n"
    assert modbus(f"{VOLTAGE}, doc: 11", more=more).registers[0].cell.address == 10
    fc4 = VOLTAGE.replace("fc: 3", "fc: 4")
    assert modbus(f"{fc4}, doc: 30011", more=more).registers[0].cell.fc == 4
    with pytest.raises(ConfigError, match=r"30010 - base 30001 = 9, not 10"):
        modbus(f"{fc4}, doc: 30010", more=more)


def test_two_points_may_share_a_register_if_each_names_bits_of_its_own() -> None:
    one = "id: a.state, quantity: state, fc: 3, address: 5, type: uint16, bit: 0"
    two = "id: b.state, quantity: state, fc: 3, address: 5, type: uint16, mask: 0xFF00"
    assert [r.cell.mask for r in modbus(one, two).registers] == [1, 0xFF00]
    with pytest.raises(ConfigError, match="overlaps"):
        modbus(one, two, two.replace("b.s", "c.s").replace("0xFF00", "0x0100"))


def test_a_register_longer_than_the_device_reads_at_once_is_refused() -> None:
    long = "id: a.name, quantity: identity, fc: 3, address: 5, type: string, length: 20"
    with pytest.raises(ConfigError, match="20 registers cannot be read at once"):
        modbus(long, more="modbus: {max_registers: 16}\n")


def test_units_are_converted_exactly() -> None:
    power = modbus(VOLTAGE.replace("voltage", "active_power").replace("V,", "kW, scale: 0.1,"))
    meaning = power.registers[0].meaning
    assert (meaning.multiply, meaning.divide, meaning.unit) == (100.0, 1.0, "W")
    heat = modbus(VOLTAGE.replace("voltage", "temperature").replace("V,", "degF, scale: 0.1,"))
    meaning = heat.registers[0].meaning
    assert 680 * meaning.multiply / meaning.divide + meaning.offset == pytest.approx(20)
    tenth = modbus(f"{VOLTAGE}, scale: 0.1").registers[0].meaning
    assert 3 * tenth.multiply / tenth.divide == 0.3


def test_a_signed_sentinel_may_be_given_as_its_bit_pattern() -> None:
    text = f"{VOLTAGE.replace('uint16', 'int16')}, not_available: [0x8000, 0x7FFF], faults: -1"
    meaning = modbus(text).registers[0].meaning
    assert meaning.not_available == {-32768, 32767}
    assert meaning.faults == {-1}


def test_a_repeated_register_is_numbered_and_moves_on() -> None:
    sf = "id: 'c{n}.sf', kind: scale_factor, fc: 3, address: 0, type: int16"
    value = "id: 'c{n}.current', label: 'Circuit {n}', quantity: current, unit: A, fc: 3"
    times = "repeat: {first: 1, last: 3, stride: %d}"
    profile = modbus(
        f"{sf}, {times % 1}",
        f"{value}, address: 10, type: int32, scale_ref: 'c{{n}}.sf', {times % 2}",
    )
    last = profile.registers[2]
    assert (last.id, last.label, last.cell.address) == ("c3.current", "Circuit 3", 14)
    assert last.meaning.scale_ref == "c3.sf"
    assert profile.factors["c3.sf"].address == 2


def test_counters_and_identities_are_polled_slowly_unless_told_otherwise() -> None:
    energy = VOLTAGE.replace("voltage", "active_energy").replace("V,", "kWh,")
    profile = modbus(energy, VOLTAGE.replace("10", "20"), more="poll: {slow: 60}\n")
    assert [r.poll for r in profile.registers] == [PollClass.SLOW, PollClass.NORMAL]
    assert profile.registers[0].meaning.kind is Kind.COUNTER
    assert profile.registers[0].meaning.rollover == 65536
    assert profile.poll_s == {PollClass.SLOW: 60.0, PollClass.NORMAL: 30.0}


def test_the_rules_of_a_family_are_read() -> None:
    more = (
        "modbus: {unit: 3, word_order: little, max_registers: 80, gap_read: error, max_gap: 8,"
        " min_gap_ms: 50, timeout_s: 3, window: 4, settle_ms: 1000, also_fc: [4]}\n"
    )
    profile = modbus(VOLTAGE.replace("uint16", "float32"), more=more)
    rules = profile.modbus
    assert profile.registers[0].cell.order is WordOrder.CDAB
    assert (rules.unit, rules.max_registers, rules.window, rules.also_fc) == (3, 80, 4, (4,))
    assert (rules.gap_read, rules.max_gap) == (GapRead.ERROR, 0)


def test_every_wire_type_can_be_written() -> None:
    for kind in WireType:
        length = ", length: 2" if kind in (WireType.STRING, WireType.MOD10) else ""
        fc = 1 if kind is WireType.BIT else 3
        quantity = "identity" if kind is WireType.STRING else "count"
        text = f"id: a.b, quantity: {quantity}, fc: {fc}, address: 1, type: {kind}{length}"
        assert modbus(text).registers[0].cell.type is kind


def test_names_in_the_file_are_taken_as_they_stand() -> None:
    state = "id: a.state, quantity: state, fc: 3, address: 5, type: uint16"
    profile = modbus(f"{state}, states: {{0: off, 1: on, 0x10: no}}")
    assert profile.registers[0].meaning.names == {0: "off", 1: "on", 16: "no"}


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("", "x.yaml:1", "the file is empty"),
        ("- a\n", "x.yaml:1", "a mapping is expected"),
        ("a: [1\n", "x.yaml:2", "expected"),
        ("a: 1\na: 2\n", "x.yaml:2", "stands here twice"),
        ("a: &b 1\nc: *b\n", "x.yaml:2", "aliases are not allowed"),
        ("a: 1\nb: 2\n", "x.yaml:1", "'protocol' is missing"),
        (HEAD, "x.yaml:1", "'registers' is missing"),
        (
            HEAD.replace("test-meter", "Test Meter") + f"registers: [{{{VOLTAGE}}}]",
            "x.yaml:1",
            "lower-case letters",
        ),
        (
            HEAD.replace("documents", "hearsay") + f"registers: [{{{VOLTAGE}}}]",
            "x.yaml:6",
            "one of",
        ),
        (HEAD + f"more: 1\nregisters: [{{{VOLTAGE}}}]\n", "x.yaml:9", "unknown key 'more'"),
        (HEAD + f"poll: {{normal: 0.1}}\nregisters: [{{{VOLTAGE}}}]\n", "x.yaml:9", "outside 1 to"),
        (
            HEAD.replace("vendor: Test}", "model: {point: a.b}}") + f"registers: [{{{VOLTAGE}}}]",
            "x.yaml:8",
            "'a.b' is no scalar or register",
        ),
        (HEAD + f"recognise: {{descr: x}}\nregisters: [{{{VOLTAGE}}}]\n", "x.yaml:9", "only SNMP"),
    ],
)
def test_a_file_that_is_no_profile_says_where(text: str, where: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(text, "x.yaml")
    assert refused.value.where.startswith(where)
    assert says in refused.value.message


SCALAR = "id: a.voltage, oid: 1.3.6.1.4.1.9.1.0, quantity: voltage, unit: V"


@pytest.mark.parametrize(
    ("scalars", "says"),
    [
        ([SCALAR, SCALAR.replace("9.1.0", "9.2.0")], "id 'a.voltage' is already at line 10"),
        ([SCALAR, SCALAR.replace("a.v", "b.v")], "'a.voltage' already reads 1.3.6.1.4.1.9.1.0"),
        ([SCALAR.replace("1.3.6.1.4.1.9.1.0", "sysName.0")], "is not a numeric OID"),
        ([SCALAR.replace("1.3.6", ".3.6")], "goes on from an entry"),
        ([f"{SCALAR}, scale_ref: x"], "a scalar has no scale_ref"),
        ([f"{SCALAR}, fc: 3"], "unknown key 'fc'"),
    ],
)
def test_a_wrong_scalar_is_refused(scalars: list[str], says: str) -> None:
    with pytest.raises(ConfigError, match=says.replace("(", r"\(")):
        snmp(*scalars)


TABLE = """tables:
  - id: t
    label: Row {key}
    entry: 1.3.6.1.4.1.9.2.1
    rows: .1
    columns: [{oid: .3, quantity: current, unit: A%s}]
"""


def test_a_table_is_read_with_its_columns_relative_to_the_entry() -> None:
    more = TABLE % ", tail: 4.1"
    table = snmp(SCALAR, more=more).tables[0]
    assert (table.rows, table.columns[0].oid) == ("1.3.6.1.4.1.9.2.1.1", "1.3.6.1.4.1.9.2.1.3")
    assert (table.columns[0].id, table.columns[0].tail) == ("current", "4.1")


def test_tables_may_share_an_id_only_if_no_row_gets_a_point_twice() -> None:
    one = TABLE % ""
    two = one.split("\n", 1)[1]
    with pytest.raises(ConfigError, match="table 't' is already at line 10 with column 'current'"):
        snmp(SCALAR, more=one + two)
    apart = "\n    only: {oid: .9, values: [%d]}\n    rows"
    mine, theirs = one.replace("\n    rows", apart % 1), two.replace("\n    rows", apart % 2)
    assert [t.id for t in snmp(SCALAR, more=mine + theirs).tables] == ["t", "t"]


def test_a_row_phase_needs_a_table_that_knows_phases() -> None:
    with pytest.raises(ConfigError, match="the table has no 'phase'"):
        snmp(SCALAR, more=TABLE % ", phase: row")
    assert snmp(SCALAR, more=TABLE % ", phase: L2").tables[0].columns[0].meaning.phase is Phase.L2


def test_a_scalar_cannot_look_like_a_row() -> None:
    with pytest.raises(ConfigError, match="looks like a row of table 't'"):
        snmp(SCALAR.replace("a.voltage", "t.3.voltage"), more=TABLE % "")


def test_flags_of_snmp_say_how_they_are_encoded() -> None:
    flags = SCALAR.replace("quantity: voltage, unit: V", "quantity: flags, encoding: octets")
    assert snmp(flags).scalars[0].meaning.bits is Bits.OCTETS


def test_an_unknown_name_is_answered_with_the_near_ones() -> None:
    with pytest.raises(ConfigError, match="try schneider-pm5000"):
        shipped("schneider-pm500")
    assert find("schneider-pm5000") is shipped("schneider-pm5000")


def test_a_file_is_found_by_path_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"{HEAD}registers: [{{{VOLTAGE}}}]\n")
    assert find(str(path)).name == "test-meter"
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        load(tmp_path / "none.yaml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(path)


def test_shipped_profiles_are_listed_by_name() -> None:
    assert {"apc-rpdu2", "ups-rfc1628", "schneider-pm5000"} <= set(names())
