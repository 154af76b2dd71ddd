"""The web application under gunicorn: threads in one process by default, TLS when asked."""

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from facilities.errors import Refused


class Server(BaseApplication):
    """gunicorn without its command line. The app is made in each worker, after the fork."""

    def __init__(self, make_app: Callable[[], Flask], options: dict[str, Any]) -> None:
        self.make_app, self.options = make_app, options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        config: Any = self.cfg
        for name, value in self.options.items():
            config.set(name, value)

    def load(self) -> Flask:
        """The application, in the worker."""
        return self.make_app()


def split_bind(bind: str) -> tuple[str, int]:
    """`127.0.0.1:8000` or `[::1]:8000` as host and port. Raises Refused."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise Refused(f"{bind!r} is no HOST:PORT, e.g. 127.0.0.1:8000", "bind")
    return host.strip("[]"), int(port)


def check_free(bind: str) -> None:
    """Raises Refused in one line when something else listens there."""
    host, port = split_bind(bind)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Cannot listen on {bind}: {error.strerror}. Choose another port, "
                f"e.g. PORT={port + 1} make run, or --bind {host}:{port + 1}.",
                "bind",
            ) from error


def is_loopback(bind: str) -> bool:
    """True when only this machine can reach the address."""
    host, _ = split_bind(bind)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    make_app: Callable[[], Flask],
    bind: str,
    cert: Path | None = None,
    key: Path | None = None,
    workers: int = 1,
    threads: int = 8,
) -> None:
    """Run until a signal. cert and key (PEM) switch TLS on."""
    check_free(bind)
    options: dict[str, Any] = {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "graceful_timeout": 10,
        "keepalive": 5,
        "loglevel": "warning",
        "proc_name": "rackhouse",
        "control_socket_disable": True,
    }
    if cert is not None and key is not None:
        options |= {"certfile": str(cert), "keyfile": str(key)}
    Server(make_app, options).run()
