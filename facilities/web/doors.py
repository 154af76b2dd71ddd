"""Marks of routes that need no particular permission. Every other route names one (accounts)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort

from facilities.web.house import viewer
from facilities.web.registry import Viewer

F = TypeVar("F", bound=Callable[..., Any])
PUBLIC, SIGNED_IN = "public", "signed-in"
NOBODY = Viewer(None, "", frozenset(), lambda _: frozenset())


def public(view: F) -> F:
    """Mark a view that anybody may call: sign-in, health."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: F) -> F:
    """Mark a view that any signed-in person may call: home, search, own account."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if viewer() is NOBODY:
            abort(401)
        return view(*args, **kwargs)

    guarded.permission = SIGNED_IN  # type: ignore[attr-defined]
    return cast(F, guarded)
