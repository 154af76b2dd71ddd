"""The `rackhouse` command: wires the commands of every area and of telemetry."""

import logging
import signal
import sys
import threading
from pathlib import Path

import click
import structlog
from sqlalchemy.exc import OperationalError

from facilities import schema, serving
from facilities.accounts import service as accounts
from facilities.accounts.commands import history, token, user
from facilities.app import JOBS, create_app, open_records, timers
from facilities.demo.commands import demo, plant_run
from facilities.errors import RackhouseError
from facilities.exchange.commands import import_
from facilities.jobs.worker import Worker
from facilities.monitoring.commands import collect
from facilities.monitoring.own_health import running_version
from facilities.settings import Settings, load_settings
from facilities.web.shop import Shop, pass_shop
from telemetry.cli import profiles
from telemetry.cli_devices import probe, read
from telemetry.cli_emulator import emulate, plant
from telemetry.cli_store import store


@click.group()
@click.version_option(running_version(), prog_name="rackhouse")
@click.pass_context
def cli(context: click.Context) -> None:
    """Rackhouse: data-center facilities management with telemetry."""
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )
    context.obj = Shop(settings, open_records)
    # Telemetry knows no data folder: the store that is looked after is the one of the settings.
    context.default_map = {
        "store": {name: {"url": settings.samples_url} for name in store.commands}
    }


@cli.group()
def db() -> None:
    """The database of the records."""


@db.command("upgrade")
@pass_shop
def db_upgrade(shop: Shop) -> None:
    """Bring the schema to the newest revision."""
    click.echo(f"The database is at revision {schema.upgrade(shop.sessions.kw['bind'])}.")


@cli.command()
@click.option("--bind", default=None, help="HOST:PORT to listen on; loopback unless you ask.")
@click.option("--cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_shop
def serve(shop: Shop, bind: str | None, cert: Path | None, key: Path | None) -> None:
    """Run the web application."""
    if (cert is None) != (key is None):
        raise click.UsageError("--cert and --key go together.")
    settings = shop.settings.model_copy(
        update={
            "bind": bind or shop.settings.bind,
            "https": cert is not None or shop.settings.https,
        }
    )
    start_web(settings, cert, key)


def start_web(settings: Settings, cert: Path | None = None, key: Path | None = None) -> None:
    """Check the schema, tell the first-run link, serve until a signal."""
    shop = Shop(settings, open_records)
    schema.check(shop.sessions.kw["bind"])
    with shop.sessions() as session:
        secret = accounts.first_admin_link(session)
        session.commit()
    if secret is not None:
        click.echo(
            f"First start: set the administrator's password at {shop.base_url}/welcome/{secret}"
        )
    if cert is None and not serving.is_loopback(settings.bind):
        click.echo(
            "Warning: reachable from other machines without TLS; give --cert and --key.", err=True
        )
    click.echo(f"Rackhouse answers at {shop.base_url}")
    shop.sessions.kw["bind"].dispose()
    serving.serve(lambda: create_app(settings), settings.bind, cert, key)


@cli.command()
@pass_shop
def work(shop: Shop) -> None:
    """Send messages, run jobs and timers; one such process is active, others stand by."""
    schema.check(shop.sessions.kw["bind"])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    Worker(shop.sessions, JOBS, timers(shop.settings)).run(stop)


plant.add_command(plant_run)
OPERATION = (user, token, history, import_, collect, demo)
TELEMETRY = (plant, emulate, profiles, store, probe, read)
for command in (*OPERATION, *TELEMETRY):
    cli.add_command(command)


def main() -> None:
    """Exit 0 done, 1 refused or failed with one clear line, 2 wrong usage."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        raise SystemExit(130) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except RackhouseError as error:
        click.echo(f"rackhouse: {error}", err=True)
        raise SystemExit(1) from None
    except OperationalError as error:
        click.echo(f"rackhouse: the database cannot be used: {error.orig}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
