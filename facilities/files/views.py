"""The Documents tab of every object, upload and download."""

from pathlib import Path
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import NotFound, Refused
from facilities.files import service
from facilities.files.models import StoredFile
from facilities.readings import ObjectRef
from facilities.web.house import house, session
from facilities.web.registry import ObjectLink

blueprint = Blueprint("files", __name__)
#: What a browser may show by itself; everything else is saved to disk.
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp"})


def folder() -> Path:
    """Where the bytes lie."""
    return (house().settings.data_dir / "files").resolve()


def _owner(kind: str, object_id: int, permission: Permission) -> ObjectLink:
    link = house().registries.link(session(), ObjectRef(kind, object_id))
    if link is None:
        raise NotFound(f"There is no {kind} {object_id}.")
    require(house().registries.kinds[kind].permission, link.site_id)
    require(permission, link.site_id)
    return link


def tab(ref: ObjectRef) -> str:
    """The Documents tab."""
    files = service.files_of(session(), ref)
    return render_template("files/tab.html", ref=ref, files=files)


@blueprint.post("/files/<kind>/<int:object_id>")
@permit(Permission.FILES_ADD)
def upload(kind: str, object_id: int) -> ResponseReturnValue:
    """Add a file to an object."""
    link = _owner(kind, object_id, Permission.FILES_ADD)
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Refused("Choose a file first.", "file")
    kept = service.keep(
        session(), folder(), link.ref, link.site_id, given.filename, cast(BinaryIO, given.stream)
    )  # fmt: skip
    flash(f"{kept.name} is kept.")
    return redirect(f"{link.url}?tab=documents")


@blueprint.get("/files/<int:file_id>")
@permit(Permission.FILES_VIEW)
def download(file_id: int) -> ResponseReturnValue:
    """The bytes of a file: images are shown, all else is saved."""
    found = _visible(file_id, Permission.FILES_VIEW)
    return send_file(
        service.path_of(folder(), found.sha256),
        mimetype=found.content_type,
        as_attachment=found.content_type not in SHOWN,
        download_name=found.name,
        etag=found.sha256,
    )


@blueprint.post("/files/<int:file_id>/void")
@permit(Permission.FILES_ADD)
def void(file_id: int) -> ResponseReturnValue:
    """Take a file off the list, with a reason."""
    found = _visible(file_id, Permission.FILES_ADD)
    link = _owner(found.object_kind, found.object_id, Permission.FILES_ADD)
    service.void(session(), file_id, request.form.get("reason", ""))
    flash(f"{found.name} is taken off the list; the history keeps it.")
    return redirect(f"{link.url}?tab=documents")


def _visible(file_id: int, permission: Permission) -> StoredFile:
    found = service.get(session(), file_id)
    _owner(found.object_kind, found.object_id, permission)
    return found
