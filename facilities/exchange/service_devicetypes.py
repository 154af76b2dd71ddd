"""Import of a folder in the community device-type library's layout.

Reading and judging touch no database; comparing reads it; writing goes batch by batch, so that a
caller may commit between batches. Running the same folder again changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from facilities.errors import Refused
from facilities.exchange.devicetype_file import (
    PARSERS,
    DeviceFacts,
    ModuleFacts,
    PortFacts,
    RackFacts,
    slug_of,
)
from facilities.exchange.service_yaml import read_yaml
from facilities.hosting.models import EquipmentType, Maker, ModuleType, RackType, TypePort

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"
BATCH = 500
Facts = DeviceFacts | RackFacts | ModuleFacts
Row = EquipmentType | RackType | ModuleType
Progress = Callable[[int, int], None]
MODELS: Mapping[str, type[Any]] = {
    "device-types": EquipmentType,
    "rack-types": RackType,
    "module-types": ModuleType,
}
#: Facts that are no columns of the row.
NOT_COLUMNS = {"maker", "ports"}
PORT_COLUMNS = tuple(item.name for item in fields(PortFacts))


@dataclass(frozen=True, slots=True)
class Found:
    """A file that can be imported. source: its path in the library."""

    kind: str
    source: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file that cannot, and why: every problem with its line."""

    source: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds."""

    found: Sequence[Found]
    bad: Sequence[BadFile]


@dataclass(slots=True)
class Report:
    """What an import would do or did: (kind, added | changed | unchanged) -> how many."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: list[tuple[str, str]] = field(default_factory=list)

    def count(self, found: Found, what: str) -> None:
        """Note one file."""
        self.counts[found.kind, what] += 1
        if what != UNCHANGED:
            self.changes.append((what, found.source))


def silent(done: int, all_: int) -> None:
    """Tells nobody how far it is."""
    del done, all_


def read_folder(folder: Path, progress: Progress = silent) -> Folder:
    """Read and judge every file. Raises Refused when the folder has not the library's layout."""
    paths = [
        (kind, path)
        for kind in PARSERS
        for path in sorted((folder / kind).glob("*/*"))
        if path.suffix in (".yaml", ".yml") and path.is_file()
    ]
    if not paths:
        names = ", ".join(PARSERS)
        raise Refused(f"{folder} has none of the folders {names} with MAKER/*.yaml in it.")
    found: list[Found] = []
    bad: list[BadFile] = []
    for number, (kind, path) in enumerate(paths, start=1):
        source = path.relative_to(folder).as_posix()
        try:
            parsed = PARSERS[kind](read_yaml(path.read_text("utf-8")))
        except (Refused, OSError, UnicodeDecodeError) as error:
            bad.append(BadFile(source, [str(error)]))
        else:
            if parsed.facts is None:
                bad.append(BadFile(source, [str(problem) for problem in parsed.problems]))
            else:
                found.append(Found(kind, source, parsed.facts))
        progress(number, len(paths))
    return _without_twins(found, bad)


def _without_twins(found: Sequence[Found], bad: list[BadFile]) -> Folder:
    """Of files that claim one slug, or one maker and model, the first counts."""
    first: dict[tuple[str, str], str] = {}
    kept = []
    for one in found:
        keys = [(one.kind, key) for key in _keys(one.facts)]
        twin = next((first[key] for key in keys if key in first), None)
        if twin is None:
            kept.append(one)
            first |= dict.fromkeys(keys, one.source)
        else:
            bad.append(BadFile(one.source, [f"the same slug or model as {twin}"]))
    return Folder(kept, bad)


def _keys(facts: Facts) -> list[str]:
    named = f"{slug_of(facts.maker)}/{facts.model.lower()}"
    return [named] if isinstance(facts, ModuleFacts) else [named, f"slug:{facts.slug}"]


def compare(session: Session, folder: Folder) -> Report:
    """What an import of this folder would do; writes nothing."""
    known, report = _Known(session), Report()
    for found in folder.found:
        row = known.row(found)
        same = row is not None and not _changes(known, row, found)
        report.count(found, ADDED if row is None else UNCHANGED if same else CHANGED)
    return report


def apply(session: Session, folder: Folder) -> Iterator[tuple[int, Report]]:
    """Write the folder; yields (files done, report so far) after each batch for a commit."""
    known, report = _Known(session), Report()
    for start in range(0, len(folder.found), BATCH):
        batch = folder.found[start : start + BATCH]
        ports: list[tuple[EquipmentType, DeviceFacts]] = []
        for found in batch:
            _write(session, known, found, report, ports)
        session.flush()
        _write_ports(session, ports)
        yield start + len(batch), report


def _write(
    session: Session,
    known: "_Known",
    found: Found,
    report: Report,
    ports: list[tuple[EquipmentType, DeviceFacts]],
) -> None:
    row = known.row(found)
    if row is None:
        row = MODELS[found.kind](maker=known.maker(found.facts.maker))
        session.add(row)
        report.count(found, ADDED)
        _assign(row, _columns(found))
        differing = {"ports"}
    else:
        differing = _changes(known, row, found)
        report.count(found, CHANGED if differing else UNCHANGED)
        values = _columns(found)
        _assign(row, {name: values[name] for name in differing - {"ports"}})
    if isinstance(found.facts, DeviceFacts) and "ports" in differing:
        ports.append((row, found.facts))


def _assign(row: Any, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _write_ports(session: Session, changed: Sequence[tuple[EquipmentType, DeviceFacts]]) -> None:
    ids = [row.id for row, _ in changed]
    session.execute(delete(TypePort).where(TypePort.type_id.in_(ids)))
    rows = [
        {"type_id": row.id, **{name: getattr(port, name) for name in PORT_COLUMNS}}
        for row, facts in changed
        for port in facts.ports
    ]
    if rows:
        session.execute(insert(TypePort), rows)


def _columns(found: Found) -> dict[str, object]:
    """The columns of a file's row."""
    names = [item.name for item in fields(found.facts) if item.name not in NOT_COLUMNS]
    return {name: getattr(found.facts, name) for name in names} | {"source": found.source}


def _changes(known: "_Known", row: Any, found: Found) -> set[str]:
    """The names of the columns, and `ports`, that differ from the file."""
    differing = {name for name, value in _columns(found).items() if getattr(row, name) != value}
    if isinstance(found.facts, DeviceFacts):
        wanted = [tuple(getattr(port, n) for n in PORT_COLUMNS) for port in found.facts.ports]
        if known.ports.get(row.id, []) != wanted:
            differing.add("ports")
    return differing


class _Known:
    """What is in the database already: makers by slug, types by slug and by maker and model."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.makers = {maker.slug: maker for maker in session.scalars(select(Maker))}
        by_id = {maker.id: maker.slug for maker in self.makers.values()}
        self.rows: dict[tuple[str, str], Row] = {}
        for kind, model in MODELS.items():
            for row in session.scalars(select(model)):
                self.rows[kind, f"{by_id[row.maker_id]}/{row.model.lower()}"] = row
                if model is not ModuleType:
                    self.rows[kind, f"slug:{row.slug}"] = row
        self.ports: dict[int, list[tuple[object, ...]]] = {}
        columns = [getattr(TypePort, name) for name in PORT_COLUMNS]
        for type_id, *values in session.execute(
            select(TypePort.type_id, *columns).order_by(TypePort.id)
        ):
            self.ports.setdefault(type_id, []).append(tuple(values))

    def row(self, found: Found) -> Any:
        """The row of a file: by its slug first, then by maker and model."""
        keys = reversed(_keys(found.facts))
        return next((self.rows[found.kind, k] for k in keys if (found.kind, k) in self.rows), None)

    def maker(self, name: str) -> Maker:
        """The maker of this name in any spelling, made when new."""
        slug = slug_of(name)
        if slug not in self.makers:
            self.makers[slug] = Maker(name=name, slug=slug)
            self.session.add(self.makers[slug])
        return self.makers[slug]
