"""The one place that imports gufo.snmp: sessions in, our errors out.

Seen in version 0.13.0 (telemetry.md section 1): two calls at a time on one session end in a
time-out, so the caller holds a lock; a missing object is left out of `get_many`, in v1 the whole
answer is empty then; a closed port times out at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
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
    """One socket to one agent. No calls at the same time: the caller holds a lock.

    GETs, which are nearly all of the traffic, do not go through gufo's own waiting but through one
    reader that stays registered: that halves their cost (benchmarks/polling.py). It is why two
    attributes that gufo keeps to itself are used, and why its version is pinned.
    """

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
        self._loop = asyncio.get_running_loop()
        self._socket: Any = self._session._sock
        self._fd = self._session._fd
        self._reading = False
        self._waiting: asyncio.Future[dict[str, Varbind]] | None = None

    async def refresh(self, timeout_s: float) -> None:
        """v3: learn the agent's engine and its clock. Raises NoAnswer, AuthFailed."""
        self._stop_reading()
        try:
            async with asyncio.timeout(timeout_s):
                await self._session.refresh()
        except (SnmpError, OSError) as error:
            raise _ours(error, timeout_s) from error

    async def get(self, oids: Sequence[str], timeout_s: float) -> dict[str, Varbind]:
        """GET. Missing objects are left out. Raises NoAnswer, TooBig, AuthFailed, DeviceError."""
        if not self._reading:
            self._loop.add_reader(self._fd, self._readable)
            self._reading = True
        waiting = self._waiting = self._loop.create_future()
        timer = self._loop.call_later(timeout_s, self._silence, waiting)
        try:
            self._socket.send_get_many(oids if isinstance(oids, list) else list(oids))
            found: dict[str, Varbind] = await waiting
        except (SnmpError, OSError) as error:
            raise _ours(error, timeout_s) from error
        finally:
            timer.cancel()
            self._waiting = None
        return found

    def _readable(self) -> None:
        """A datagram is there. What answers no request, or none that is waited for, is dropped."""
        waiting = self._waiting
        try:
            found = self._socket.recv_get_many()
        except BlockingIOError:
            return
        except (SnmpError, OSError) as error:
            if waiting is not None and not waiting.done():
                waiting.set_exception(error)
            return
        if waiting is not None and not waiting.done():
            waiting.set_result(found)

    @staticmethod
    def _silence(waiting: asyncio.Future[dict[str, Varbind]]) -> None:
        if not waiting.done():
            waiting.set_exception(TimeoutError())

    async def below(self, oid: str, timeout_s: float) -> AsyncGenerator[tuple[str, Varbind], None]:
        """Everything below `oid`, by GETBULK, in v1 by GETNEXT. Raises as `get`."""
        self._stop_reading()
        rows = self._session.fetch(oid)
        try:
            while True:
                async with asyncio.timeout(timeout_s):
                    row = await anext(rows, None)
                if row is None:
                    return
                yield row
        except (SnmpError, OSError) as error:
            raise _ours(error, timeout_s) from error

    def _stop_reading(self) -> None:
        """Before gufo itself waits on the socket."""
        if self._reading:
            self._loop.remove_reader(self._fd)
            self._reading = False

    def close(self) -> None:
        """Gives the socket back; the session is not used afterwards."""
        self._stop_reading()
        del self._socket, self._session


def _ours(error: Exception, timeout_s: float) -> DeviceError:
    if isinstance(error, TimeoutError):
        # gufo raises one without words, at once, for a port where nobody listens.
        return NoAnswer(f"no answer within {timeout_s:g} s")
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
