"""Which rows an emulated SNMP device has in each table of its profile. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry.points import Phase
from telemetry.profiles.model import Profile, RowFilter, Table

#: Rows of a table when the device description does not say, by a word in the table's id.
USUAL_ROWS = {"outlet": 24, "phase": 3, "line": 3, "bank": 2}
LINES = (Phase.L1, Phase.L2, Phase.L3)


@dataclass(frozen=True, slots=True)
class RowSpec:
    """A row as a device description asks for it: `label` is the device's own name of it, `phase`
    where the table tells a phase by row, `index` its OID index if it must be a certain one."""

    label: str = ""
    phase: Phase | None = None
    index: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is: `number` counts from 1 within its table."""

    number: int
    index: str
    label: str
    phase: Phase | None


Rows = Mapping[str, Sequence[RowSpec]]


def usual_rows(table: Table) -> tuple[RowSpec, ...]:
    """Rows where nobody says: every phase a table tells by its key, else by the table's name."""
    if table.phase is not None and table.phase.oid is None:
        return tuple(RowSpec(phase=p, index=k) for k, p in table.phase.phases.items())
    count = next((n for word, n in USUAL_ROWS.items() if word in table.id.lower()), 1)
    known = tuple(table.phase.phases.values()) if table.phase else ()
    phases: list[Phase | None] = [phase for phase in LINES if phase in known]
    phases = phases or [*known] or [None]
    return tuple(RowSpec(phase=phases[n % len(phases)]) for n in range(count))


def rows_of(profile: Profile, wanted: Rows) -> list[tuple[Table, Row]]:
    """The rows of every table. Tables that share their rows' column and their filters share rows;
    tables of different names that share the column get indexes after each other; of tables with
    one name over one column (ways in which a row may be set up) the first has the rows."""
    rows: list[tuple[Table, Row]] = []
    shared: dict[tuple[str, tuple[RowFilter, ...]], list[str]] = {}
    used: dict[str, int] = {}
    first_way: dict[tuple[str, str], tuple[RowFilter, ...]] = {}
    for table in profile.tables:
        if first_way.setdefault((table.id, table.rows), table.filters) != table.filters:
            continue
        specs = wanted.get(table.id)
        specs = usual_rows(table) if specs is None else specs
        indexes = shared.setdefault((table.rows, table.filters), [])
        for number, spec in enumerate(specs, start=1):
            if len(indexes) < number:
                used[table.rows] = used.get(table.rows, 0) + 1
                indexes.append(spec.index or _keyed(table, spec) or str(used[table.rows]))
            rows.append((table, Row(number, indexes[number - 1], spec.label, spec.phase)))
    return rows


def _keyed(table: Table, spec: RowSpec) -> str:
    """The index of a row whose phase is told by its key."""
    if table.phase is None or table.phase.oid is not None or spec.phase is None:
        return ""
    return next((key for key, phase in table.phase.phases.items() if phase is spec.phase), "")
