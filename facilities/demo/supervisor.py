"""Runs the demo's processes side by side: starts them, brings back what dies, stops them all.

The children are forks of this process, which has imported everything already: four fresh
interpreters would each spend seconds on that.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_WITHIN_S = 15.0
LOOK_EVERY_S = 0.5
FIRST_WAIT_S, LONGEST_WAIT_S, FORGIVEN_AFTER_S = 1.0, 30.0, 60.0
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


@dataclass(slots=True)
class Child:
    """One process: what it runs, since when, and how long to wait before it is started again."""

    name: str
    arguments: Sequence[str]
    pid: int | None = None
    started_s: float = 0.0
    wait_s: float = FIRST_WAIT_S
    again_at_s: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps children of the `rackhouse` command alive until a signal.

    environ: what is added to the environment of the children. run: does what `rackhouse ARGUMENTS`
    does and returns its exit code. tell: prints a line.
    """

    environ: Mapping[str, str]
    run_command: Callable[[Sequence[str]], int]
    tell: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self, name: str, *arguments: str) -> Child:
        """Start `rackhouse ARGUMENTS` as a child of that name."""
        child = Child(name, arguments)
        self.children.append(child)
        self._launch(child)
        return child

    def _launch(self, child: Child) -> None:
        child.started_s = time.monotonic()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        child.pid = os.fork()
        if child.pid == 0:
            os._exit(self._be(child, parent))

    def _be(self, child: Child, parent: int) -> int:
        """The life of a child: its own session, so that Ctrl-C reaches us alone."""
        os.setsid()
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        _die_with(parent)
        _call_it(child.arguments[0])
        os.environ.update(self.environ)
        try:
            return self.run_command(child.arguments)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

    def catch_signals(self) -> None:
        """From now on a stop signal ends `run` and raises no KeyboardInterrupt."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._asked)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping = True

    def run(self) -> None:
        """Watch until a stop signal, then stop every child, the last started first."""
        try:
            while not self.stopping:
                for child in self.children:
                    self._watch(child)
                time.sleep(LOOK_EVERY_S)
        finally:
            self.stop()

    def _watch(self, child: Child) -> None:
        now_s = time.monotonic()
        if child.pid is None:
            if now_s >= child.again_at_s:
                self._launch(child)
            return
        code = _ended(child.pid)
        if code is not None:
            if now_s - child.started_s > FORGIVEN_AFTER_S:
                child.wait_s = FIRST_WAIT_S
            self.tell(f"{child.name} ended ({code}); starting it again in {child.wait_s:.0f} s")
            child.pid, child.again_at_s = None, now_s + child.wait_s
            child.wait_s = min(LONGEST_WAIT_S, child.wait_s * 2)

    def stop(self) -> None:
        """Ask every child to stop; end those that do not within STOP_WITHIN_S."""
        running = [child.pid for child in reversed(self.children) if child.pid is not None]
        running = [pid for pid in running if _ended(pid) is None]
        for pid in running:
            os.kill(pid, signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_WITHIN_S
        while running and time.monotonic() < deadline_s:
            running = [pid for pid in running if _ended(pid) is None]
            time.sleep(0.05)
        for pid in running:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _ended(pid: int) -> int | None:
    """The exit code of a child of ours that has ended (negative: the signal), else None."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _die_with(parent: int) -> None:
    """A killed demo leaves no process behind: the kernel tells us when our parent is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _call_it(command: str) -> None:
    """Name the fork, so that `ps` and `top` tell the children apart."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"rh-{command}".encode()[:15])
