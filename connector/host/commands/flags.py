"""`callplan flags`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.host.commands.options import config_option, crm_option, json_option


@click.command()
@click.argument("decision", type=click.Choice(["list", "dismiss"]), default="list")
@click.argument("npi", required=False)
@config_option
@crm_option
@json_option
@click.option("--by", help="Who dismisses it.")
@click.option("--reason", help="Why.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Not raised again before this day.")
def flags(
    decision: str, npi: str | None, config: Path, crm: str | None, as_json: bool, until: Any, **said: str | None
) -> None:
    """Accounts that are going cold: list them, or dismiss the flag of NPI."""
    from callplan.model import Npi
    from connector.host.flags import dismiss, flags_as_json, list_flags

    if decision == "list":
        for line in [flags_as_json(config, crm, npi)] if as_json else list_flags(config, crm, npi):
            click.echo(line)
        return
    if not npi or not said["by"] or not said["reason"]:
        raise click.UsageError("Write: callplan flags dismiss NPI --by NAME --reason WHY")
    for line in dismiss(config, crm, Npi(npi), said["by"], said["reason"], until.date() if until else None):
        click.echo(line)
