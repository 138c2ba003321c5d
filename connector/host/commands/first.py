"""`callplan init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--crm", help="Which CRM. Without it and without a terminal: starter files for all of them.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="How it is reached. Repeatable.")
@click.option("--object", "kind", default="", help="What an account is there, if not the usual object.")
@click.option("--claims", metavar="PATH", help="A file, or a pattern in quotes.")
@click.option("--time-zone", metavar="ZONE", help="Of the territory.")
@click.option("--yes", is_flag=True, help="Ask nothing; take what fits.")
@click.option("--ask", is_flag=True, help="Ask, also where standard input is no terminal.")
def init(
    folder: Path,
    crm: str | None,
    settings: tuple[str, ...],
    kind: str,
    claims: str | None,
    time_zone: str | None,
    yes: bool,
    ask: bool,
) -> None:
    """A config.yaml and a mapping for a CRM, its fields looked up and proposed. What is there stays."""
    from connector.host.first.begin import Told, begin, say, starter_files

    asking = ask or (sys.stdin.isatty() and not yes)
    if not (crm or asking):
        say(starter_files(folder))
        return
    say(begin(Told(folder, crm, settings, kind, claims, time_zone), ask=asking))
