"""Reads what a Modbus family allows: block sizes, gaps, pace, word order, document bases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from telemetry.profiles.model import GapRead, ModbusRules, WordOrder
from telemetry.profiles.strict import Section, Value

_ORDERS = {"big": WordOrder.ABCD, "little": WordOrder.CDAB}


@dataclass(frozen=True, slots=True)
class Family:
    """What holds for all registers of a profile."""

    rules: ModbusRules
    order: WordOrder
    doc_base: Mapping[int, int]


def read_family(value: Value | None) -> Family:
    if value is None:
        return Family(ModbusRules(), WordOrder.ABCD, {})
    section = value.section()
    order = section.get("word_order")
    base = section.get("doc_base")
    family = Family(
        _rules(section),
        read_order(order) if order else WordOrder.ABCD,
        _bases(base) if base else {},
    )
    section.close()
    return family


def _rules(section: Section) -> ModbusRules:
    plain = ModbusRules()
    whole = {
        "unit": (plain.unit, 0, 255),
        "max_registers": (plain.max_registers, 1, 125),
        "max_bits": (plain.max_bits, 1, 2000),
        "max_gap": (plain.max_gap, 0, 124),
        "max_bit_gap": (plain.max_bit_gap, 0, 1999),
        "min_gap_ms": (plain.min_gap_ms, 0, 10_000),
        "window": (plain.window, 1, 16),
        "settle_ms": (plain.settle_ms, 0, 60_000),
    }
    numbers = {
        key: (value.integer(low, high) if (value := section.get(key)) else default)
        for key, (default, low, high) in whole.items()
    }
    gap_read = section.get("gap_read")
    also_fc = section.get("also_fc")
    from_zero = section.get("bits_from_zero")
    timeout = section.get("timeout_s")
    rules = ModbusRules(
        gap_read=gap_read.choice(GapRead) if gap_read else plain.gap_read,
        also_fc=tuple(v.integer(1, 4) for v in also_fc.each()) if also_fc else (),
        bits_from_zero=from_zero.flag() if from_zero else False,
        timeout_s=float(timeout.number()) if timeout else plain.timeout_s,
        **numbers,
    )
    if timeout and not 0 < rules.timeout_s <= 60:
        timeout.fail("a time-out is more than 0 and at most 60 s")
    # Rule 3: where a hole is an error, nothing may be read across one.
    return replace(rules, max_gap=0, max_bit_gap=0) if rules.gap_read is GapRead.ERROR else rules


def read_order(value: Value) -> WordOrder:
    return _ORDERS.get(value.literal) or value.choice(WordOrder)


def _bases(value: Value) -> dict[int, int]:
    if value.entries is None:
        return dict.fromkeys((1, 2, 3, 4), value.integer(0, 500_000))
    return {fc.integer(1, 4): base.integer(0, 500_000) for fc, base in value.pairs()}
