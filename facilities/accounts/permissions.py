"""Permissions and the roles that carry them. Pure; every route names one of these."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a route asks for. `view` never changes anything."""

    SITES_VIEW = "sites:view"
    SITES_EDIT = "sites:edit"
    RACKS_VIEW = "racks:view"
    RACKS_EDIT = "racks:edit"
    POWER_VIEW = "power:view"
    POWER_EDIT = "power:edit"
    SHIPPING_VIEW = "shipping:view"
    SHIPPING_LOG = "shipping:log"
    SHIPPING_RELEASE = "shipping:release"
    PARTIES_VIEW = "parties:view"
    PARTIES_EDIT = "parties:edit"
    FILES_VIEW = "files:view"
    FILES_ADD = "files:add"
    DEVICES_VIEW = "devices:view"
    DEVICES_EDIT = "devices:edit"
    READINGS_VIEW = "readings:view"
    HISTORY_VIEW = "history:view"
    IMPORT = "import:run"
    USERS_ADMIN = "users:admin"
    SYSTEM_VIEW = "system:view"


P = Permission


class Role(StrEnum):
    """The roles a person may hold, at one site or at all."""

    VIEWER = "viewer"
    FACILITIES = "facilities"
    ELECTRICIAN = "electrician"
    RECEIVING = "receiving"
    ADMIN = "admin"


_LOOK = frozenset(
    {P.SITES_VIEW, P.RACKS_VIEW, P.POWER_VIEW, P.SHIPPING_VIEW, P.DEVICES_VIEW}
    | {P.READINGS_VIEW, P.FILES_VIEW}
)

#: What each role may do. The clerk sees no power and no devices (R8); a viewer sees no phones.
ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _LOOK,
    Role.FACILITIES: _LOOK
    | {P.SITES_EDIT, P.RACKS_EDIT, P.DEVICES_EDIT, P.PARTIES_VIEW, P.PARTIES_EDIT}
    | {P.FILES_ADD, P.HISTORY_VIEW, P.IMPORT, P.SHIPPING_RELEASE, P.SYSTEM_VIEW},
    Role.ELECTRICIAN: _LOOK
    | {P.POWER_EDIT, P.PARTIES_VIEW, P.FILES_ADD, P.HISTORY_VIEW, P.DEVICES_EDIT},
    Role.RECEIVING: frozenset(
        {P.SITES_VIEW, P.RACKS_VIEW, P.SHIPPING_VIEW, P.SHIPPING_LOG, P.SHIPPING_RELEASE}
        | {P.PARTIES_VIEW, P.PARTIES_EDIT, P.FILES_VIEW, P.FILES_ADD, P.HISTORY_VIEW}
    ),
    Role.ADMIN: frozenset(Permission),
}

#: What a token's scope stands for: a permission by its own name, or one of these bundles.
SCOPES: Mapping[str, frozenset[Permission]] = {
    "read": _LOOK | {P.PARTIES_VIEW, P.HISTORY_VIEW, P.SYSTEM_VIEW},
    **{role.value: permissions for role, permissions in ROLES.items()},
    **{permission.value: frozenset({permission}) for permission in Permission},
}


def permissions_of(scopes: Collection[str]) -> frozenset[Permission]:
    """The permissions that a token with these scopes carries; an unknown scope carries none."""
    return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))
