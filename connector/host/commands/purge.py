"""`callplan purge`."""

from __future__ import annotations

from pathlib import Path

import click

from connector.host.commands.options import config_option


@click.command()
@config_option
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
@click.option("--person", metavar="EMAIL", help="Make somebody who has left nameless, instead.")
@click.option("--by", help="Who asks for that.")
def purge(config: Path, dry_run: bool, person: str | None, by: str | None) -> None:
    """Delete what is older than the config's `retention` says; the audit log stays."""
    from connector.host.purge import forget, purge_old

    if person and not by:
        raise click.UsageError("Write: callplan purge --person EMAIL --by NAME")
    for line in forget(config, person, by or "") if person else purge_old(config, dry_run=dry_run):
        click.echo(line)
