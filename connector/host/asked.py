"""What a night is to do: a job by its name, or what somebody asked for on a page.

    plan           what tonight would write, kept to be looked at
    apply HASH     the night, if that is still what it would write
    undo 12        what of run 12 would go back, kept to be looked at
    undo 12 HASH   it goes back, if that is still what would

What was begun and broken off by a stop goes on, as long as what is left of it is part of what was looked at.

Errors   StopForTonight: what was approved is not what would be written now; nothing is
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

from connector.config import Config
from connector.contract import Value
from connector.errors import StopForTonight
from connector.host.discover import job, rehearsal
from connector.host.open import Options, open_config
from connector.host.show import forecast, say_value
from connector.host.undo import look, put_back
from connector.run import Run
from connector.store.drafts import New, Row
from connector.store.journal import Difference, Tally
from connector.store.nights import Night
from connector.sync.diff import Rehearsal
from connector.yamlfile import Loaded

TOLD = 50  # proposals, and fields that stay, that are told one by one

Work = Callable[[Run], Tally]


class Opens(Protocol):
    """From a config to a run of one job, as `open_run` does it."""

    def __call__(self, options: Options, config: Loaded[Config], crm: str, job: str) -> AbstractContextManager[Run]: ...


def carry_out(night: Night, options: Options, opens: Opens, begun: Callable[[int], object]) -> None:
    """`begun` is told the number of the run."""
    name, work, options = _work(night, options)
    with opens(options, open_config(options.config), night.crm, name) as run:
        begun(run.id)
        if night.by:
            run.store.journal.asked_by(run.id, night.by)
        run.tally.update(work(run))


def _work(night: Night, options: Options) -> tuple[str, Work, Options]:
    """What the run is called, what it does, and with which options."""
    match night.job.split():
        case ["plan"]:
            return night.job, partial(make_plan, by=night.by or ""), options
        case ["apply", plan]:
            return "nightly", partial(apply, plan=plan, earlier=night.runs or []), options
        case ["undo", number]:
            return night.job, partial(look_back, of=int(number), by=night.by or ""), options
        case ["undo", number, looked_at]:
            return night.job, partial(take_back, of=int(number), looked_at=looked_at, earlier=night.runs or []), options
        case _:
            return night.job, job(night.job), options


def make_plan(run: Run, by: str) -> Tally:
    """What tonight would write. Writes nothing into the CRM."""
    found: Rehearsal = rehearsal()(run)
    target = run.mapping.value.targets.get("tier")
    rows = [_row(change, target.field if target else "") for change in found.diff.differences]
    told = {
        **_counted(found.diff.differences, rows),
        "unchanged": found.diff.unchanged,
        "would_stop": list(found.would_stop),
        "announced": list(run.announced),
        "forecast": forecast(found, run),
        "proposals": len(found.diff.proposals),
        "proposed": [
            {"record": p.record, "npi": p.npi, "field": p.field, "now": p.edited, "planned": p.planned}
            for p in found.diff.proposals[:TOLD]
        ],
    }
    run.store.drafts.save(New("plan", run.id, found.hash, run.today, run.clock.now(), by, told), rows)
    return {"would_change": len(rows), "unchanged": found.diff.unchanged}


def look_back(run: Run, of: int, by: str) -> Tally:
    """What of a run would go back. Writes nothing into the CRM."""
    found = look(run, of)
    rows = [_row(change, "") for change in found.differences]
    told = {
        **_counted(found.differences, rows),
        "left": len(found.left),
        "stays": [
            {"record": one.record, "npi": one.npi, "field": one.field, "now": one.now, "written": one.written}
            for one in found.left[:TOLD]
        ],
    }
    new = New(f"undo {of}", run.id, found.hash(run.store.crm, of), run.today, run.clock.now(), by, told)
    run.store.drafts.save(new, rows)
    return {"would_go_back": len(rows), "left_as_changed": len(found.left)}


def apply(run: Run, plan: str, earlier: Sequence[int]) -> Tally:
    """`earlier` are the runs that were to do the same, and were stopped."""
    if not run.store.journal.has_begun(earlier, plan):
        tally: Tally = job("nightly")(run.but(approve=plan))
        return tally
    left: Rehearsal = rehearsal()(run)
    if not run.store.drafts.holds("plan", plan, left.diff.differences):
        raise StopForTonight(
            f"Plan {plan} was broken off, and what would be written now is not part of it any more.",
            next_step="What it had written stays. Make a new plan on the page of plans, and look at it.",
        )
    rest: Tally = job("nightly")(run.but(approve=left.hash))
    return rest


def take_back(run: Run, of: int, looked_at: str, earlier: Sequence[int]) -> Tally:
    found = look(run, of)
    goes_on = run.store.journal.has_begun(earlier, looked_at)
    goes_on = goes_on and run.store.drafts.holds(f"undo {of}", looked_at, found.differences)
    if not goes_on and found.hash(run.store.crm, of) != looked_at:
        raise StopForTonight(
            f"What of run {of} would go back is not what was looked at. Nothing was written.",
            next_step="The CRM has changed since. Look at it again on the page of the run.",
        )
    run.store.journal.carry_out(run.id, looked_at)
    put_back(run, of, found)
    return run.tally


def _row(change: Difference, tier: str) -> Row:
    move = f"{_tier(change.before.get(tier))} > {_tier(change.after[tier])}" if tier in change.after else ""
    return Row(change.id, change.npi, change.before, change.after, move)


def _tier(value: Value) -> str:
    return value if isinstance(value, str) and value else "none" if value in (None, "") else say_value(value)


def _counted(changes: Sequence[Difference], rows: Sequence[Row]) -> dict[str, Any]:
    """Records, and how many by field and by move of the tier, the most first."""
    fields, moves = Counter(_names(changes)), Counter(row.move for row in rows if row.move)
    return {"records": len(rows), "fields": dict(fields.most_common()), "moves": dict(moves.most_common())}


def _names(changes: Sequence[Difference]) -> Iterator[str]:
    for change in changes:
        yield from change.after
