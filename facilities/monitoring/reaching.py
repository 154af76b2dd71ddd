"""Whether a device may be polled at a URL: it parses, its secret and network are right."""

import ipaddress
import socket
from collections.abc import Mapping

from facilities.errors import Refused
from facilities.monitoring.device_url import with_secret
from facilities.monitoring.networks import check_addresses, check_serial
from telemetry.errors import ConfigError
from telemetry.profiles.loader import shipped
from telemetry.profiles.model import Profile, Protocol
from telemetry.target import Line, Target, parse

_LINES = {
    Protocol.SNMP: (Line.SNMP, Line.SNMP3),
    Protocol.MODBUS: (Line.MODBUS_TCP, Line.MODBUS_RTU_TCP, Line.MODBUS_SERIAL),
}


def profile_named(name: str) -> Profile:
    """A shipped profile. Raises Refused naming the near ones."""
    try:
        return shipped(name)
    except ConfigError as error:
        raise Refused(f"{error}.", "profile") from error


def check_reach(url: str, secrets: Mapping[str, str], profile: Profile, networks: str) -> Target:
    """The target of a device's URL (without secret) and its secrets. Raises Refused.

    networks: RACKHOUSE_DEVICE_NETWORKS. A name is looked up; each of its addresses must lie there.
    """
    if url.startswith("snmp://") and not secrets.get("community"):
        raise Refused("An SNMP device needs its community, such as public.", "community")
    target = target_of(url, secrets)
    if target.line not in _LINES[profile.protocol]:
        raise Refused(
            f"Profile {profile.name} speaks {profile.protocol.value}, the URL {target.line.value}.",
            "url",
        )
    _check_keys(target, secrets)
    if target.line is Line.MODBUS_SERIAL:
        check_serial(target.path)
    else:
        check_addresses(target.host, addresses_of(target.host), networks)
    return target


def target_of(url: str, secrets: Mapping[str, str]) -> Target:
    """The parsed URL. Raises Refused naming the part that is wrong."""
    try:
        return parse(with_secret(url, secrets.get("community")))
    except ConfigError as error:
        raise Refused(f"The URL is not right: {error.message}.", "url") from error


def addresses_of(host: str) -> list[str]:
    """The addresses of a host name or an address, [] when it has none."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(entry[4][0]) for entry in found})


def _check_keys(target: Target, secrets: Mapping[str, str]) -> None:
    for part, field in ((target.auth, "auth_key"), (target.priv, "priv_key")):
        if part and len(secrets.get(field, "")) < 8:
            raise Refused(
                f"The URL asks for {part}, so its key is needed: 8 characters at least (RFC 3414).",
                field,
            )
