"""The `demo` command: seed, plant, collector, worker and web in one, for trying out."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from facilities import schema, serving
from facilities.demo.device_records import sync_devices
from facilities.demo.people import PEOPLE, sign_ins
from facilities.demo.plant_process import ADDRESSES, kept_addresses, run_plant
from facilities.demo.records import demo_folder, is_seeded, seed
from facilities.demo.site import demo_site
from facilities.demo.supervisor import Supervisor
from facilities.errors import RackhouseError
from facilities.monitoring.service import Vault
from facilities.web.shop import Shop, pass_shop

PLANT_WITHIN_S = 60.0


@click.command()
@click.option("--bind", default=None, help="HOST:PORT to listen on; loopback unless you ask.")
@pass_shop
def demo(shop: Shop, bind: str | None) -> None:
    """Run the demo site: emulated devices, collector, worker and web application."""
    settings = shop.settings.model_copy(update={"bind": bind or shop.settings.bind})
    serving.check_free(settings.bind)
    folder = demo_folder(settings.data_dir.resolve())
    passwords = sign_ins(folder)
    prepare(shop, passwords)
    environ = {
        "RACKHOUSE_DATA_DIR": str(settings.data_dir.resolve()),
        "RACKHOUSE_BIND": settings.bind,
        "RACKHOUSE_TIME_ZONE": demo_site().time_zone,
    }
    supervisor = Supervisor(environ, _command(), lambda line: click.echo(line, err=True))
    supervisor.catch_signals()
    started_s = time.time()
    supervisor.start("the plant", "plant", "run")
    supervisor.start("the web application", "serve")
    supervisor.start("the worker", "work")
    _wait_for_plant(supervisor, folder / ADDRESSES, started_s)
    if not supervisor.stopping:
        place_devices(shop, folder)
        supervisor.start("the collector", "collect")
    _greet(shop, passwords, settings.bind)
    supervisor.run()


def _command() -> Callable[[Sequence[str]], int]:
    """What `rackhouse ARGUMENTS` does, as a function of the arguments, for forks of ours."""
    root = click.get_current_context().find_root().command

    def run(arguments: Sequence[str]) -> int:
        try:
            root.main(list(arguments), prog_name="rackhouse", standalone_mode=False)
        except (RackhouseError, click.ClickException) as error:
            click.echo(f"rackhouse {arguments[0]}: {error}", err=True)
            return 1
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
        return 0

    return run


def prepare(shop: Shop, passwords: dict[str, str]) -> None:
    """Bring the schema up to date and write the demo site on the first start."""
    schema.upgrade(shop.sessions.kw["bind"])
    with shop.sessions() as session:
        if not is_seeded(session, demo_site()):
            click.echo("Writing the demo site ...")
            seed(session, demo_site(), passwords)
            session.commit()
    shop.sessions.kw["bind"].dispose()


def place_devices(shop: Shop, folder: Path) -> None:
    """Tell the records where the plant's devices listen."""
    vault = Vault(shop.settings.device_networks, shop.settings.sealing_key())
    with shop.sessions() as session:
        sync_devices(session, demo_site(), kept_addresses(folder), vault)
        session.commit()
    shop.sessions.kw["bind"].dispose()


def _wait_for_plant(supervisor: Supervisor, addresses: Path, since_s: float) -> None:
    deadline_s = time.monotonic() + PLANT_WITHIN_S
    while time.monotonic() < deadline_s and not supervisor.stopping:
        if addresses.exists() and addresses.stat().st_mtime >= since_s:
            return
        time.sleep(0.05)


def _greet(shop: Shop, passwords: dict[str, str], bind: str) -> None:
    click.echo(f"\nRackhouse answers at http://{bind}\n\nSign in as")
    for username, name, _ in PEOPLE:
        click.echo(f"  {username:<6} {passwords[username]}   {name}")
    click.echo(f"  admin  {passwords['admin']}   administrator")
    click.echo(f"\nYour data is in {shop.settings.data_dir}. Ctrl-C stops everything.\n")


@click.command("run", hidden=True)
@pass_shop
def plant_run(shop: Shop) -> None:
    """Play the demo's plant until a signal."""
    asyncio.run(run_plant(demo_site(), demo_folder(shop.settings.data_dir)))
