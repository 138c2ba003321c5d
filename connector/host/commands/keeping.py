"""callplan backup, callplan restore: the store in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from connector.host.commands.options import config_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def backup(file: Path, config: Path) -> None:
    """The whole store in FILE, as of one moment, while nights and pages go on; without logins and the audit log."""
    from connector.host.keeping import back_up

    for line in back_up(config, file):
        click.echo(line)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
@click.option("--replace", is_flag=True, help="Also where the store holds something: that is gone afterwards.")
def restore(file: Path, config: Path, replace: bool) -> None:
    """Put a back-up into the config's store, SQLite or PostgreSQL: whole, or not at all."""
    from connector.host.keeping import put_back

    for line in put_back(config, file, replace=replace):
        click.echo(line)
