"""The control channel of a running plant: one line of JSON in, one line of JSON out, on loopback.

The plant writes where it listens, with a word that only readers of the data folder know, into
`plant-control.json` there. Requests: {"word", "do": "start"|"clear"|"list"|"status", "name"}.
Answers: {"ok": true, "said": [lines]} or {"ok": false, "error": text}.
"""

import asyncio
import contextlib
import json
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from telemetry.emulator.scenario import Stage
from telemetry.errors import ConfigError

FILE = "plant-control.json"
LONGEST_LINE = 4096
TIMEOUT_S = 5.0
NOT_RUNNING = "no plant is running here; start it with `rackhouse demo`"

Answer = dict[str, Any]


class ControlServer:
    """Listens on a free loopback port while the plant runs."""

    def __init__(self, stage: Stage, data_dir: Path) -> None:
        self._stage = stage
        self._file = data_dir / FILE
        self._word = secrets.token_urlsafe(24)
        self._server: asyncio.Server | None = None
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self) -> None:
        """Listen, then say where."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST_LINE)
        port = self._server.sockets[0].getsockname()[1]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        _write_private(self._file, json.dumps({"port": port, "word": self._word}))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks[task] = writer
            task.add_done_callback(self._talks.pop)
        # Who asks too slowly, too much, or goes away, goes without an answer.
        with contextlib.suppress(TimeoutError, ValueError, ConnectionError):
            async with asyncio.timeout(TIMEOUT_S):
                line = await reader.readline()
            writer.write(json.dumps(self._answer(line)).encode() + b"\n")
            await writer.drain()
        writer.close()

    def _answer(self, line: bytes) -> Answer:
        try:
            asked = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "a request is one line of JSON"}
        if not isinstance(asked, dict) or not _same(asked.get("word"), self._word):
            return {"ok": False, "error": "the control word is wrong"}
        try:
            return {"ok": True, "said": perform(self._stage, asked)}
        except ConfigError as error:
            return {"ok": False, "error": str(error)}

    async def close(self) -> None:
        """Stop listening and take the file away; safe to call twice."""
        if self._server is not None:
            self._server.close()
            for writer in self._talks.values():
                writer.transport.abort()
            await asyncio.gather(*self._talks)
            await self._server.wait_closed()
            self._server = None
            self._file.unlink(missing_ok=True)


def perform(stage: Stage, asked: Mapping[str, Any]) -> list[str]:
    """Do what a request asks; the lines to show. ConfigError says what is possible."""
    name = asked.get("name")
    if name is not None and not isinstance(name, str):
        raise ConfigError("a scenario is named by a text")
    doings: dict[str, Callable[[], list[str]]] = {
        "start": lambda: [f"started {stage.start(name or '').id}"],
        "clear": lambda: [f"cleared {run.id}" for run in stage.clear(name)] or ["nothing to clear"],
        "status": lambda: [run.id for run in stage.running],
        "list": lambda: _listing(stage),
    }
    do = doings.get(str(asked.get("do")))
    if do is None:
        raise ConfigError(f"cannot do {asked.get('do')!r}; can: {', '.join(doings)}")
    return do()


def _listing(stage: Stage) -> list[str]:
    running = {run.id for run in stage.running}
    lines = []
    for scenario in stage.known:
        lines.append(f"{scenario.name}: {scenario.what}")
        for target in scenario.targets:
            mark = " (running)" if f"{scenario.name}/{target}" in running else ""
            lines.append(f"  {scenario.name}/{target}{mark}")
    return lines


def ask(data_dir: Path, do: str, name: str | None = None) -> list[str]:
    """From another process: what the running plant says. ConfigError where none runs, or with what
    it refused."""
    try:
        told = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
        line = json.dumps({"word": told["word"], "do": do, "name": name}).encode() + b"\n"
        with socket.create_connection(("127.0.0.1", told["port"]), TIMEOUT_S) as connection:
            connection.sendall(line)
            with connection.makefile("rb") as answers:
                answer = json.loads(answers.readline())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(NOT_RUNNING, str(data_dir)) from error
    if not answer["ok"]:
        raise ConfigError(answer["error"])
    return [str(said) for said in answer["said"]]


def _same(given: object, word: str) -> bool:
    return isinstance(given, str) and secrets.compare_digest(given.encode(), word.encode())


def _write_private(path: Path, text: str) -> None:
    """Readable by its owner only, and never half written."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
