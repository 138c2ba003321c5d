"""The report of a log of visits in a file: what an account is called, and what counts, the command says.

Targets are the accounts that were seen on any row before the cycle and have a goal, under the tier that they had last.
An account is the rep's who was there last before the cycle. Only rows that count are touches; one an account and day.

Errors   NeedsHuman: a goal or a cadence for a tier that no row has; nobody seen before the cycle
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from callplan.model import CallPlan, Calls, Counts, Cycle, Days, Group, Log, Marks, Material, Named, Numbers, Texts
from connector.cycle import cycle_of, named
from connector.errors import NeedsHuman
from connector.host.discover import scorecard
from connector.host.log import make_log
from connector.host.report.reported import Report, said_day, say_cycle
from connector.host.words import count
from connector.intake.visits import LogRead, columns_of, holds, read_log
from connector.yamlfile import nearest

NO_TIER = "without a tier"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    files: tuple[Path, ...]
    cycle: str | None = None
    goal: tuple[str, ...] = ()
    cadence: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)  # ours to theirs
    today: date | None = None


def report_log(asked: Asked) -> Report:
    counts = [_in_its_words(condition, asked.columns) for condition in asked.counts]
    read = read_log(asked.files, asked.columns, columns_of(counts, "--counts"), tell=make_log("text"))
    log, end = read.log, read.log.day.max().item()
    cycle = cycle_of(asked.cycle) if asked.cycle else named(date(end.year, 1, 1), date(end.year, 12, 31))
    today = asked.today or end + timedelta(days=1)
    counted = holds(log, counts, "--counts") & (log.day <= np.datetime64(today, "D"))
    accounts = _Accounts.before(log, cycle)
    measure, targets = scorecard()
    created, noted = _on_record(read)
    material = Material(
        _plan(asked, accounts, cycle, today),
        Calls(accounts.row[counted], log.day[counted], created[counted], noted[counted]),
        _each("--cadence", asked.cadence, accounts.tier, np.nan),
        np.full(len(accounts.id), np.nan),
    )
    groups = _groups(accounts, log.rep[counted], material, cycle)
    named_ = Named(accounts.id, np.full(len(accounts.id), ""), accounts.rep, _told(accounts.tier))
    return Report(
        of=", ".join(path.name for path in asked.files),
        cycle=cycle,
        today=today,
        measured=measure(material, groups, cycle, today),
        targets=tuple(targets(material, named_, cycle, today)),
        about=[*_about(asked, read, cycle, today, int(counted.sum()))],
        account="Account",
    )


def _in_its_words(condition: str, columns: Mapping[str, str | None]) -> str:
    """A condition on `kind`, where the command says which column that is."""
    name, equals, value = condition.partition("=")
    return f"{columns.get(name.strip().lower()) or name}{equals}{value}"


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Every account of the log, as columns (n,), and the account of each row (m,)."""

    id: Texts
    row: Counts
    seen: Marks  # on any row before the cycle
    tier: Texts  # the last before the cycle
    rep: Texts

    @classmethod
    def before(cls, log: Log, cycle: Cycle) -> _Accounts:
        ids, row = np.unique(log.account, return_inverse=True)
        row, earlier = row.astype(np.int64), log.day < np.datetime64(cycle.first, "D")
        if not earlier.any():
            first, last = log.day.min().item(), log.day.max().item()
            raise NeedsHuman(
                f"No account was seen before {cycle.first}, so that the cycle {cycle.name} has no targets.",
                next_step=f"The log goes from {first} to {last}: name the years before too, each with a --log "
                f"of its own, or a later cycle, such as --cycle {first + (last - first) // 2}..{last}.",
            )
        seen = np.zeros(len(ids), dtype=np.bool_)
        seen[row[earlier]] = True
        return cls(ids, row, seen, _last(log.tier, log, row, earlier), _last(log.rep, log, row, earlier))


def _last(said: Texts, log: Log, row: Counts, rows: Marks) -> Texts:
    """Of each account what its last row says that says anything; of two on one day the later in the alphabet."""
    found = np.full(int(row.max()) + 1, "", dtype=said.dtype)
    telling = np.flatnonzero(rows & (said != ""))
    in_time = telling[np.lexsort((said[telling], log.day[telling]))]
    found[row[in_time]] = said[in_time]  # of equal indices numpy keeps the last
    return found


def _plan(asked: Asked, accounts: _Accounts, cycle: Cycle, today: date) -> CallPlan:
    if not asked.goal:
        raise NeedsHuman("A log says no goals.", next_step='Write --goal 2, or by tier --goal "A=4" --goal "B=1".')
    goal = np.where(accounts.seen, _each("--goal", asked.goal, accounts.tier, 0.0), 0.0)
    n, (over, days) = len(goal), weekdays(cycle, today)
    first, last = (np.full(n, day, dtype="datetime64[D]") for day in (cycle.first, cycle.last))
    return CallPlan(goal, first, last, np.full(n, over / max(days, 1)), np.full(n, np.nan))


def _each(option: str, written: Sequence[str], tier: Texts, without: float) -> Numbers:
    """A number for each account: of all, or by TIER=NUMBER of those of a tier."""
    found, there = np.full(len(tier), without), sorted({*tier.tolist()} - {""})
    for text in sorted(written, key=lambda one: "=" in one):
        name, _, number = text.rpartition("=")
        if name and name.strip().lower() not in {one.lower() for one in there}:
            raise NeedsHuman(
                f'{option}: no account had the tier "{name}" before the cycle. {nearest(name, there)}',
                next_step="Write it as the log does.",
            )
        if not number.strip().isdecimal():
            raise NeedsHuman(f'{option} "{text}": {number} is no whole number.', next_step="Write 2, or TIER=2.")
        found[(np.char.lower(tier) == name.strip().lower()) if name else slice(None)] = float(number)
    return found


def weekdays(cycle: Cycle, today: date) -> tuple[int, int]:
    """Of a cycle, those that are over, and all."""
    now = min(max(today, cycle.first), cycle.last + timedelta(days=1))
    return int(np.busday_count(cycle.first, now)), int(np.busday_count(cycle.first, cycle.last + timedelta(days=1)))


def _on_record(read: LogRead) -> tuple[Days, Numbers]:
    log, never = read.log, np.datetime64("NaT", "D")
    created = log.created if "created" in read.columns else np.full(len(log.day), never)
    return created, np.full(len(log.day), np.nan)


def _groups(accounts: _Accounts, maker: Texts, material: Material, cycle: Cycle) -> Iterator[Group]:
    row, at, seen = material.calls.account, material.calls.at, accounts.seen
    yield Group("all", "everybody", seen, seen, np.ones(len(row), dtype=np.bool_))
    inside = (at >= np.datetime64(cycle.first, "D")) & (at <= np.datetime64(cycle.last, "D"))
    for name in sorted({*accounts.rep[seen].tolist(), *maker[inside].tolist()} - {""}):
        mine = seen & (accounts.rep == name)
        yield Group("rep", name, mine, mine, maker == name)
    tier = _told(accounts.tier)
    for name in np.unique(tier[seen]).tolist():
        mine = seen & (tier == name)
        yield Group("tier", name, mine, mine, mine[row])


def _told(tier: Texts) -> Texts:
    return np.where(tier == "", NO_TIER, tier)


def _about(asked: Asked, read: LogRead, cycle: Cycle, today: date, counted: int) -> Iterator[str]:
    log = read.log
    yield say_cycle(cycle, today, *weekdays(cycle, today), "weekdays")
    begin, end = log.day.min().item(), log.day.max().item()
    yield f"The log goes from {said_day(begin)} to {said_day(end)}; what was before it is not known."
    what = f"with {' and '.join(asked.counts)} count" if asked.counts else "count, of whatever kind"
    yield f"{counted:,} of its {count(read.rows - read.rows_rejected, 'row')} {what}."
    yield f"Targets were seen on any row before {said_day(cycle.first)}. A goal is {', '.join(asked.goal)}."
    if read.rejected:
        first = read.rejected[0]
        told = f"{first.file}:{first.line}: {first.reason}"
        yield f"{count(read.rows_rejected, 'row')} could not be used, such as {told}."
