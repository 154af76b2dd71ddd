"""Commands of the accounts area: user, token, history."""

import click

from facilities.accounts import ledger, service
from facilities.accounts.history import act_as
from facilities.accounts.permissions import Role
from facilities.accounts.recorded import Actor
from facilities.web.shop import Shop, pass_shop

OPERATOR = Actor("user", None, "operator")
ROLE = click.Choice(list(Role), case_sensitive=False)


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("username")
@click.option("--name", default="", help="The name people read; the user name if not given.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=ROLE, help="Repeat it for more."
)
@click.option("--email", default=None, help="Where notices go.")
@pass_shop
def add_user(shop: Shop, username: str, name: str, roles: tuple[str, ...], email: str) -> None:
    """Add a person and print a one-time link with which they set a password."""
    with shop.sessions() as session:
        act_as(session, OPERATOR)
        grants = [(Role(role), None) for role in roles]
        added = service.add_user(session, username, name, grants, email=email)
        secret = service.welcome_link(session, added)
        session.commit()
    click.echo(f"{added.username} sets a password at {shop.base_url}/welcome/{secret}")


@user.command("link")
@click.argument("username")
@pass_shop
def link_user(shop: Shop, username: str) -> None:
    """Print a one-time link with which a person sets a new password: for a forgotten one."""
    with shop.sessions() as session:
        act_as(session, OPERATOR)
        found = service.find_user(session, username)
        secret = service.welcome_link(session, found)
        session.commit()
    click.echo(f"{found.username} sets a password at {shop.base_url}/welcome/{secret}")


@click.group()
def token() -> None:
    """API tokens for programs."""


@token.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="read, a role, a permission.")
@pass_shop
def add_token(shop: Shop, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token; it is shown once."""
    with shop.sessions() as session:
        act_as(session, OPERATOR)
        text = service.add_token(session, name, scopes)
        session.commit()
    click.echo(text)


@click.group()
def history() -> None:
    """The hash-chained history of changes."""


@history.command("verify")
@pass_shop
def verify(shop: Shop) -> None:
    """Check every chain; exit 1 and name each row that was tampered with."""
    with shop.sessions() as session:
        checked, findings = ledger.verify_history(session)
    for finding in findings:
        click.echo(f"chain {finding.chain}, row {finding.seq}: {finding.why}", err=True)
    if findings:
        raise SystemExit(1)
    click.echo(f"{checked} rows in order: nothing was changed, removed or put in between.")
