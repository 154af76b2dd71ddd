"""The `collect` command."""

import signal
import threading

import click

from facilities import schema
from facilities.monitoring.collector import OpenStore, run_collector
from facilities.settings import Settings
from facilities.web.shop import Shop, pass_shop
from telemetry.stores.open import open_store


@click.command()
@pass_shop
def collect(shop: Shop) -> None:
    """Poll the devices into the sample store; one such process is active, others stand by."""
    schema.check(shop.sessions.kw["bind"])
    shop.sessions.kw["bind"].dispose()
    collect_until_signal(shop.settings)


def collect_until_signal(settings: Settings, open_store: OpenStore = open_store) -> None:
    """Collect until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    run_collector(settings, stop, open_store)
