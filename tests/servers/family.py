"""A process and all that it started, from /proc: who they are and on which addresses they hear."""

import os
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

PROC = Path("/proc")
#: State of a TCP socket that listens, as /proc/net/tcp writes it.
LISTENS = "0A"


@dataclass(frozen=True, slots=True)
class Ear:
    """A TCP socket that listens, or a UDP socket that is bound."""

    protocol: str
    address: IPv4Address | IPv6Address
    port: int


def parents() -> dict[int, int]:
    """Process id -> the id of its parent, of every process that has not ended."""
    found = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended while we looked
        if state != "Z":
            found[int(folder.name)] = int(parent)
    return found


def family(pid: int) -> dict[int, str]:
    """Process id -> command line, of a process and of all below it."""
    above = parents()
    found = {pid}
    while more := {child for child, parent in above.items() if parent in found} - found:
        found |= more
    return {member: said for member in found if (said := command(member))}


def command(pid: int) -> str:
    """The short name of a process, then its command line; "" when it is no more."""
    try:
        said = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        return f"{(PROC / str(pid) / 'comm').read_text('utf-8').strip()}: {said}"
    except OSError:
        return ""


def child(pid: int, name: str) -> int:
    """The first process below `pid` with this short name, or 0."""
    return next((p for p, said in sorted(family(pid).items()) if said.startswith(f"{name}:")), 0)


def ears(pids: set[int]) -> list[Ear]:
    """Every listening TCP and bound UDP socket of these processes."""
    inodes = {inode for pid in pids for inode in _sockets(pid)}
    found = []
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in (PROC / "net" / name).read_text("utf-8").splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and (name.startswith("udp") or words[3] == LISTENS):
                address, _, port = words[1].partition(":")
                found.append(Ear(name, _address(address), int(port, 16)))
    return found


def _sockets(pid: int) -> set[str]:
    found = set()
    for handle in (PROC / str(pid) / "fd").glob("*"):
        try:
            target = str(handle.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def _address(text: str) -> IPv4Address | IPv6Address:
    # Words of 32 bits in the machine's byte order.
    raw = bytes.fromhex(text)
    words = [raw[n : n + 4] for n in range(0, len(raw), 4)]
    turned = b"".join(word[::-1] for word in words) if socket.htons(1) != 1 else raw
    return ip_address(turned)


def alive(pid: int) -> bool:
    """True while the process is there and not merely waiting to be buried."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return pid in parents()
