"""Documents are known by their bytes, kept under their digest, taken off with a reason."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from facilities.accounts.ledger import history_of
from facilities.errors import NotFound, Refused
from facilities.files import service
from facilities.files.sniff import content_type, safe_name
from facilities.readings import ObjectRef

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
RACK = ObjectRef("rack", 3)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        ("Grüße,1,2\n".encode(), "text/plain"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(start: bytes, kind: str) -> None:
    found = content_type(start)
    assert found is not None and found[0] == kind


@pytest.mark.parametrize("start", [b"", b"MZ\x90\x00", b"\x7fELF\x02", b"PK\x03\x04", b"\xff\xfe"])
def test_other_files_are_not_kept(start: bytes) -> None:
    assert content_type(start) is None


def test_a_page_is_kept_as_plain_text_so_that_it_never_runs() -> None:
    assert content_type(b"<html><script>alert(1)</script>") == ("text/plain", ".txt")


def test_text_may_end_in_the_middle_of_a_character() -> None:
    assert content_type("ü".encode() * 10 + b"\xc3") == ("text/plain", ".txt")


@given(st.text())
def test_a_kept_name_has_no_folder_and_no_control_character(name: str) -> None:
    kept = safe_name(name, ".pdf")
    assert kept.endswith(".pdf") or kept.lower().endswith(".pdf")
    assert not set(kept) & set("/\\\0\n\r") and not kept.startswith(".")


def test_a_file_is_found_with_its_bytes_and_its_history(records: Session, tmp_path: Path) -> None:
    kept = service.keep(records, tmp_path, RACK, None, "../../plan.png", io.BytesIO(PNG))
    records.commit()
    assert kept.name == "plan.png"
    assert service.path_of(tmp_path, kept.sha256).read_bytes() == PNG
    assert [f.id for f in service.files_of(records, RACK)] == [kept.id]
    assert history_of(records, "rack", 3, 5)[0].object_kind == "file"


def test_the_same_bytes_twice_lie_on_disk_once(records: Session, tmp_path: Path) -> None:
    for _ in range(2):
        service.keep(records, tmp_path / "files", RACK, None, "a.png", io.BytesIO(PNG))
    assert sum(1 for path in (tmp_path / "files").rglob("*") if path.is_file()) == 1


def test_a_large_file_is_kept_whole(records: Session, tmp_path: Path) -> None:
    data = b"%PDF-" + bytes(range(256)) * 2000
    kept = service.keep(records, tmp_path, RACK, None, "a.pdf", io.BytesIO(data))
    assert kept.size_bytes == len(data)
    assert service.path_of(tmp_path, kept.sha256).read_bytes() == data


def test_taking_a_file_off_needs_a_reason(records: Session, tmp_path: Path) -> None:
    kept = service.keep(records, tmp_path, RACK, None, "a.png", io.BytesIO(PNG))
    with pytest.raises(Refused, match="Say why"):
        service.void(records, kept.id, " ")
    service.void(records, kept.id, "wrong rack")
    assert service.files_of(records, RACK) == []
    with pytest.raises(NotFound):
        service.get(records, 999)
