"""Plan, status and explain, in plain words for people and as JSON for machines.

The words are those of the CRM's labels; names of providers are not shown, only NPIs and CRM ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from connector.contract import Value
from connector.host.matches import say_waiting
from connector.host.open import TELLING, chosen_crms, open_config, open_store
from connector.host.remedies import in_words
from connector.intake.own import READY_MADE
from connector.run import Run
from connector.store import Store
from connector.store.journal import Difference, Refusal
from connector.store.nights import Night
from connector.sync.diff import Rehearsal


def say_tally(crm: str, job: str, run: Run) -> str:
    return "\n".join([f"{crm}: {job} done for {run.today:%A %d %B %Y}. {in_words(run.tally)}.", *_announced(run)])


def _announced(run: Run) -> list[str]:
    return [f"  {what}" for what in run.announced]


def say_plan(crm: str, rehearsal: Rehearsal, run: Run) -> str:
    found = rehearsal.diff
    lines = [f"{crm}: TONIGHT WOULD STOP. {why}" for why in rehearsal.would_stop]
    beyond = f" {found.beyond:,} more differ and are beyond --limit." if found.beyond else ""
    lines += [
        f"{crm}: {len(found.differences):,} records would change, {found.unchanged:,} would not.{beyond} "
        f"{_calls(len(found.differences), run)} Nothing was written.",
        f"  This is plan {rehearsal.hash}, for {run.today:%A %d %B %Y}.",
    ]
    lines += _announced(run)
    lines += [
        f"  {p.record} NPI {p.npi} {p.field}: a person wrote {say_value(p.edited)}, "
        f"the plan says {say_value(p.planned)}; it would be proposed to stay."
        for p in found.proposals
    ]
    return "\n".join([*lines, *say_changes(found.differences)])


def say_changes(differences: Iterable[Difference]) -> Iterator[str]:
    """Record by record, what is there and what would be."""
    for change in differences:
        yield f"  {change.id}  NPI {change.npi}"
        for name, value in change.after.items():
            yield f"      {name}: {say_value(change.before.get(name))} -> {say_value(value)}"


def plan_as_data(crm: str, rehearsal: Rehearsal, run: Run) -> dict[str, Any]:
    """A plan as machines read it, and as `callplan apply` takes it back."""
    return {
        "crm": crm,
        "today": run.today.isoformat(),
        "hash": rehearsal.hash,
        "would_stop": list(rehearsal.would_stop),
        "announced": list(run.announced),
        "selection": run.selection.as_json(),
        "forecast": forecast(rehearsal, run),
        "changes": [asdict(change) for change in rehearsal.diff.differences],
    }


def forecast(rehearsal: Rehearsal, run: Run) -> dict[str, Any]:
    """The calls that its writes take, and what the CRM leaves for them."""
    limits, records = run.crm.limits, len(rehearsal.diff.differences)
    path = limits.cheapest(records)
    calls = {"api": path.api, "calls": path.calls_for(records)}
    return {**calls, "left": limits.calls_left, "per_day": limits.calls_per_day}


def plan_as_json(crm: str, rehearsal: Rehearsal, run: Run) -> str:
    return json.dumps(plan_as_data(crm, rehearsal, run))


def _calls(records: int, run: Run) -> str:
    limits = run.crm.limits
    path = limits.cheapest(records)
    calls = path.calls_for(records)
    left = f"; {limits.calls_left:,} of {limits.calls_per_day:,} calls are left today" if limits.calls_per_day else ""
    return f"That takes {calls:,} write call{'' if calls == 1 else 's'} by {path.api}{left}."


def say_value(value: Value) -> str:
    """A field's value, as people read it."""
    return "empty" if value in (None, "") else json.dumps(value, ensure_ascii=False)


def _by(night: Night) -> str:
    if night.state not in ("running", "done", "stopped"):
        return ""
    return f" by {night.worker}" + (f", attempt {night.attempt}" if night.attempt > 1 else "")


def say_status(config: Path, crm: str | None) -> str:
    loaded = open_config(config)
    rejects = loaded.path.parent / loaded.value.rejected
    blocks = [_status(name, open_store(loaded, name), rejects) for name in chosen_crms(loaded, crm)]
    return "\n\n".join("\n".join(block) for block in blocks)


def _status(crm: str, store: Store, rejects: Path) -> Iterator[str]:
    runs = store.journal.last_runs()
    yield f"{crm}: {store.mirror.count():,} accounts, {store.plan.flagged():,} Tier A going cold."
    if not runs:
        yield "  No run yet. `callplan plan` shows what the first night would write."
    for night in store.database.nights.last(crm, 3):
        yield f"  scheduled {night.job}  {night.scheduled:%Y-%m-%d %H:%M} UTC  {night.state}{_by(night)}"
        if night.said and night.state == "waiting":
            yield "      " + night.said.replace("\n", "\n      ")
    for run in runs:
        told = f"  {in_words(run.tally)}" if run.tally else ""
        yield f"  run {run.id}  {run.job}  {run.started:%Y-%m-%d %H:%M} UTC  {run.state}{told}"
        if run.error:
            yield "      " + run.error.replace("\n", "\n      ")
        for refusal in store.journal.refusals(run.id)[:20]:
            yield f"      refused {refusal.record} (NPI {refusal.npi}): {refusal.message} [{refusal.code}]"
            if refusal.remedy:
                yield f"          {refusal.remedy}"
    if dead := store.journal.dead_letters():
        yield f"  {len(dead):,} records wait for somebody: sent again when they change, or after a week."
    if waiting := store.signals.waiting():
        yield f"  {waiting:,} signals wait for review: `callplan signals` lists them."
    vintage = store.plan.last_vintage()
    if vintage:
        what = "tiers" if any(file["layout"] == READY_MADE for file in vintage.files) else "claims"
        yield (
            f"  {what} {vintage.vintage}: {vintage.providers:,} providers from {vintage.rows:,} rows, "
            f"{vintage.rejected:,} rejected"
        )
        for rejection in vintage.rejections[:10]:
            yield f"      {rejection['file']}:{rejection['line']}: {rejection['reason']}"
        if vintage.rejected:
            yield f"      all of them, as last read: {rejects}"
    yield from say_waiting(store)
    for problem in store.plan.unmatched()[:20]:
        yield f"  unmatched {problem.record}: {problem.reason}"


def status_as_json(config: Path, crm: str | None) -> str:
    loaded = open_config(config)
    return json.dumps(
        {
            name: {
                "accounts": store.mirror.count(),
                "going_cold": store.plan.flagged(),
                "cold": sorted(npi for npi, told in store.plan.coverage().items() if told.flagged),
                "runs": [asdict(run) for run in store.journal.last_runs()],
                "signals": store.signals.waiting(),
                "matches": store.matches.waiting(),
                "unmatched": [asdict(problem) for problem in store.plan.unmatched()],
                "refused": [asdict(refusal) for refusal in _last_refusals(store)],
            }
            for name in chosen_crms(loaded, crm)
            for store in [open_store(loaded, name)]
        },
        indent=2,
        default=as_iso,
    )


def _last_refusals(store: Store) -> list[Refusal]:
    """Of the newest run that may have written something."""
    last = next((run for run in store.journal.last_runs() if run.job not in TELLING), None)
    return store.journal.refusals(last.id) if last else []


def as_iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
