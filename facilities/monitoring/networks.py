"""Where devices may be polled: Modbus knows no sign-in, so nobody points it anywhere (rule 32).

Pure: names are resolved by the caller.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address, ip_network

from facilities.errors import Refused

RULE = "rule 32"
_SERIAL = re.compile(r"/dev/(tty|cu\.|serial/)[A-Za-z0-9._/-]{1,100}")


def check_addresses(host: str, addresses: Collection[str], networks: str) -> None:
    """Refuse a host of which any address lies outside the allowed networks.

    addresses: what the host resolves to, [] when it resolves to nothing.
    networks: comma-separated, `10.0.0.0/8,fd00::/8`.
    """
    if not addresses:
        raise Refused(f"No address is known for {host}. Write its address, or fix the name.", "url")
    allowed = [ip_network(part.strip()) for part in networks.split(",") if part.strip()]
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        plain = getattr(address, "ipv4_mapped", None) or address
        if not any(plain in network for network in allowed if network.version == plain.version):
            raise Refused(
                f"{host} is {plain}, which lies outside the networks where devices may be polled "
                f"({networks}). An administrator can widen RACKHOUSE_DEVICE_NETWORKS.",
                "url",
                RULE,
            )


def check_serial(path: str) -> None:
    """Refuse a serial line that is no serial device."""
    if ".." in path or not _SERIAL.fullmatch(path):
        raise Refused(f"{path} is no serial device, such as /dev/ttyUSB0.", "url", RULE)
