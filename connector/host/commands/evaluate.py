"""`callplan evaluate`: ways of cutting Tier A, and alerts about silent accounts, tried on the user's own past."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.host.commands.options import crm_option, json_option

resamples_option = click.option(
    "--resamples", type=click.IntRange(0, 10_000), default=200, show_default=True, help="For the intervals."
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Write tables and a picture there."
)
COLUMNS = {"account": "account", "date": "day", "created": "created", "tier": "tier", "rep": "rep"}


class _OrTiers(click.Group):
    """Without the name of a subcommand, `tiers` is meant."""

    def parse_args(self, context: click.Context, words: list[str]) -> list[str]:
        if words and words[0] not in {*self.commands, *context.help_option_names}:
            words = ["tiers", *words]
        return super().parse_args(context, words)


@click.group(cls=_OrTiers)
def evaluate() -> None:
    """What ways of cutting Tier A, or alerts about silent accounts, would have done on your own past."""


@evaluate.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--group", multiple=True, metavar="NAME=SPECIALTY,...", help="Specialties to look at as one; repeatable.")
@click.option("--value", default="total_payments", show_default=True, help="The column that ranks the accounts.")
@click.option("--share", type=click.FloatRange(0, 1, True, True), default=0.2, show_default=True, help="Of Tier A.")
@click.option("--bands", default="0.1,0.2,0.3", show_default=True, help="Widths of the band to try.")
@click.option("--config", "-c", type=click.Path(path_type=Path), help="Also try the band of this config.")
@resamples_option
@out_option
@json_option
def tiers(files: tuple[str, ...], as_json: bool, out: Path | None, **asked: Any) -> None:
    """What each way of cutting Tier A would have done on past years. FILE: a row for each provider and year."""
    from connector.host.evaluate import Question, evaluate_files
    from connector.host.evaluation import evaluation_as_json, say_evaluation, write_evaluation

    found = evaluate_files(Question(files, **asked))
    click.echo((evaluation_as_json if as_json else say_evaluation)(found))
    for path in write_evaluation(found, out) if out else ():
        click.echo(path, err=True)


@evaluate.command()
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--account", metavar="COLUMN", help="Where FILE says the account.  [default: the usual names]")
@click.option("--date", metavar="COLUMN", help="The day of the visit.")
@click.option("--created", metavar="COLUMN", help="When the visit was put on record.")
@click.option("--tier", metavar="COLUMN", help="The account's tier.")
@click.option("--rep", metavar="COLUMN", help="Who visited.")
@click.option("--cadence", metavar="TIER=DAYS,...", help="Or one for all.  [default: the config's, else A=30,B=90]")
@click.option("--counts", multiple=True, metavar="COLUMN=VALUE", help="Rows that end a silence. Repeatable.")
@click.option("--only", multiple=True, metavar="COLUMN=VALUE", help="Look at no other rows. Repeatable.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day looked at.  [default: of the log]")
@click.option("--at", default="0.7,1,1.25,1.5", show_default=True, help="Cadences of silence at which to alert.")
@click.option("--inbound", is_flag=True, help="The accounts begin these touches themselves: foretell silence.")
@click.option("--silent-for", type=click.IntRange(7, 730), help="Days, for --inbound.  [default: quiet_days]")
@click.option("--config", "-c", type=click.Path(path_type=Path), help="Its cadences, and without FILE its store's log.")
@crm_option
@resamples_option
@out_option
@json_option
def cold(files: tuple[str, ...], as_json: bool, out: Path | None, until: Any, **asked: Any) -> None:
    """What alerts about silent accounts would have been worth. FILE: a row for each visit; without, your own log."""
    from connector.host.cold.asked import Question, answer
    from connector.host.cold.data import answer_as_json, write_answer
    from connector.host.cold.told import say_answer

    columns = {ours: asked.pop(option) for option, ours in COLUMNS.items()}
    found = answer(Question(files, columns, until=until.date() if until else None, **asked))
    click.echo((answer_as_json if as_json else say_answer)(found))
    for path in write_answer(found, out) if out else ():
        click.echo(path, err=True)
