"""Is the port of `make run` free? Asked before anything is installed: `tools.port PORT`."""

import socket
import sys

from tools.say import stop

HOST = "127.0.0.1"


def parse(text: str) -> int:
    """The port number in `text`. Stops with one line unless it is 1 to 65535."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        stop(f"PORT={text} is no port; give a number from 1 to 65535, e.g. PORT=8001 make run")
    return int(text)


def check(port: int) -> None:
    """Stop with one line when `port` on loopback cannot be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            stop(
                f"port {port} needs more rights than yours; take one above 1023: PORT=8001 make run"
            )
        except OSError:
            stop(f"port {port} on {HOST} is in use; take another: PORT={port % 65535 + 1} make run")


if __name__ == "__main__":
    check(parse(sys.argv[1]))
