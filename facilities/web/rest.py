"""The REST frame: one Api, one Blueprint kind, pages, ETags from row versions, idempotency.

An area's `api.py` makes `ApiBlueprint`s; app.py registers them. Every unsafe call may carry an
Idempotency-Key: the first answer below 500 is kept and given again (see facilities.web.once).
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import marshmallow as ma
from flask_smorest import Api, Blueprint
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from facilities.web.house import session

OPENAPI = {
    "API_TITLE": "Rackhouse",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    },
    "ETAG_DISABLED": False,
}
T = TypeVar("T")

api = Api()


class HasVersion(Protocol):
    """A row with a version column."""

    id: Any
    version: Any


class ApiBlueprint(Blueprint):
    """A flask-smorest blueprint under /api/v1."""

    def __init__(self, name: str, import_name: str, **kwargs: Any) -> None:
        prefix = kwargs.pop("url_prefix", f"/api/v1/{name}")
        super().__init__(f"api_{name}", import_name, url_prefix=prefix, **kwargs)

    def check_row(self, row: HasVersion) -> None:
        """412 when If-Match names another version, 428 when an unsafe call has none."""
        self.check_etag(etag_of(row))

    def set_row(self, row: HasVersion) -> None:
        """The ETag of the answer."""
        self.set_etag(etag_of(row))


def etag_of(row: HasVersion) -> dict[str, Any]:
    """What an ETag is made of: kind, id and version of the row."""
    return {"kind": type(row).__name__, "id": row.id, "version": row.version}


class Schema(ma.Schema):
    """The base of all schemas: unknown fields are refused by name."""

    class Meta:
        """Marshmallow's options."""

        unknown = ma.RAISE
        ordered = True


class RefSchema(Schema):
    """A pointer to any object."""

    kind = ma.fields.String(required=True)
    id = ma.fields.Integer(required=True)


def page_of(statement: Select[T], pagination: Any, make: Callable[[T], Any] | None = None) -> Any:
    """One page of an ordered SELECT for `@blueprint.paginate()` views, in two statements."""
    records: Session = session()
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    pagination.item_count = records.scalar(counted) or 0
    rows: Sequence[Any] = (
        records.scalars(
            statement.limit(pagination.page_size).offset(pagination.first_item)
        ).unique()
    ).all()
    return [make(row) for row in rows] if make else rows
