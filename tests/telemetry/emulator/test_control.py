"""Scenarios from another process, and the commands `emulate` and `plant scenario`."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner

from telemetry.cli_emulator import device_of, emulate, plant
from telemetry.emulator import ber, control
from telemetry.emulator.control import ControlServer
from telemetry.emulator.mib import Mib
from telemetry.emulator.plant import Plant
from telemetry.emulator.scenario import Stage
from telemetry.errors import ConfigError
from telemetry.profiles import loader
from tests.servers.shared import shared
from tests.telemetry.emulator.reading import read_device
from tests.telemetry.emulator.world import world

REPOSITORY = Path(__file__).parents[3]
SNMPREC = """\
# a made-up agent
1.3.6.1.2.1.1.1.0|4|Made-up agent
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999
1.3.6.1.2.1.1.3.0|67|4711
1.3.6.1.2.1.33.1.2.4.0|2:numeric|min=1,max=100,initial=87
1.3.6.1.2.1.33.1.4.1.0|2|5
1.3.6.1.2.1.33.1.4.4.1.2.1|2|231
1.3.6.1.4.1.9.1.0|65|4294967295
1.3.6.1.4.1.9.2.0|4x|00ff10
1.3.6.1.4.1.9.3.0|64|127.0.0.1
1.3.6.1.4.1.9.4.0|70|18446744073709551615
"""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A plant whose control channel listens; answers come from the loop, questions from threads."""
    stage = Stage(Plant(world()), ["m-ups-a"])
    server = ControlServer(stage, tmp_path)
    await server.start()
    yield stage
    await server.close()
    assert not list(tmp_path.iterdir())


async def in_thread(*arguments: str) -> tuple[int, str]:
    """`rackhouse plant ...` while the loop goes on."""
    result = await asyncio.to_thread(CliRunner().invoke, plant, arguments)
    return result.exit_code, result.output


async def test_a_scenario_is_started_listed_and_cleared_from_the_command(
    stage: Stage, tmp_path: Path
) -> None:
    where = ("--data-dir", str(tmp_path))
    assert await in_thread("scenario", "lose-utility", *where) == (
        0,
        "started lose-utility/utility-a\n",
    )
    assert [run.id for run in stage.running] == ["lose-utility/utility-a"]
    code, listed = await in_thread("scenario", *where)
    assert code == 0 and "  lose-utility/utility-a (running)\n" in listed
    assert "breaker-trip: a breaker opens; clearing closes it\n" in listed
    assert "  device-dead/m-ups-a\n" in listed
    assert await in_thread("scenario", "--clear", *where) == (0, "cleared lose-utility/utility-a\n")
    assert not stage.running
    assert await in_thread("scenario", "--clear", *where) == (0, "nothing to clear\n")


async def test_a_refusal_is_one_line_and_exit_1(stage: Stage, tmp_path: Path) -> None:
    code, said = await in_thread("scenario", "breaker-trip/brk-z", "--data-dir", str(tmp_path))
    assert code == 1
    assert said.startswith("Error: 'breaker-trip' has no target 'brk-z'; targets: brk-a-r1,")
    assert said.count("\n") == 1


def test_without_a_running_plant_the_command_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(plant, ["scenario", "x", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "no plant is running here; start it with `rackhouse demo`" in result.output


def test_an_address_left_by_a_killed_plant_is_no_plant(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        told = {"port": taken.getsockname()[1], "word": "w"}
        (tmp_path / control.FILE).write_text(json.dumps(told))
        with pytest.raises(ConfigError, match="no plant is running"):
            control.ask(tmp_path, "list")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"hello\n", "a request is one line of JSON"),
        (b'{"word": "guess", "do": "clear"}\n', "the control word is wrong"),
        (b'["list"]\n', "the control word is wrong"),
    ],
)
async def test_the_channel_does_nothing_for_who_does_not_know_the_word(
    stage: Stage, tmp_path: Path, line: bytes, error: str
) -> None:
    stage.start("lose-utility")
    port = json.loads((tmp_path / control.FILE).read_text())["port"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(line)
    assert json.loads(await reader.readline()) == {"ok": False, "error": error}
    writer.close()
    assert len(stage.running) == 1
    assert (tmp_path / control.FILE).stat().st_mode & 0o077 == 0


async def test_a_silent_guest_does_not_hold_up_the_end(tmp_path: Path) -> None:
    server = ControlServer(Stage(Plant(world())), tmp_path)
    await server.start()
    port = json.loads((tmp_path / control.FILE).read_text())["port"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(0.05)
    async with asyncio.timeout(1):
        await server.close()
        await server.close()
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()


@contextmanager
def emulating(*arguments: str) -> Iterator[str]:
    """The URL of `rackhouse emulate ...` in a process of its own, ended by Ctrl-C."""
    code = "from telemetry.cli_emulator import emulate; emulate()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments, "--listen", "127.0.0.1:0"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"serving (\S+)", said)
        assert found is not None, said + process.stdout.read()
        yield found.group(1)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10)[0] == "stopped\n"
        assert process.returncode == 0
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


async def test_a_profile_stands_alone_as_a_device() -> None:
    with emulating("ups-rfc1628") as url:
        got = await read_device(url, loader.shipped("ups-rfc1628"))
    assert got["output.state"].value == "normal"
    assert 190 < got["input.1.voltage"].number * 3**0.5 < 220


async def test_a_modbus_profile_stands_alone_as_a_unit() -> None:
    with emulating("schneider-pm5000", "--unit", "7") as url:
        base, _, query = url.partition("?")
        got = await read_device(base, loader.shipped("schneider-pm5000"), unit=7)
    assert query == "unit=7"
    assert got["total.frequency"].number == pytest.approx(60, abs=0.1)


async def test_a_recording_is_played_back_with_its_types(tmp_path: Path) -> None:
    path = tmp_path / "agent.snmprec"
    path.write_text(SNMPREC)
    with emulating(str(path)) as url:
        got = await read_device(url, loader.shipped("ups-rfc1628"))
    assert got["battery.charge"].number == 87
    assert got["output.state"].value == "battery"
    assert got["output.1.voltage"].number == 231


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.3.6|2|five\n", r"bad\.snmprec:1: expected OID\|type\|value"),
        ("# nothing\n\n", "holds no recorded values"),
        ("1.3.6|2:numeric|max=5\n", "'max=5' names no value to begin with"),
        ("1.3.6|99|5\n", "type '99' is not one of SNMP's"),
        ("1.3.6|2|5\n3:100|7\n", "holds both SNMP and Modbus lines"),
    ],
)
def test_a_recording_that_cannot_be_played_is_named_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "bad.snmprec"
    path.write_text(text)
    result = CliRunner().invoke(emulate, [str(path), "--listen", "127.0.0.1:0"])
    assert result.exit_code == 1 and re.search(message, result.output), result.output


def test_a_taken_port_and_a_wrong_address_are_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "registers.snmprec"
    path.write_text("3:100|7\n3:101|0x0008\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = CliRunner().invoke(emulate, [str(path), "--listen", address])
    assert result.exit_code == 1 and f"cannot listen on {address}" in result.output
    assert CliRunner().invoke(emulate, [str(path), "--listen", "here"]).exit_code == 2


def test_every_recording_of_a_real_device_is_played_back_whole() -> None:
    for path in sorted(shared("recordings/snmp").glob("*.snmprec")):
        served = device_of(str(path))
        assert isinstance(served, Mib)
        oids, at = 0, (1, 3)
        while (found := served.following(at)) is not None:
            assert ber.read_typed(ber.typed(found[1]), 0, len(ber.typed(found[1])))[0] == found[1]
            oids, at = oids + 1, found[0]
        assert oids == len(served) > 0, path.name
