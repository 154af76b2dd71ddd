"""Runs the demo's processes side by side: starts them, brings back what dies, stops them all."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_WITHIN_S = 15.0
LOOK_EVERY_S = 0.5
FIRST_WAIT_S, LONGEST_WAIT_S, FORGIVEN_AFTER_S = 1.0, 30.0, 60.0
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One process: what it runs, since when, and how long to wait before it is started again."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    wait_s: float = FIRST_WAIT_S
    again_at_s: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps children of the `rackhouse` command alive until a signal. `tell` prints a line."""

    environ: Mapping[str, str]
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
        child.process = subprocess.Popen(  # noqa: S603 -- our own command with our own arguments
            [sys.executable, "-m", "facilities.cli", *child.arguments],
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop the children in order
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def catch_signals(self) -> None:
        """From now on a stop signal ends `run`; raise KeyboardInterrupt no more."""
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
        if child.process is not None and child.process.poll() is not None:
            if now_s - child.started_s > FORGIVEN_AFTER_S:
                child.wait_s = FIRST_WAIT_S
            code = child.process.returncode
            self.tell(f"{child.name} ended ({code}); starting it again in {child.wait_s:.0f} s")
            child.process, child.again_at_s = None, now_s + child.wait_s
            child.wait_s = min(LONGEST_WAIT_S, child.wait_s * 2)
        elif child.process is None and now_s >= child.again_at_s:
            self._launch(child)

    def stop(self) -> None:
        """Ask every child to stop; end those that do not within STOP_WITHIN_S."""
        running = [c.process for c in reversed(self.children) if c.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline_s = time.monotonic() + STOP_WITHIN_S
        for process in running:
            try:
                process.wait(max(0.1, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent() -> None:
    """In the child, before it becomes the command: a killed demo leaves no process behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        os._exit(1)
