"""Runs: what the nights did and what waits for a person; a night that was stopped is called anew, a job is run now.

A worker runs it; the page shows it waiting, then running, and looks again by itself until it is done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim
from flask import Response, request
from werkzeug.exceptions import BadRequest

from connector.host.discover import job_names
from connector.host.remedies import for_row
from connector.host.web.calls import calls_chart
from connector.host.web.charts import draw
from connector.host.web.here import Here, here, number
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.sheets import as_csv
from connector.host.web.who import Role, Stale, allowed
from connector.store.nights import OPEN
from connector.store.reads import runs as reads
from connector.store.reads.runs import REFUSED, RUNS, Scheduled

DAYS = 30  # of calls in the chart
FIRST = 20  # rejected rows and refusals on the page of all runs
NOBODY = timedelta(minutes=2)  # after which a night that is due and waits says that no worker may be there


@blueprint.get("/<crm>/runs")
@allowed(Role.ADMIN)
def runs(crm: str) -> Response:
    at, before = here(crm), request.args.get("before", type=number)
    with at.reading() as connection:
        nights = [] if before else still_told(reads.last_nights(connection, crm))
        found = reads.last_runs(connection, crm, before)
        shown: dict[str, Any] = {"nights": nights, "runs": found[:RUNS], "older": _older(found), "before": before}
        shown |= {"due": due(nights, at.now), "unheard": unheard(nights, at.now), "coming": _coming(at), "again": again}
        if request.headers.get("HX-Request"):
            return at.page("runs_part.html", **shown)
        dead = reads.dead_letters(connection, crm)
        vintage = reads.last_vintage(connection, crm)
        days = reads.spent(connection, crm, at.now.astimezone(UTC).date(), DAYS)
        waiting = reads.waiting(connection, crm)
    share = at.config.guards.quota_share
    chart = calls_chart(days, share) if any(day.calls for day in days) else None
    return at.page(
        "runs.html",
        **shown,
        dead=dead[:FIRST],
        more_dead=len(dead) > FIRST,
        vintage=vintage,
        most=FIRST,
        days=days,
        share=share,
        chart=draw(chart) if chart else None,
        says=chart.says if chart else "",
        waiting=waiting,
        jobs=job_names(),
    )


@blueprint.post("/<crm>/runs")
@allowed(Role.ADMIN)
def run_now(crm: str) -> Any:
    at, job = here(crm), request.form.get("job", "")
    if job not in job_names():
        raise BadRequest(f"There is no job of that name. Jobs: {', '.join(job_names())}.")
    ask(at, job)
    return at.back("pages.runs", f"{job} is due now. A worker takes it, and this page shows what becomes of it.")


@blueprint.post("/<crm>/runs/nights/<int:night>/retry")
@allowed(Role.ADMIN)
def retry(crm: str, night: int) -> Any:
    """Only the last one of its job, and only once: from then on there is a later one."""
    at = here(crm)
    with at.reading() as connection:
        found = next((one for one in reads.last_nights(connection, crm) if one.id == night), None)
        newest = reads.open_night(connection, crm, [found.job]) if found else None
    if not found or found.state != "stopped" or newest != found or not again(found.job):
        raise Stale
    ask(at, found.job)
    return at.back("pages.runs", f"{found.job} is called once more. A worker takes it.")


@blueprint.get("/<crm>/runs/refused")
@allowed(Role.ADMIN)
def refused(crm: str) -> Response:
    at = here(crm)
    with at.reading() as connection:
        dead = reads.dead_letters(connection, crm, request.args.get("before", type=number))
    return at.page("refused.html", dead=dead[:REFUSED], older=dead[REFUSED - 1].id if len(dead) > REFUSED else None)


@blueprint.get("/<crm>/runs/rejected.csv")
@allowed(Role.ADMIN)
def rejected(crm: str) -> Response:
    """All rows that the last reading of the inputs could not use, of which the store keeps only the first."""
    at = here(crm)
    path = at.site.config.path.parent / at.config.rejected

    def lines() -> Iterator[Sequence[object]]:
        if not path.is_file():
            return
        with path.open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                yield row["file"], row["line"], row["reason"], for_row(row["reason"])

    return as_csv("rejected.csv", ("file", "line", "reason", "remedy"), lines())


def ask(at: Here, job: str, event: str = "asked", **facts: object) -> None:
    """For a worker, with who asked for it on record first; not while the same is waiting or running."""
    with at.reading() as connection:
        if reads.is_open(reads.open_night(connection, at.crm, [job])):
            raise Stale("It is asked for already: it waits, or it runs.")
    at.store.journal.note(event, at.now, job=job, by=at.viewer.email, **facts)
    if not at.site.database.nights.ask(at.crm, job, at.now, at.viewer.email):
        raise Stale("It was asked for within this minute.")


def due(nights: Sequence[Scheduled], now: datetime) -> bool:
    """Whether something is under way, or would be with a worker there: the page looks again by itself."""
    return any(one.state == "running" or (one.state == "waiting" and one.not_before <= now) for one in nights)


def unheard(nights: Sequence[Scheduled], now: datetime) -> bool:
    """Whether one has been due for long and nobody takes it."""
    busy = any(one.state == "running" for one in nights)
    return not busy and any(one.state == "waiting" and one.not_before + NOBODY <= now for one in nights)


def again(job: str) -> bool:
    """What was approved is not done again unseen: it is to be looked at and approved anew."""
    return job in job_names() or job == "plan"


def still_told(nights: Sequence[Scheduled]) -> list[Scheduled]:
    """Those that wait or run, and those that were stopped and not called once more since."""
    newest = {one.job: one for one in reversed(nights)}
    return [one for one in nights if one.state in OPEN or (one.state == "stopped" and newest[one.job] == one)]


def _coming(at: Here) -> list[tuple[str, datetime]]:
    """When the schedule calls each job next."""
    here = at.now.astimezone(ZoneInfo(at.config.time_zone))
    return [(job, next(CronSim(line, here)).astimezone(UTC)) for job, line in at.config.schedule.items()]


def _older(found: Sequence[Any]) -> int | None:
    return found[RUNS - 1].id if len(found) > RUNS else None
