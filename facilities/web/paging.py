"""Pages of a list: 50 rows, a count, and links that keep the filters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows [first, last] of `total`; `number` counts from 1."""

    rows: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def last_number(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The place of the first row shown, counted from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)

    def url(self, number: int) -> str:
        """This same list on another page, filters kept."""
        asked: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {})}
        return url_for(request.endpoint or "", **{**asked, "page": number})


def paginate(
    session: Session,
    statement: Select[T],
    *,
    make: Callable[[T], Any] | None = None,
) -> Page[Any]:
    """The page that the URL asks for (`?page=2&size=50`), in two statements.

    statement: an ordered SELECT of one entity. make: turns each row into what the page shows.
    """
    size = min(max(1, request.args.get("size", PAGE_SIZE, type=int)), LARGEST_PAGE_SIZE)
    number = max(1, request.args.get("page", 1, type=int))
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    total = session.scalar(counted) or 0
    number = min(number, max(1, -(-total // size)))
    rows: Sequence[Any] = (
        session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    )
    return Page([make(row) for row in rows] if make else rows, number, size, total)
