"""Commands `probe` and `read` of the `rackhouse` command. `facilities.cli` mounts them."""

import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from telemetry.connect import Keys
from telemetry.errors import TelemetryError
from telemetry.loop import run
from telemetry.once import Report, as_lines, read_once
from telemetry.probing import Found
from telemetry.probing import probe as probe_device
from telemetry.profiles.loader import find, names, shipped
from telemetry.target import Target, parse

T = TypeVar("T")

AUTH_KEY, PRIV_KEY = "RACKHOUSE_SNMP_AUTH_KEY", "RACKHOUSE_SNMP_PRIV_KEY"


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def probe(url: str, as_json: bool) -> None:
    """Find out what a device is and read it once.

    SNMPv3 keys come from RACKHOUSE_SNMP_AUTH_KEY and RACKHOUSE_SNMP_PRIV_KEY, or are asked for.
    """
    target = _target(url)
    profiles = [shipped(name) for name in names()]
    found, report = _done(probe_device(target, profiles, _keys(target)))
    _show(report, as_json, found)


@click.command()
@click.argument("url")
@click.option("--profile", required=True, help="A shipped profile by name, or a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read(url: str, profile: str, as_json: bool) -> None:
    """Read everything that a profile knows of a device, once.

    SNMPv3 keys come from RACKHOUSE_SNMP_AUTH_KEY and RACKHOUSE_SNMP_PRIV_KEY, or are asked for.
    """
    target = _target(url)
    try:
        known = find(profile)
    except TelemetryError as error:
        raise click.ClickException(str(error)) from error
    _show(_done(read_once(target, known, _keys(target))), as_json)


def _target(url: str) -> Target:
    try:
        return parse(url)
    except TelemetryError as error:
        raise click.UsageError(str(error)) from error


def _keys(target: Target) -> Keys:
    """From the environment, else from a prompt where there is someone to ask."""
    auth = _key(AUTH_KEY, "Authentication key") if target.auth else ""
    return Keys(auth, _key(PRIV_KEY, "Privacy key") if target.priv else "")


def _key(variable: str, prompt: str) -> str:
    told, file = os.environ.get(variable), os.environ.get(f"{variable}_FILE")
    if told or file:
        return told or _from_file(Path(file or ""))
    if not sys.stdin.isatty():
        raise click.UsageError(f"{prompt.lower()} is missing: set {variable}")
    return str(click.prompt(prompt, hide_input=True))


def _from_file(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return run(work)
    except TelemetryError as error:
        raise click.ClickException(str(error)) from error


def _show(report: Report, as_json: bool, found: Found | None = None) -> None:
    if as_json:
        click.echo(json.dumps(report.as_dict(), default=_octets))
        return
    for line in as_lines(report):
        click.echo(line)
    if found is not None and found.profile is not None:
        others = f"; {', '.join(found.others)} would fit too" if found.others else ""
        click.echo(f"recognised {found.why}{others}")


def _octets(value: object) -> str:
    """Raw octets that are no text, as hexadecimal."""
    return value.hex() if isinstance(value, bytes) else str(value)
