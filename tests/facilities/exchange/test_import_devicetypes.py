"""`rackhouse import device-types`: dry run, apply, again; over both databases."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.models import HistoryEntry
from facilities.exchange.commands import import_
from facilities.hosting.models import EquipmentType, Maker, ModuleType, RackType, TypePort
from facilities.settings import Settings
from facilities.web.shop import Shop
from tests.facilities.exchange.test_devicetype_file import PDU, RACK, SERVER
from tests.servers.shared import shared

MODULE = "manufacturer: ACME\nmodel: M1\npower-ports: [{name: P, type: c14, maximum_draw: 550}]\n"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small library with one bad file."""
    files = {
        "device-types/Acme/s1.yaml": SERVER,
        "device-types/Acme Two/p24.yml": PDU.replace("Acme", "acme").replace("acme-p24", "p24"),
        "device-types/Acme/bad.yaml": SERVER.replace("u_height: 1.5", "u_height: 1.3"),
        "device-types/Acme/readme.txt": "not a type",
        "rack-types/Acme/r42.yaml": RACK,
        "module-types/Acme/m1.yaml": MODULE,
    }
    for name, text in files.items():
        path = tmp_path / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "library"


def run(sessions: sessionmaker[Session], *arguments: object) -> Result:
    shop = Shop(Settings(), lambda _: sessions)
    return CliRunner().invoke(import_, ["device-types", *map(str, arguments)], obj=shop)


def count(sessions: sessionmaker[Session], model: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    sessions: sessionmaker[Session], library: Path
) -> None:
    result = run(sessions, library, "--list")
    assert "device types: 2 added, 0 changed, 0 unchanged" in result.output
    assert "added: rack-types/Acme/r42.yaml" in result.output
    assert "Nothing was written" in result.output
    assert count(sessions, EquipmentType) == count(sessions, Maker) == 0


def test_every_bad_file_is_named_with_line_and_reason(
    sessions: sessionmaker[Session], library: Path
) -> None:
    result = run(sessions, library, "--apply")
    assert result.exit_code == 1
    assert "refused: device-types/Acme/bad.yaml: line 4: u_height is 1.3" in result.output
    assert "files refused: 1" in result.output
    assert count(sessions, EquipmentType) == 2


def test_spellings_of_a_maker_become_one(sessions: sessionmaker[Session], library: Path) -> None:
    run(sessions, library, "--apply")
    assert count(sessions, Maker) == 1


def test_running_it_again_changes_nothing(sessions: sessionmaker[Session], library: Path) -> None:
    run(sessions, library, "--apply")
    history = count(sessions, HistoryEntry)
    result = run(sessions, library, "--apply")
    for kind, number in (("device", 2), ("rack", 1), ("module", 1)):
        assert f"{kind} types: 0 added, 0 changed, {number} unchanged" in result.output
    assert count(sessions, HistoryEntry) == history


def test_a_changed_file_changes_its_row_and_its_ports_only(
    sessions: sessionmaker[Session], library: Path
) -> None:
    run(sessions, library, "--apply")
    path = library / "device-types/Acme/s1.yaml"
    path.write_text(SERVER.replace("name: PSU2", "name: PSU-B").replace("weight: 10", "weight: 12"))
    result = run(sessions, library, "--apply")
    assert "device types: 0 added, 1 changed, 1 unchanged" in result.output
    with sessions() as session:
        row = session.scalars(select(EquipmentType).where(EquipmentType.model == "S1")).one()
        assert row.weight_kg == pytest.approx(5.443108, abs=1e-6)
        assert [port.name for port in row.ports] == ["PSU1", "PSU-B", "Bay 1"]
        assert row.version == 2


def test_a_module_keeps_the_draw_of_its_supply(
    sessions: sessionmaker[Session], library: Path
) -> None:
    run(sessions, library, "--apply")
    with sessions() as session:
        assert session.scalars(select(ModuleType)).one().draw_w == 550


def test_the_import_is_history_with_its_actor(
    sessions: sessionmaker[Session], library: Path
) -> None:
    run(sessions, library, "--apply")
    with sessions() as session:
        actors = {entry.actor for entry in session.scalars(select(HistoryEntry))}
    assert actors == {"import:device-types"}


def test_of_two_files_with_one_slug_the_second_is_refused(
    sessions: sessionmaker[Session], library: Path
) -> None:
    (library / "device-types/Acme/twin.yaml").write_text(SERVER.replace("model: S1", "model: T1"))
    result = run(sessions, library)
    assert "twin.yaml: the same slug or model as device-types/Acme/s1.yaml" in result.output


def test_a_folder_of_another_layout_is_one_clear_line(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    result = run(sessions, tmp_path)
    assert result.exit_code == 1
    assert "none of the folders device-types, rack-types, module-types" in result.output


def test_a_file_that_is_no_text_is_named(sessions: sessionmaker[Session], library: Path) -> None:
    (library / "device-types/Acme/s1.yaml").write_bytes(b"\xff\xfe\x00")
    assert "refused: device-types/Acme/s1.yaml:" in run(sessions, library).output


def test_the_shared_library_is_taken_without_loss_and_a_second_run_changes_nothing(
    sessions: sessionmaker[Session],
) -> None:
    folder = shared("devicetypes")
    first = run(sessions, folder, "--apply")
    assert "device types: 325 added, 0 changed, 0 unchanged" in first.output
    assert "files refused: 0" in first.output
    again = run(sessions, folder, "--apply")
    assert "device types: 0 added, 0 changed, 325 unchanged" in again.output
    assert count(sessions, RackType) == 31
    assert count(sessions, ModuleType) == 29
    with sessions() as session:
        kinds = session.execute(select(TypePort.kind, func.count()).group_by(TypePort.kind))
        ports = {row[0]: row[1] for row in kinds}
        weighed = select(func.count()).where(EquipmentType.weight_kg.is_not(None))
        assert session.scalar(weighed) in (224, 225)  # one file says 0
    assert ports == {
        "power_inlet": 313,
        "power_outlet": 2055,
        "module_bay": 593,
        "device_bay": 55,
    }
