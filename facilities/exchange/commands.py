"""`rackhouse import ...`: what is read from elsewhere. Each is a dry run unless --apply."""

import sys
from pathlib import Path

import click

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.errors import Refused
from facilities.exchange import service_devicetypes as device_types
from facilities.exchange.service_devicetypes import BadFile, Report
from facilities.web.shop import Shop, pass_shop

KINDS = {"device-types": "device types", "rack-types": "rack types", "module-types": "module types"}
EVERY = 500


@click.group("import")
def import_() -> None:
    """Read records from elsewhere; a dry run unless --apply."""


@import_.command("device-types")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--apply", "applied", is_flag=True, help="Write it; without, only say what would be.")
@click.option("--list", "listed", is_flag=True, help="Name every file that adds or changes.")
@pass_shop
def import_device_types(shop: Shop, folder: Path, *, applied: bool, listed: bool) -> None:
    """Read FOLDER in the layout of the community device-type library."""
    try:
        read = device_types.read_folder(folder, _progress("read"))
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    with shop.sessions() as session:
        act_as(session, Actor("import", None, "device-types"), f"import of {folder.name}")
        report = Report()
        if applied:
            for done, report in device_types.apply(session, read):  # noqa: B007 -- the last stays
                session.commit()
                _progress("written")(done, len(read.found))
        else:
            report = device_types.compare(session, read)
    if listed:
        for what, source in report.changes:
            click.echo(f"{what}: {source}")
    for bad in read.bad:
        _tell_bad(bad)
    _summary(report, len(read.bad), applied=applied)
    if read.bad:
        sys.exit(1)


def _progress(word: str) -> device_types.Progress:
    def tell(done: int, all_: int) -> None:
        if done == all_ or done % EVERY == 0:
            click.echo(f"{word} {done} of {all_} files", err=True)

    return tell


def _tell_bad(bad: BadFile) -> None:
    for reason in bad.reasons:
        click.echo(f"refused: {bad.source}: {reason}", err=True)


def _summary(report: Report, refused: int, *, applied: bool) -> None:
    for kind, words in KINDS.items():
        counts = [
            f"{report.counts[kind, what]} {what}"
            for what in (device_types.ADDED, device_types.CHANGED, device_types.UNCHANGED)
        ]
        click.echo(f"{words}: {', '.join(counts)}")
    click.echo(f"files refused: {refused}")
    if not applied:
        click.echo("Nothing was written. To write it, add --apply.")
