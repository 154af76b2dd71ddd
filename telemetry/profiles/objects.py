"""Reads the SNMP part of a profile: scalars and tables."""

from types import MappingProxyType

from telemetry.points import Phase
from telemetry.profiles.meanings import read_meaning, read_poll
from telemetry.profiles.model import Column, RowFilter, RowPhase, Scalar, SnmpRules, Table
from telemetry.profiles.names import oid, oid_tail, point_id
from telemetry.profiles.strict import Section, Value


def read_snmp_rules(value: Value | None) -> SnmpRules:
    """OIDs in a GET, rows in a walk, time-out."""
    plain = SnmpRules()
    if value is None:
        return plain
    section = value.section()
    oids, rows, timeout = (section.get(k) for k in ("max_oids", "max_rows", "timeout_s"))
    section.close()
    rules = SnmpRules(
        max_oids=oids.integer(1, 60) if oids else plain.max_oids,
        max_rows=rows.integer(1, 100_000) if rows else plain.max_rows,
        timeout_s=float(timeout.number()) if timeout else plain.timeout_s,
    )
    if timeout and not 0 < rules.timeout_s <= 60:
        timeout.fail("a time-out is more than 0 and at most 60 s")
    return rules


def read_objects(top: Section) -> tuple[tuple[Scalar, ...], tuple[Table, ...]]:
    """Scalars and tables in file order. ConfigError with the line otherwise."""
    root = top.get("root")
    base = oid(root) if root else ""
    scalar_values, table_values = top.get("scalars"), top.get("tables")
    scalars = tuple(_scalar(v, base) for v in scalar_values.each()) if scalar_values else ()
    tables = tuple(_table(v, base) for v in table_values.each()) if table_values else ()
    if not scalars and not tables:
        top.at.fail("an SNMP profile needs 'scalars' or 'tables'")
    _refuse_twins(scalar_values, [s.id for s in scalars])
    _refuse_same_points(table_values, tables)
    _refuse_same_objects(scalar_values, scalars)
    _refuse_clashes(scalar_values, scalars, tables)
    return scalars, tables


def _scalar(value: Value, base: str) -> Scalar:
    section = value.section()
    id_value = section.need("id")
    label = section.get("label")
    meaning = read_meaning(section)
    if meaning.scale_ref is not None:
        section.need("scale_ref").fail("a scalar has no scale_ref; use a fixed scale")
    scalar = Scalar(
        id=point_id(id_value),
        label=label.text() if label else id_value.literal.replace(".", " ").capitalize(),
        oid=oid(section.need("oid"), base),
        meaning=meaning,
        poll=read_poll(section, meaning),
    )
    section.close()
    return scalar


def _table(value: Value, base: str) -> Table:
    section = value.section()
    id_value = section.need("id")
    entry = section.get("entry")
    root = oid(entry, base) if entry else base
    label_oid, rows = section.get("label_oid"), section.need("rows")
    factors = _factors(section.get("factors"), root)
    columns_value = section.need("columns")
    columns = tuple(_column(v, root, factors) for v in columns_value.each())
    phase_value = section.get("phase")
    table = Table(
        id=point_id(id_value, least=1),
        label=section.need("label").text(),
        rows=oid(rows, root),
        columns=columns,
        label_oid=oid(label_oid, root) if label_oid else None,
        phase=_row_phase(phase_value, root) if phase_value else None,
        filters=_filters(section, root),
        factors=MappingProxyType(factors),
    )
    section.close()
    _refuse_twins(columns_value, [column.id for column in columns])
    if table.phase is None and any(column.row_phase for column in columns):
        columns_value.fail("a column takes the row's phase but the table has no 'phase'")
    return table


def _column(value: Value, root: str, factors: dict[str, str]) -> Column:
    section = value.section()
    meaning = read_meaning(section)
    id_value, label, tail = (section.get(k) for k in ("id", "label", "tail"))
    phase = section.get("phase")
    if meaning.scale_ref is not None and meaning.scale_ref not in factors:
        section.need("scale_ref").fail(f"'{meaning.scale_ref}' is not among the table's 'factors'")
    column = Column(
        id=point_id(id_value, least=1) if id_value else _usual_id(meaning.quantity, meaning.phase),
        label=label.text() if label else "",
        oid=oid(section.need("oid"), root),
        meaning=meaning,
        poll=read_poll(section, meaning),
        tail=oid_tail(tail) if tail else "",
        row_phase=phase is not None and phase.literal == "row",
    )
    section.close()
    return column


def _usual_id(quantity: str, phase: Phase | None) -> str:
    return f"{quantity}.{phase}" if phase else f"{quantity}"


def _factors(value: Value | None, root: str) -> dict[str, str]:
    if value is None:
        return {}
    return {name.literal: oid(column, root) for name, column in value.pairs()}


def _row_phase(value: Value, root: str) -> RowPhase:
    section = value.section()
    column, values = section.get("oid"), section.need("values")
    section.close()
    phases = {key.literal: phase.choice(Phase) for key, phase in values.pairs()}
    return RowPhase(oid(column, root) if column else None, MappingProxyType(phases))


def _filters(section: Section, root: str) -> tuple[RowFilter, ...]:
    filters = []
    for key, keep in (("only", True), ("except", False)):
        value = section.get(key)
        for item in value.each() if value else ():
            filters.append(_filter(item.section(), root, keep=keep))
    return tuple(filters)


def _filter(section: Section, root: str, *, keep: bool) -> RowFilter:
    column, values = section.need("oid"), section.need("values")
    section.close()
    wanted = frozenset(v.plain if type(v.plain) is int else v.text() for v in values.each())
    return RowFilter(oid(column, root), wanted, keep)


def _refuse_twins(at: Value | None, ids: list[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(ids):
        if at is not None and name in seen:
            first = at.each()[seen[name]].line
            at.each()[index].fail(f"id '{name}' is already at line {first}")
        seen[name] = index


def _refuse_same_points(at: Value | None, tables: tuple[Table, ...]) -> None:
    """Tables may share an id if no row can get the same point from both."""
    for index, table in enumerate(tables):
        for earlier, other in enumerate(tables[:index]):
            both = {column.id for column in table.columns} & {c.id for c in other.columns}
            if at is not None and other.id == table.id and both and not _apart(table, other):
                line = at.each()[earlier].line
                at.each()[index].fail(
                    f"table '{table.id}' is already at line {line} with column '{min(both)}'"
                )


def _apart(one: Table, other: Table) -> bool:
    """True if a filter keeps every row out of at least one of the two tables."""
    return any(
        mine.oid == theirs.oid and mine.keep and theirs.keep and not mine.values & theirs.values
        for mine in one.filters
        for theirs in other.filters
    )


def _refuse_same_objects(at: Value | None, scalars: tuple[Scalar, ...]) -> None:
    seen: dict[str, int] = {}
    for index, scalar in enumerate(scalars):
        if at is not None and scalar.oid in seen:
            at.each()[index].fail(f"'{scalars[seen[scalar.oid]].id}' already reads {scalar.oid}")
        seen[scalar.oid] = index


def _refuse_clashes(
    at: Value | None, scalars: tuple[Scalar, ...], tables: tuple[Table, ...]
) -> None:
    """A scalar `outlet.3.current` could be the point of a row of the table `outlet`."""
    tabled = {table.id for table in tables}
    for index, scalar in enumerate(scalars):
        first, second = scalar.id.split(".")[:2]
        if at is not None and first in tabled and second.isdigit():
            at.each()[index].fail(f"id '{scalar.id}' looks like a row of table '{first}'")
