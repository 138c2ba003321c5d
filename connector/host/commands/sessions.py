"""`callplan sessions`."""

from __future__ import annotations

from pathlib import Path

import click

from connector.host.commands.options import config_option, json_option


@click.command()
@click.argument("action", type=click.Choice(["list", "end"]), default="list")
@click.argument("email", required=False)
@config_option
@json_option
@click.option("--all", "everybody", is_flag=True, help="end: everybody's.")
@click.option("--by", help="end: who ends them.")
def sessions(action: str, email: str | None, config: Path, as_json: bool, everybody: bool, by: str | None) -> None:
    """Who is logged in to the pages: list them, end those of EMAIL or of everybody.

    Whoever is still in a group of the config can log in again. Tokens of the API are not ended.
    """
    from connector.host.sessions import end_sessions, list_sessions

    if action == "list":
        lines = list_sessions(config, as_json=as_json)
    elif not by or bool(email) is everybody:
        raise click.UsageError("Write: callplan sessions end EMAIL --by NAME, or end --all --by NAME")
    else:
        lines = end_sessions(config, email, by)
    for line in lines:
        click.echo(line)
