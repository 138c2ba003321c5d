"""`callplan report`: how far the call plan was carried out, from the store or from a log of visits in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.host.commands.options import config_option, crm_option, json_option

COLUMNS = {
    "account": "which account",
    "date": "the day",
    "tier": "its tier",
    "kind": "the kind",
    "created": "when logged",
}


def _columns(command: Any) -> Any:
    for name, what in reversed(COLUMNS.items()):
        command = click.option(f"--{name}", metavar="COLUMN", help=f"Of the log, the column that says {what}.")(command)
    return command


@click.command()
@config_option
@crm_option
@click.option(
    "--cycle",
    help="2026, 2026-Q4, 2026-11 or 2026-10-01..2026-12-31.  [default: the present one; of a log, its last year]",
)
@click.option("--rep", metavar="EMAIL", help="Only this rep's. With --log: the column that says who was there.")
@click.option("--manager", metavar="EMAIL", help="Only those of this manager's reps.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The first day that is not over.  [default: today]")
@click.option("--log", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="A log instead.")
@_columns
@click.option("--counts", multiple=True, metavar="COLUMN=VALUE", help="Of the log, only such rows are touches.")
@click.option("--goal", multiple=True, metavar="NUMBER", help="Touches in the cycle: 2, or A=4 of a tier. Repeatable.")
@click.option("--cadence", multiple=True, metavar="DAYS", help="For coverage: 90, or A=30 of a tier. Repeatable.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it: .xlsx or .html.")
@json_option
def report(files: tuple[Path, ...], out: Path | None, as_json: bool, **asked: Any) -> None:
    """How far the call plan was carried out: reach, frequency, attainment, adherence, coverage, flags, logging."""
    from connector.host.report.out import stop_unless_written, write_report
    from connector.host.report.told import reports_as_json, say_report

    if out:
        stop_unless_written(out)
    reports = _of_logs(files, asked) if files else _of_crms(asked)
    if as_json:
        click.echo(reports_as_json(reports))
    else:
        click.echo("\n\n".join("\n".join(say_report(one)) for one in reports))
    for path in write_report(reports, out) if out else ():
        click.echo(path, err=True)


def _of_logs(files: tuple[Path, ...], asked: dict[str, Any]) -> list[Any]:
    from connector.host.report.logged import Asked, report_log

    _stop_at(asked, ("crm", "manager"), "is of a CRM, not of a log")
    columns = {ours: asked[name] for name, ours in {**{n: n for n in COLUMNS}, "date": "day", "rep": "rep"}.items()}
    rest = {name: asked[name] for name in ("cycle", "goal", "cadence", "counts")}
    return [report_log(Asked(files, columns=columns, today=_day(asked), **rest))]


def _of_crms(asked: dict[str, Any]) -> list[Any]:
    from connector.host.report.stored import Wanted, report_crms

    _stop_at(asked, (*COLUMNS, "counts", "goal", "cadence"), "is of a log. Name its file with --log")
    wanted = {name: asked[name] for name in ("config", "crm", "cycle", "rep", "manager")}
    return list(report_crms(Wanted(today=_day(asked), **wanted)))


def _stop_at(asked: dict[str, Any], names: tuple[str, ...], why: str) -> None:
    from connector.errors import NeedsHuman

    if given := [name for name in names if asked[name]]:
        raise NeedsHuman(f"--{given[0]} {why}.", next_step="Leave it out otherwise.")


def _day(asked: dict[str, Any]) -> Any:
    return asked["today"].date() if asked["today"] else None
