"""Commands `emulate` and `plant scenario` of the `rackhouse` command."""

import asyncio
from pathlib import Path

import click

from telemetry.emulator import control, playback
from telemetry.emulator.device import DeviceSpec, EmulatedDevice, build
from telemetry.emulator.mib import Mib
from telemetry.emulator.modbus_server import serve_modbus
from telemetry.emulator.registers import RegisterImage
from telemetry.emulator.snmp_agent import AgentSettings, serve_snmp
from telemetry.errors import TelemetryError
from telemetry.profiles import loader

RECORDING = ".snmprec"


@click.command()
@click.argument("what")
@click.option(
    "--listen", required=True, metavar="HOST:PORT", help="Where; port 0 takes a free one."
)
@click.option("--unit", default=1, show_default=True, help="Modbus unit id.")
@click.option("--community", default="public", show_default=True, help="SNMP community.")
def emulate(what: str, listen: str, unit: int, community: str) -> None:
    """Serve a profile (by name or file) or a recording as a device, until Ctrl-C."""
    host, port = _address(listen)
    try:
        served = device_of(what)
        asyncio.run(_serve(served, host, port, unit, community))
    except TelemetryError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot listen on {listen}: {error.strerror}") from error
    except KeyboardInterrupt:
        click.echo("stopped")


def device_of(what: str) -> Mib | RegisterImage:
    """The tree or registers of a profile or of a recording. Raises ConfigError."""
    if what.endswith(RECORDING):
        return playback.load(Path(what))
    device: EmulatedDevice = build(DeviceSpec(loader.find(what)))
    served = device.mib or device.image
    if served is None:
        raise click.ClickException(f"{what} has nothing to serve")
    return served


async def _serve(
    served: Mib | RegisterImage, host: str, port: int, unit: int, community: str
) -> None:
    if isinstance(served, Mib):
        agent = await serve_snmp(served, host, port, AgentSettings(community.encode()))
        click.echo(f"serving snmp://{community}@{host}:{agent.port}")
        close = agent.close
    else:
        server = await serve_modbus({unit: served}, host, port)
        click.echo(f"serving modbus://{host}:{server.port}?unit={unit}")
        close = server.close
    try:
        await asyncio.Event().wait()
    finally:
        await close()


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"{listen!r} is not HOST:PORT", param_hint="--listen")
    return host.strip("[]"), int(port)


@click.group()
def plant() -> None:
    """The emulated plant that runs with the demo."""


@plant.command()
@click.argument("name", required=False)
@click.option("--clear", is_flag=True, help="End NAME, or everything.")
@click.option(
    "--data-dir",
    envvar="RACKHOUSE_DATA_DIR",
    default="var",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the running plant keeps its files.",
)
def scenario(name: str | None, clear: bool, data_dir: Path) -> None:
    """Start scenario NAME or NAME/TARGET on the running plant; without NAME list what there is."""
    do = "clear" if clear else "start" if name else "list"
    try:
        for line in control.ask(data_dir, do, name):
            click.echo(line)
    except TelemetryError as error:
        raise click.ClickException(str(error)) from error
