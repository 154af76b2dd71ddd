"""The `profiles` commands. `facilities.cli` mounts the group; nothing here asks a network."""

from pathlib import Path

import click

from telemetry.errors import ConfigError
from telemetry.profiles.describe import heading, point_rows, summary
from telemetry.profiles.loader import find, load, names, shipped


@click.group()
def profiles() -> None:
    """Device families: what can be read, and from where the facts are."""


@profiles.command("list")
def list_() -> None:
    """One line for every profile that is shipped."""
    for name in names():
        click.echo(summary(shipped(name)))


@profiles.command()
@click.argument("name_or_file")
def show(name_or_file: str) -> None:
    """Sources and every point of a profile, by name or file."""
    try:
        profile = find(name_or_file)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    for line in heading(profile):
        click.echo(line)
    rows = point_rows(profile)
    wide = max(len(row.id) for row in rows)
    place = max(len(row.where) for row in rows)
    for row in rows:
        cells = f"{row.id:{wide}}  {row.quantity:15} {row.unit:5} {row.where:{place}}"
        click.echo(f"{cells}  {row.type:8} {row.poll:7} {row.scale}".rstrip())


@profiles.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Read profile files strictly; what is wrong is said with file and line."""
    wrong = 0
    for file in files:
        try:
            profile = load(file)
        except ConfigError as error:
            click.echo(str(error), err=True)
            wrong += 1
        else:
            click.echo(f"{file}: {profile.name}, {len(point_rows(profile))} points, fine")
    if wrong:
        raise SystemExit(1)
