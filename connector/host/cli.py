"""The command `callplan`.

Exit codes   0 done · 1 a bug of ours · 2 a person must change something · 3 stopped for tonight ·
             75 try again later
Every import that costs time stands inside the command that needs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.errors import ConnectorError
from connector.host.commands.evaluate import evaluate
from connector.host.commands.first import init
from connector.host.commands.flags import flags
from connector.host.commands.keeping import backup, restore
from connector.host.commands.matches import matches
from connector.host.commands.options import (
    approve_option,
    config_option,
    crm_option,
    json_option,
    limit_option,
    log_option,
    select_option,
    today_option,
)
from connector.host.commands.purge import purge
from connector.host.commands.report import report
from connector.host.commands.service import scheduler, serve, web, worker
from connector.host.commands.sessions import sessions
from connector.host.commands.telling import digest
from connector.host.commands.tokens import tokens

if TYPE_CHECKING:
    from connector.host.open import Options


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="callplan")
def cli() -> None:
    """Turn claims data into a call plan that lives inside Salesforce or HubSpot."""


@cli.command()
@config_option
@crm_option
@log_option
@today_option
@approve_option
@select_option
@limit_option
def nightly(crm: str | None, **options: Any) -> None:
    """The whole night: read the CRM, decide tiers, lists and flags, write what differs."""
    _run("nightly", crm, options)


@cli.command()
@click.argument("job")
@config_option
@crm_option
@log_option
@today_option
@select_option
@limit_option
def run(job: str, crm: str | None, **options: Any) -> None:
    """One JOB by its name: nightly, send_digest, or one of the jobs that the night is made of."""
    _run(job, crm, options)


def _run(job: str, crm: str | None, given: dict[str, Any]) -> None:
    from connector.host.discover import job as find_job
    from connector.host.open import chosen_crms, open_config, open_run
    from connector.host.show import say_tally
    from connector.host.stopping import stoppable

    options = _options(given)
    with _worst_of_all(options.log) as each, stoppable(options):
        work, config = find_job(job), open_config(options.config)
        for name in chosen_crms(config, crm):
            with each():
                with open_run(options, config, name, job) as run:
                    run.tally.update(work(run))
                click.echo(say_tally(name, job, run))


@cli.command()
@config_option
@crm_option
@log_option
@today_option
@select_option
@limit_option
@json_option
@click.option("--out", type=click.Path(path_type=Path), help="Save it, for `callplan apply`.")
def plan(crm: str | None, as_json: bool, out: Path | None, **options: Any) -> None:
    """What tonight would write, record by record, before and after. Writes nothing."""
    from connector.host.discover import rehearsal
    from connector.host.open import chosen_crms, open_config, open_run
    from connector.host.plans import write_plans
    from connector.host.show import plan_as_data, plan_as_json, say_plan

    given, rehearse, plans = _options(options), rehearsal(), []
    with _worst_of_all(given.log) as each:
        config = open_config(given.config)
        for name in chosen_crms(config, crm):
            with each():
                with open_run(given, config, name, "plan") as run:
                    found = rehearse(run)
                plans.append(plan_as_data(name, found, run))
                click.echo((plan_as_json if as_json else say_plan)(name, found, run))
        if out:
            write_plans(out, plans)
            click.echo(f"Saved. `callplan apply {out}` carries it out as long as nothing has changed.", err=True)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
@log_option
@today_option
@click.option("--approve", metavar="HASH", help="Carry out a plan that a guard would stop.")
def apply(file: Path, config: Path, log: str, today: Any, approve: str | None) -> None:
    """Carry out the plan in FILE, made by `callplan plan --out`: exactly that, or nothing."""
    from connector.host.discover import job as find_job
    from connector.host.open import open_config, open_run
    from connector.host.plans import options_for
    from connector.host.show import say_tally
    from connector.host.stopping import stoppable

    with _worst_of_all(log) as each:
        loaded = open_config(config)
        for saved, options in options_for(loaded, log, today.date() if today else None, approve, file):
            with each(), stoppable(options):
                with open_run(options, loaded, saved.crm, "nightly") as run:
                    run.tally.update(find_job("nightly")(run))
                click.echo(say_tally(saved.crm, "apply", run))


@cli.command()
@config_option
@crm_option
def check(config: Path, crm: str | None) -> None:
    """What can be known to be wrong before the night: config, claims, login, fields, quota."""
    from connector.host.check import check_all

    for line in check_all(config, crm):
        click.echo(line)


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_option
@json_option
def intake(files: tuple[Path, ...], config: Path, as_json: bool) -> None:
    """What each of FILES is taken for: layout, columns, rows used and not, with reasons. Else those of the config."""
    from connector.host.intake import look_at_all

    for line in look_at_all(files, config, as_json=as_json):
        click.echo(line)


@cli.command()
@click.argument("crm")
@config_option
@log_option
@click.option("--dry-run", is_flag=True, help="Only validate, and say what would be made.")
@click.option("--assign", metavar="USERNAME", help="Give this user the permissions that the integration needs.")
@click.option("--with-npi", is_flag=True, help="Also make the field that holds the NPI, if you have none.")
def setup(crm: str, config: Path, log: str, dry_run: bool, assign: str | None, with_npi: bool) -> None:
    """Make in CRM what Callplan writes to and what managers look at. Twice is as once."""
    from connector.host.setup import set_up

    with _worst_of_all(log):
        for line in set_up(config, crm, dry_run=dry_run, assign=assign, key=with_npi):
            click.echo(line)


@cli.command()
@config_option
@crm_option
@json_option
def status(config: Path, crm: str | None, as_json: bool) -> None:
    """How the last runs ended, what was refused and why, and what cannot be matched."""
    from connector.host.show import say_status, status_as_json

    click.echo((status_as_json if as_json else say_status)(config, crm))


@cli.command()
@click.argument("npi")
@config_option
@crm_option
@json_option
def explain(npi: str, config: Path, crm: str | None, as_json: bool) -> None:
    """Why this account has its tier, its place in the list, and its flag."""
    from connector.host.explain import explain_as_json, say_explain

    click.echo((explain_as_json if as_json else say_explain)(config, crm, npi))


@cli.command()
@click.argument("run", type=int)
@config_option
@log_option
@click.option("--apply", is_flag=True, help="Do it. Without this, only say what would go back.")
def undo(run: int, config: Path, log: str, apply: bool) -> None:
    """Take back what RUN wrote, except what was changed since. Writes nothing without --apply."""
    from connector.host.open import Options
    from connector.host.undo import take_back

    with _worst_of_all(log):
        click.echo(take_back(Options(config, log), run, apply=apply))


@cli.command()
@click.argument("decision", type=click.Choice(["list", "accept", "reject"]), default="list")
@click.argument("number", type=int, required=False)
@config_option
@crm_option
@click.option("--by", help="Who decides.")
@click.option("--reason", default="", help="Why.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which an accepted edit stays.")
def overrides(
    decision: str, number: int | None, config: Path, crm: str | None, by: str | None, reason: str, until: Any
) -> None:
    """Edits of people to fields under `challenge`: list them, accept NUMBER or reject NUMBER."""
    from connector.host.overrides import decide, list_overrides

    if decision == "list":
        for line in list_overrides(config, crm):
            click.echo(line)
        return
    if number is None or not by:
        raise click.UsageError(f"Write: callplan overrides {decision} NUMBER --by NAME")
    state = {"accept": "accepted", "reject": "rejected"}[decision]
    click.echo(decide(config, number, state, by, reason, until.date() if until else None))


cli.add_command(sessions)
cli.add_command(matches)


@cli.command()
@click.argument("npi")
@click.argument("tier", type=click.Choice(["A", "B", "C"]))
@config_option
@click.option("--by", required=True, help="Who fixes it.")
@click.option("--reason", default="", help="Why.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it holds.")
def lock(npi: str, tier: str, config: Path, by: str, reason: str, until: Any) -> None:
    """Fix the TIER of the account with this NPI, whatever the claims say; it takes one of its rep's places."""
    from callplan.model import Tier
    from connector.host.overrides import lock as fix

    for line in fix(config, npi, Tier(tier), by, reason, until.date() if until else None):
        click.echo(line)


@cli.command()
@click.argument("npi")
@config_option
@click.option("--by", required=True, help="Who lets it go.")
def unlock(npi: str, config: Path, by: str) -> None:
    """Let the claims decide again about the tier of the account with this NPI."""
    from connector.host.overrides import unlock as let_go

    for line in let_go(config, npi, by):
        click.echo(line)


@cli.command()
@click.argument("decision", type=click.Choice(["list", "dismiss"]), default="list")
@click.argument("number", type=int, required=False)
@config_option
@crm_option
@json_option
@click.option("--npi", help="Only of this account.")
@click.option("--by", help="Who dismisses it.")
@click.option("--reason", default="", help="Why.")
def signals(
    decision: str, number: int | None, config: Path, crm: str | None, as_json: bool, npi: str | None, **said: str | None
) -> None:
    """What has moved at accounts and waits for review: list it, or dismiss NUMBER."""
    from connector.host.signals import dismiss, say_signals, signals_as_json

    if decision == "list":
        click.echo((signals_as_json if as_json else say_signals)(config, crm, npi))
        return
    if number is None or not said["by"] or not said["reason"]:
        raise click.UsageError("Write: callplan signals dismiss NUMBER --by NAME --reason WHY")
    click.echo(dismiss(config, number, said["by"], said["reason"]))


cli.add_command(flags)


@cli.command()
@click.argument("what", type=click.Choice(["show", "suggest"]), default="show")
@config_option
@crm_option
@json_option
@click.option("--reps", type=click.IntRange(min=1), help="suggest: for so many, instead of those there are.")
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="suggest: by how much a workload may differ from the mean.",
)
@click.option(
    "--worth-minutes",
    type=click.FloatRange(min=0),
    default=10,
    show_default=True,
    help="suggest: of driving to each visit, that a change of hands must save.",
)
@click.option("--out", type=click.Path(path_type=Path), help="suggest: save it as .csv or .xlsx, for the config.")
def territories(what: str, config: Path, crm: str | None, as_json: bool, out: Path | None, **asked: Any) -> None:
    """Today's territories side by side, or how they should be cut. The CRM is neither asked nor changed."""
    from connector.host.alignment import present_as_json, say_present
    from connector.host.proposal import proposal_as_json, say_proposal, write_proposal
    from connector.host.territories import grounds, suggest

    found = grounds(config, crm, one=bool(out))
    if what == "show":
        click.echo(present_as_json(found) if as_json else say_present(found))
        return
    suggested = [(ground, suggest(ground, **asked)) for ground in found]
    told = proposal_as_json(suggested) if as_json else say_proposal(suggested, asked["tolerance"])
    click.echo(told)
    if out:
        click.echo(write_proposal(*suggested[0], out), err=True)


@cli.command()
@config_option
@crm_option
@click.option("--rep", metavar="EMAIL", help="Only this rep's.")
def week(config: Path, crm: str | None, rep: str | None) -> None:
    """The present call list of each rep, day by day: hours, drives, reasons, and what found no place."""
    from connector.host.week.listed import say_weeks
    from connector.host.week.reading import read_weeks

    click.echo(say_weeks(read_weeks(config, crm, rep)))


@cli.command()
@click.argument("what", type=click.Choice(["week"]))
@config_option
@crm_option
@click.option("--rep", metavar="EMAIL", help="Only this rep's.")
@click.option(
    "--format", "form", type=click.Choice(["xlsx", "ics", "gpx", "svg", "all"]), default="all", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FOLDER", default=Path(), help="Where to. [default: here]"
)
def export(what: str, config: Path, crm: str | None, rep: str | None, form: str, out: Path) -> None:
    """The present call list as files that reps take along: Excel, calendar, GPX, and a map of each day."""
    from connector.host.week.export import write_weeks
    from connector.host.week.reading import read_weeks

    for path in write_weeks(read_weeks(config, crm, rep), form, out):
        click.echo(path)


@cli.command()
@click.argument("what", type=click.Choice(["build", "show"]))
@click.argument("of", nargs=-1, metavar="EXTRACT | FROM TO")
@config_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="build: where.  [default: roads/NAME]")
@click.option("--tools", type=click.Path(path_type=Path), metavar="FOLDER", help="build: where OSRM's tools are.")
def roads(what: str, of: tuple[str, ...], config: Path, out: Path | None, tools: Path | None) -> None:
    """Build an OpenStreetMap EXTRACT for OSRM; or show the drive FROM one ZIP or point TO another."""
    from connector.host.roads import build_roads, show_drive

    if len(of) != {"build": 1, "show": 2}[what]:
        raise click.UsageError("Write: callplan roads build EXTRACT.osm.pbf, or callplan roads show FROM TO")
    told = build_roads(Path(of[0]), out, tools, _to_stderr) if what == "build" else show_drive(config, *of)
    for line in told:
        click.echo(line)


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


@cli.command()
@click.argument("run", type=int)
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@config_option
def changes(run: int, folder: Path, config: Path) -> None:
    """Two CSV files in FOLDER: what RUN wrote, and what it could not write with the remedy."""
    from connector.host.changes import write_changes

    for path in write_changes(config, run, folder):
        click.echo(path)


@cli.command()
@config_option
def audit(config: Path) -> None:
    """Follow the audit log's chain from its first line, and compare its end with the store."""
    from connector.host.open import chosen_crms, open_config, open_store
    from connector.store.audit import Audit

    loaded = open_config(config)
    path = loaded.path.parent / loaded.value.audit
    found = Audit(path).verify(open_store(loaded, chosen_crms(loaded, None)[0]).journal.anchors())
    if found.problem:
        from connector.errors import NeedsHuman

        raise NeedsHuman(
            f"The audit log was tampered with. {found.problem}",
            next_step="Compare it with a back-up; lines up to there are as they were written.",
        )
    click.echo(f"{path}: {found.head.lines:,} lines, each as it was written. The last is {found.head.hash[:16]}.")


@cli.command()
@click.option(
    "--config", "-c", type=click.Path(path_type=Path), help="Its claims and families.  [default: config.yaml]"
)
@click.option("--claims", multiple=True, metavar="FILE", help="These instead; then no config is needed. Repeatable.")
@click.option(
    "--registry", multiple=True, metavar="FILE", help="NPPES, Doctors and Clinicians, affiliations. Repeatable."
)
@click.option("--code", "codes", multiple=True, metavar="CODE", help="On file: 92920 or 92920-92944. Repeatable.")
@click.option("--volume", metavar="RANGE", help="Procedures a year of those codes, or of the families: 50-, 50-500.")
@click.option("--diagnosis", "diagnoses", multiple=True, metavar="ICD", help="On file: I48 or I20-I25. Repeatable.")
@click.option("--diagnosis-least", metavar="LEAST", help="Of the volume, for these diagnoses: 20% or 50.")
@click.option("--specialty", "specialties", multiple=True, metavar="NAME", help="Repeatable.")
@click.option("--taxonomy", "taxonomies", multiple=True, metavar="CODE", help="Or its first characters. Repeatable.")
@click.option("--state", "states", multiple=True, metavar="STATE", help="Repeatable.")
@click.option("--zip", "zips", multiple=True, metavar="ZIP", help="Or its first digits. Repeatable.")
@click.option("--county", "counties", multiple=True, metavar="COUNTY", help='Such as "Polk, IA". Repeatable.')
@click.option("--near", metavar="PLACE", help='A ZIP, or a point: "41.59, -93.62".')
@click.option("--within", metavar="DISTANCE", help="Of --near: 40mi, or 60min by road, estimated.")
@click.option("--practice-size", metavar="RANGE", help="Clinicians: 5-50, 5-, -50.")
@click.option("--trend", metavar="CHANGE", help="+20%: up by that or more; -20%: down by that or more.")
@click.option(
    "--before", multiple=True, metavar="FILE", help="Earlier claims, or totals by year, for --trend. Repeatable."
)
@click.option("--affiliation", metavar="TEXT", help="An organisation's id, or part of its name.")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many.  [default: 20 on the terminal, else all]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the list: .xlsx or .csv.")
@json_option
def find(
    config: Path | None,
    claims: tuple[str, ...],
    registry: tuple[str, ...],
    limit: int | None,
    out: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Who is out there that fits, best first, and the same filter as YAML for the plan. All that is given must hold."""
    from connector.host.find import Question, ask
    from connector.host.listing import found_as_json, say_found, stop_unless_a_list, write_list

    if out:
        stop_unless_a_list(out)
    given = {key: value for key, value in where.items() if value not in (None, ())}
    answer = ask(Question(given, config, claims, registry))
    for line in [found_as_json(answer, limit)] if as_json else say_found(answer, limit or 20):
        click.echo(line)
    if out:
        write_list(answer, out, limit)
        click.echo(out, err=True)


@cli.command()
@click.option("--claims", type=click.Path(path_type=Path), help="A folder or file of public CMS claims.")
@click.option("--keep", is_flag=True, help="Leave the sandbox running, and the folder in place.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to put config, store and sample data.")
@today_option
def demo(claims: Path | None, keep: bool, folder: Path | None, today: Any) -> None:
    """A whole night on sample data against a Salesforce and a HubSpot on this machine."""
    from connector.host.demo import run_demo

    run_demo(claims, keep=keep, folder=folder, today=today.date() if today else None, say=click.echo)


@cli.command()
@click.option("--claims", type=click.Path(path_type=Path), help="A folder or file of public CMS claims.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("callplan-sandbox"), show_default=True)
@click.option("--accounts", type=click.IntRange(20, 800), default=800, show_default=True, help="Of the sample.")
def sandbox(claims: Path | None, folder: Path, accounts: int) -> None:
    """Both sandbox CRMs, filled, with a config that reaches them, until Ctrl-C."""
    from connector.host.demo import run_sandbox

    run_sandbox(claims, folder, accounts, say=click.echo)


cli.add_command(init)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
def schema(folder: Path) -> None:
    """Write the JSON Schemas of config and mapping, for editors that complete YAML, and the API's OpenAPI document."""
    from connector.config import write_schemas
    from connector.host.discover import adapters
    from connector.host.web.api.openapi import write as write_openapi

    for path in write_schemas(folder, {name: adapter.Settings for name, adapter in adapters().items()}):
        click.echo(path)
    click.echo(write_openapi(folder))


cli.add_command(evaluate)
cli.add_command(report)
cli.add_command(purge)
cli.add_command(digest)
cli.add_command(tokens)
for part in (serve, web, scheduler, worker, backup, restore):
    cli.add_command(part)


def _options(given: dict[str, Any]) -> Options:
    from connector.host.open import Options
    from connector.sync.select import selection

    today, chosen = given.get("today"), selection(given["select"], given["limit"])
    return Options(given["config"], given["log"], today.date() if today else None, given.get("approve"), chosen)


@contextmanager
def _worst_of_all(log: str) -> Iterator[Callable[[], Any]]:
    """One CRM in trouble does not cost the others their night; the worst exit code is the command's."""
    codes: list[int] = []

    @contextmanager
    def each() -> Iterator[None]:
        try:
            yield
        except ConnectorError as error:
            codes.append(_say(error, log))

    with each():
        yield each
    if codes:
        sys.exit(min(codes))  # 2 before 3 before 75: what needs a person is said first


def _say(error: ConnectorError, log: str = "text") -> int:
    """On standard error, in the form that the log has there."""
    told = {"event": "error", "exit_code": error.exit_code, "why": str(error)}
    click.echo(json.dumps(told) if log == "json" else str(error), err=True)
    return error.exit_code


def main() -> None:
    try:
        cli.main(standalone_mode=False)
    except ConnectorError as error:
        sys.exit(_say(error))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Run the same command again; it goes on from where this one was.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
