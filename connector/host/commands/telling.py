"""`callplan digest`: what the morning's messages would say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.host.commands.options import config_option, crm_option, json_option, log_option


@click.command()
@config_option
@crm_option
@log_option
@click.option("--to", metavar="EMAIL", help="Only what this recipient would get.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write it as the e-mail shows it.")
@json_option
def digest(to: str | None, html: Path | None, as_json: bool, **options: Any) -> None:
    """What `run send_digest` would send now, to whom. Sends nothing."""
    from connector.host.digest import digest_as_json, read_digests, say_digests, write_page

    found = read_digests(options["config"], options["log"], options["crm"], to)
    click.echo((digest_as_json if as_json else say_digests)(found))
    if html:
        for path in write_page(found, html):
            click.echo(path, err=True)
