"""A port that cannot be used is told in one line that names another."""

import socket

import pytest

from tools.port import HOST, check, parse


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80a", "８０"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(SystemExit, match="is no port; give a number from 1 to 65535"):
        parse(text)


def test_a_port_is_a_number() -> None:
    assert parse("65535") == 65535


def test_a_busy_port_is_named_with_the_next_one() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SystemExit, match=rf"port {port} on 127.0.0.1 is in use.*PORT={port + 1}"
        ):
            check(port)


def test_a_port_just_given_up_is_free() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    check(port)
