"""The loop of the service."""

import asyncio
import resource

import pytest

from telemetry import loop


async def _kind() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_uvloop_is_used_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loop.run(_kind()).startswith("uvloop")
    monkeypatch.setattr(loop, "uvloop", None)
    assert loop.run(_kind()).startswith("asyncio")


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        assert loop.allow_many_sockets(128) == 256
        assert loop.allow_many_sockets(300) == 300
        if hard != resource.RLIM_INFINITY:
            assert loop.allow_many_sockets(hard + 1000) == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
