"""The one place that imports gufo.snmp: sessions in, our errors out.

Seen in version 0.13.0 (telemetry.md section 1): two calls at a time on one session end in a
time-out, so the caller holds a lock; a missing object is left out of `get_many`, in v1 the whole
answer is empty then; a closed port times out at once.
"""

from collections.abc import AsyncGenerator, Iterable
from typing import Any, Final

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    DesKey,
    KeyExpansion,
    Md5Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    SnmpAuthError,
    SnmpEncodeError,
    SnmpError,
    SnmpVersion,
    User,
)
from gufo.snmp.aio import SnmpSession

from telemetry.errors import ConfigError, DeviceError, NoAnswer
from telemetry.transports.base import Varbind
from telemetry.transports.snmp_settings import SnmpSettings, SnmpUser

AUTH: Final[dict[str, Any]] = {
    "md5": Md5Key,
    "sha": Sha1Key,
    "sha1": Sha1Key,
    "sha224": Sha224Key,
    "sha256": Sha256Key,
    "sha384": Sha384Key,
    "sha512": Sha512Key,
}
PRIV: Final[dict[str, Any]] = {
    "des": DesKey,
    "aes": Aes128Key,
    "aes128": Aes128Key,
    "aes192": Aes192Key,
    "aes256": Aes256Key,
    "aes192c": Aes192Key,
    "aes256c": Aes256Key,
}
_VERSIONS: Final = {1: SnmpVersion.v1, 2: SnmpVersion.v2c, 3: SnmpVersion.v3}


class TooBig(DeviceError):
    """The request does not fit into one message."""


class AuthFailed(DeviceError):
    """The agent does not know the user, or the auth key is wrong (a wrong privacy key, like a
    wrong community, is silence)."""


class Session:
    """One socket to one agent. No calls at the same time; time-outs are the caller's."""

    def __init__(self, address: str, port: int, settings: SnmpSettings) -> None:
        user = _user(settings.user) if settings.version == 3 and settings.user else None
        # Without a time-out of its own gufo spares a timer per request; ours is around it anyway.
        no_timeout: Any = None
        try:
            self._session = SnmpSession(
                address,
                port,
                settings.community,
                user=user,
                version=_VERSIONS[settings.version],
                timeout=no_timeout,
            )
        except OSError as error:
            raise NoAnswer(f"no way to {address}: {error}") from error

    async def refresh(self) -> None:
        """v3: learn the agent's engine and its clock. Raises NoAnswer, AuthFailed."""
        try:
            await self._session.refresh()
        except (SnmpError, OSError) as error:
            raise _ours(error) from error

    async def get(self, oids: Iterable[str]) -> dict[str, Varbind]:
        """GET. Missing objects are left out. Raises NoAnswer, TooBig, AuthFailed, DeviceError."""
        try:
            found: dict[str, Varbind] = await self._session.get_many(oids)
        except (SnmpError, OSError) as error:
            raise _ours(error) from error
        return found

    async def below(self, oid: str) -> AsyncGenerator[tuple[str, Varbind], None]:
        """Everything below `oid`, by GETBULK, in v1 by GETNEXT. Raises as `get`."""
        try:
            async for pair in self._session.fetch(oid):
                yield pair
        except (SnmpError, OSError) as error:
            raise _ours(error) from error


def _ours(error: Exception) -> DeviceError:
    if isinstance(error, TimeoutError):
        return NoAnswer("nobody listens there")
    if isinstance(error, SnmpAuthError):
        return AuthFailed("the agent refused the user or its auth key")
    if isinstance(error, SnmpEncodeError) or "buffer" in str(error):
        return TooBig(str(error))
    if isinstance(error, OSError):
        return NoAnswer(str(error))
    return DeviceError(f"not an answer that can be read: {error}")


def _user(user: SnmpUser) -> Any:
    auth = _algorithm(AUTH, "auth", user.auth)
    priv = _algorithm(PRIV, "priv", user.priv)
    cisco = user.priv is not None and user.priv.endswith("c")
    return User(
        user.name,
        auth_key=auth(user.auth_key.encode()) if auth else None,
        priv_key=priv(user.priv_key.encode()) if priv else None,
        key_expansion=KeyExpansion.Cisco if cisco else KeyExpansion.Blumenthal,
    )


def _algorithm(known: dict[str, Any], kind: str, name: str | None) -> Any:
    if name is None:
        return None
    if name not in known:
        raise ConfigError(f"{kind} {name} is not one of {', '.join(known)}")
    return known[name]
