"""Runs the asyncio part of the service: on uvloop where the machine has it."""

import asyncio
import contextlib
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]
try:
    import uvloop
except ImportError:  # not on Windows, and not for every new Python at once
    uvloop = None  # type: ignore[assignment]

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, quicker where uvloop is there."""
    if uvloop is None:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def allow_many_sockets(wanted: int) -> int:
    """Raises this process's soft limit of open files towards `wanted`, as far as it may.

    Each polled SNMP device is a socket. Returns the limit that holds now (a large number where the
    system has none).
    """
    if resource is None:
        return sys.maxsize
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return sys.maxsize if soft == resource.RLIM_INFINITY else soft
    new = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (new, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
