"""`rackhouse store ...`: looking after the sample store."""

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from telemetry.errors import TelemetryError
from telemetry.stores.base import SeriesQuery
from telemetry.stores.file import DAY_MS, HOUR_MS
from telemetry.stores.health import Health, check
from telemetry.stores.memory import MemoryCatalogue
from telemetry.stores.open import embedded_path, open_embedded, open_store

_url = click.option(
    "--store",
    "url",
    envvar="RACKHOUSE_STORE_URL",
    required=True,
    metavar="URL",
    help="embedded:///PATH or influx://HOST:PORT/DB; RACKHOUSE_STORE_URL if left out.",
)


def _one_line(command: Callable[..., None]) -> Callable[..., None]:
    """An error of ours is one line and exit code 1."""

    @functools.wraps(command)
    def told(**options: Any) -> None:
        try:
            command(**options)
        except TelemetryError as error:
            raise click.ClickException(str(error)) from error

    return told


@click.group()
def store() -> None:
    """Look after the sample store."""


@store.command("check")
@_url
@_one_line
def check_command(url: str) -> None:
    """Say whether the store is sound and what is in it. Works while a collector runs."""
    if urlsplit(url).scheme == "embedded":
        _tell(embedded_path(url), check(embedded_path(url)))
        return
    opened = open_store(url, MemoryCatalogue(), read_only=True)
    opened.series(SeriesQuery("", "", 0, 1, 1))
    opened.close()
    click.echo("the store answers")


@store.command("compact")
@_url
@_one_line
def compact_command(url: str) -> None:
    """Compact all closed hours and days now. Refused while a collector writes."""
    if urlsplit(url).scheme != "embedded":
        raise click.ClickException("only an embedded store is compacted; servers do it themselves")
    opened = open_embedded(url)
    now_ms, made = time.time_ns() // 1_000_000, {HOUR_MS: 0, DAY_MS: 0}
    try:
        while (step := opened.compact(now_ms)).more:
            made[step.span_ms] += step.chunks
    finally:
        opened.close()
    click.echo(f"compacted {made[HOUR_MS]} device hours and {made[DAY_MS]} device days")


def _tell(path: Path, health: Health) -> None:
    if not path.exists():
        click.echo(f"{path}: nothing was written yet")
        return
    each = health.bytes_per_sample
    click.echo(f"{path}: {health.devices} devices")
    click.echo(f"compacted  {health.samples} samples in {health.chunks} chunks")
    click.echo(
        f"           {health.chunk_bytes} bytes" + (f", {each:.2f} a sample" if each else "")
    )
    click.echo(f"recent     {health.recent_blocks} blocks")
    click.echo(f"file       {health.used_bytes} bytes used, {health.free_bytes} free for reuse")
    for problem in health.problems:
        click.echo(f"problem    {problem}")
    if health.problems:
        raise click.ClickException(
            f"{len(health.problems)} problems; what can still be read stays readable"
        )
    click.echo("sound")
