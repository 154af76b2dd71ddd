"""Keep a file, list the files of an object, find its bytes. Never commits."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import NotFound, Refused
from facilities.files.models import StoredFile
from facilities.files.sniff import ALLOWED, content_type, safe_name
from facilities.readings import ObjectRef

CHUNK = 1 << 16
SNIFF_BYTES = 4096


def keep(
    session: Session, folder: Path, ref: ObjectRef, site_id: int | None, name: str, data: BinaryIO
) -> StoredFile:
    """Store the bytes under their digest, then the row. Raises Refused for other kinds of files.

    The bytes are on disk before the row is committed; a crash between the two leaves bytes that
    nobody names, never a row without bytes.
    """
    start = data.read(SNIFF_BYTES)
    found = content_type(start)
    if found is None:
        raise Refused(f"This is not a {ALLOWED}. Other kinds of files are not kept.", "file")
    digest, size = _write(folder, start, data)
    actor = session.info.get("actor")
    stored = StoredFile(
        site_id=site_id,
        object_kind=ref.kind,
        object_id=ref.id,
        name=safe_name(name, found[1]),
        content_type=found[0],
        size_bytes=size,
        sha256=digest,
        added_by=actor.name if actor else "",
    )
    session.add(stored)
    session.flush()
    return stored


def path_of(folder: Path, sha256: str) -> Path:
    """Where the bytes of a digest lie."""
    return folder / sha256[:2] / sha256


def _write(folder: Path, start: bytes, data: BinaryIO) -> tuple[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
        try:
            chunk = start
            while chunk:
                digest.update(chunk)
                size += len(chunk)
                draft.write(chunk)
                chunk = data.read(CHUNK)
            draft.flush()
            os.fsync(draft.fileno())
        except OSError:
            Path(draft.name).unlink()
            raise
    target = path_of(folder, digest.hexdigest())
    target.parent.mkdir(exist_ok=True)
    Path(draft.name).replace(target)
    return digest.hexdigest(), size


def files_of(session: Session, ref: ObjectRef) -> list[StoredFile]:
    """The files of an object, newest first; voided ones are left out."""
    wanted = select(StoredFile).where(
        StoredFile.object_kind == ref.kind,
        StoredFile.object_id == ref.id,
        StoredFile.void_reason.is_(None),
    )
    return list(session.scalars(wanted.order_by(StoredFile.id.desc()).limit(500)))


def get(session: Session, file_id: int) -> StoredFile:
    """One file, voided or not. Raises NotFound."""
    found = session.get(StoredFile, file_id)
    if found is None:
        raise NotFound("There is no such file.")
    return found


def void(session: Session, file_id: int, reason: str) -> StoredFile:
    """Take a file off its object's list, with a reason that the history keeps."""
    if not reason.strip():
        raise Refused("Say why the file is taken off the list.", "reason")
    found = get(session, file_id)
    found.void_reason = reason.strip()[:200]
    return found
