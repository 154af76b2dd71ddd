"""Who looks, and `permit`, the mark that every route carries. A test walks all routes for it."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g

from facilities.accounts.login import current_person
from facilities.accounts.models import ApiToken, RoleGrant
from facilities.accounts.permissions import ROLES, Permission, Role, permissions_of
from facilities.accounts.recorded import Actor
from facilities.accounts.service import token_of
from facilities.errors import Forbidden
from facilities.web.doors import NOBODY
from facilities.web.house import session
from facilities.web.house import viewer as current_viewer
from facilities.web.registry import Viewer
from facilities.web.security import bearer

F = TypeVar("F", bound=Callable[..., Any])


def permit(permission: Permission) -> Callable[[F], F]:
    """Let a view run only for those who have the permission at some site at least.

    Which site is judged by `require` once the view knows the object.
    """

    def mark(view: F) -> F:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require(permission)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(F, guarded)

    return mark


def require(permission: str, site_id: int | None = None) -> None:
    """Abort with 401 for strangers; raise Forbidden without the permission (at that site)."""
    who = current_viewer()
    if who is NOBODY:
        abort(401)
    if not who.may(permission, site_id):
        raise Forbidden(f"This needs the permission {str(permission)!r}. Ask an administrator.")


def find_viewer() -> Viewer:
    """Who looks in this request: a token's bearer, a signed-in person, or nobody.

    Also tells the session who acts, so that the history knows.
    """
    if "viewer" not in g:
        g.viewer = _identify()
    return cast(Viewer, g.viewer)


def _identify() -> Viewer:
    if "session" not in g:
        return NOBODY
    if (text := bearer()) is not None:
        token = token_of(session(), text)
        if token is None:
            return NOBODY
        session().info["actor"] = Actor("token", token.id, token.name)
        return viewer_of_token(token)
    user = current_person()
    if user is None:
        return NOBODY
    session().info["actor"] = Actor("user", user.id, user.username)
    return viewer_of_grants(user.id, user.name, user.grants)


def viewer_of_grants(user_id: int, name: str, grants: Collection[RoleGrant]) -> Viewer:
    """A person's viewer from role grants; a grant without a site counts everywhere."""
    sites: dict[str, set[int] | None] = {}
    for grant in grants:
        for permission in ROLES.get(Role(grant.role), ()):
            if grant.site_id is None:
                sites[permission] = None
            elif (at := sites.setdefault(permission, set())) is not None:
                at.add(grant.site_id)
    frozen = {p: None if at is None else frozenset(at) for p, at in sites.items()}
    roles = frozenset(grant.role for grant in grants)
    return Viewer(user_id, name, roles, lambda permission: frozen.get(permission, frozenset()))


def viewer_of_token(token: ApiToken) -> Viewer:
    """A program's viewer from its token's scopes and site."""
    allowed = permissions_of(token.scopes)
    at = None if token.site_id is None else frozenset({token.site_id})
    return Viewer(None, token.name, frozenset(), lambda p: at if p in allowed else frozenset())
