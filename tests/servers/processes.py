"""Start a server as a child process on loopback, wait until it answers, stop it by its own pid."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"
#: A loaded two-core machine starts PostgreSQL in 3 s; after this long, waiting is hopeless.
START_S = 60.0
STOP_S = 20.0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on loopback that was free a moment ago, for TCP or (SOCK_DGRAM) UDP."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def accepts(port: int) -> bool:
    """True when something on loopback takes TCP connections at `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_until(ready: Callable[[], bool], what: str, seconds: float = START_S) -> None:
    """Poll `ready` until it is true. Raises TimeoutError naming `what`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child of ours: asked first, killed when it does not listen."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


@contextmanager
def running(
    command: Sequence[str | Path],
    ready: Callable[[], bool],
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process from the moment `ready` is true until the block ends.

    Its output goes to `log`; the tail of it is in the error when the server ends early or is late.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            user=user,
        )
    try:
        wait_until(lambda: process.poll() is not None or ready(), f"start of {command[0]}")
        if process.poll() is not None:
            raise ChildProcessError(f"{command[0]} ended with {process.returncode}")
        yield process
    except (TimeoutError, ChildProcessError) as error:
        tail = log.read_text("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{error}\n{tail}") from error
    finally:
        stop(process)
