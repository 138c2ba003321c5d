"""`callplan tokens`."""

from __future__ import annotations

from pathlib import Path

import click

from connector.host.commands.options import config_option

LONGEST = 400  # days


@click.group()
def tokens() -> None:
    """Who may ask the API: make a token, list them, or revoke one."""


@tokens.command()
@click.argument("name")
@config_option
@click.option("--role", type=click.Choice(["admin", "manager", "rep"]), required=True, help="What it may do.")
@click.option("--email", default="", help="Whose accounts a manager's or a rep's sees.")
@click.option("--days", type=click.IntRange(1, LONGEST), default=90, show_default=True, help="Until it expires.")
def make(name: str, config: Path, role: str, email: str, days: int) -> None:
    """Make a token of this NAME, and show it: this once, and never again."""
    from connector.host.tokens import make as made

    if role != "admin" and not email:
        raise click.UsageError("Whose accounts does it see? Add --email EMAIL.")
    told = made(config, name, role, email, days)
    click.echo(told.said, err=True)
    click.echo(told.key)


@tokens.command(name="list")
@config_option
def list_(config: Path) -> None:
    """Which tokens there are, whose, and when each was used last."""
    from connector.host.tokens import said

    for line in said(config):
        click.echo(line)


@tokens.command()
@click.argument("number", type=int)
@config_option
def revoke(number: int, config: Path) -> None:
    """No request passes by this token any more."""
    from connector.host.tokens import revoke as revoked

    click.echo(revoked(config, number))
