"""`callplan matches`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.host.commands.options import config_option, crm_option, json_option

SORTS = ("npi", "keep", "duplicate", "several", "visit", "absent")
LISTED = ("proposed", "accepted", "rejected", "lapsed")
STATES = {"accept": "accepted", "reject": "rejected"}


@click.command()
@click.argument("decision", type=click.Choice(["list", *STATES]), default="list")
@click.argument("numbers", type=int, nargs=-1, metavar="[NUMBER]...")
@config_option
@crm_option
@json_option
@click.option("--sort", type=click.Choice(SORTS), help="list: only these.")
@click.option("--state", type=click.Choice(LISTED), default=LISTED[0], show_default=True, help="list: only these.")
@click.option("--least", type=click.IntRange(0, 100), default=0, help="list: only of at least this confidence.")
@click.option("--out", type=click.Path(path_type=Path), help="list: save it as .xlsx or .csv, to be worked through.")
@click.option("--from", "file", type=click.Path(path_type=Path), help="accept: the decisions in this file.")
@click.option("--by", help="Who decides.")
@click.option("--reason", default="", help="Why.")
def matches(decision: str, numbers: tuple[int, ...], file: Path | None, **asked: Any) -> None:
    """What fits no account or no provider: list it with suggestions, accept NUMBER or reject NUMBER.

    A suggestion does nothing until somebody accepts it, and nothing of it is written into the CRM.
    """
    from connector.host.matches import Wanted, decide, decisions_in, list_matches
    from connector.store.matches import Decision

    config, crm, by, reason = asked["config"], asked["crm"], asked["by"], asked["reason"]
    if decision == "list":
        wanted = Wanted(asked["state"], asked["sort"] or "", asked["least"])
        for line in list_matches(config, crm, wanted, asked["out"], as_json=asked["as_json"]):
            click.echo(line)
        return
    if not by or bool(numbers) is bool(file):
        raise click.UsageError(
            f"Write: callplan matches {decision} NUMBER... --by NAME, or accept --from FILE --by NAME"
        )
    made = [Decision(number, STATES[decision], by, reason) for number in numbers]
    for line in decide(config, crm, decisions_in(file, by, crm) if file else made):
        click.echo(line)
