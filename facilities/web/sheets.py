"""Lists as CSV: exactly what is filtered, in a form that spreadsheets do not run as formulas."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, request

from facilities.errors import Forbidden, NotFound
from facilities.web.doors import signed_in
from facilities.web.house import house, session, viewer

blueprint = Blueprint("sheets", __name__)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/sheets/<key>.csv")
@signed_in
def sheet(key: str) -> Response:
    """A list that an area registered, filtered by the query as its page is."""
    found = house().registries.sheets.get(key)
    if found is None:
        raise NotFound(f"There is no list called {key!r}.")
    if not viewer().may(found.permission):
        raise Forbidden(f"This needs the permission {found.permission!r}.")
    rows = found.rows(session(), viewer(), request.args.to_dict())
    body = as_csv(found.columns, rows)
    name = f"attachment; filename={key}.csv"
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": name})


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Header and rows; None is empty, moments are ISO 8601."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value  # a text that would run as a formula is kept a text
    return value
