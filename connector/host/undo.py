"""`callplan undo RUN`: what a run wrote, taken back; first to look at, and with --apply for good.

Errors   NeedsHuman: no such run, or one that wrote nothing
"""

from __future__ import annotations

from connector.errors import NeedsHuman
from connector.host.discover import job
from connector.host.open import Options, chosen_crms, open_config, open_run, open_store
from connector.host.show import say_changes, say_value
from connector.run import Run
from connector.sync.push import push
from connector.sync.undo import Undo, undo

MOST_LEFT = 50  # fields that are told one by one


def take_back(options: Options, number: int, *, apply: bool) -> str:
    config = open_config(options.config)
    crm = next((c for c in chosen_crms(config, None) if open_store(config, c).journal.wrote(number)), None)
    if crm is None:
        raise NeedsHuman(f"There is no run {number} that wrote anything.", next_step="See `callplan status`.")
    with open_run(options, config, crm, f"undo {number}") as run:
        found = look(run, number)
        if apply:
            put_back(run, number, found)
        return _say(crm, number, found, run, apply)


def look(run: Run, number: int) -> Undo:
    """What of that run would go back, by what the CRM says at present."""
    job("pull")(run)
    written = run.store.journal.wrote(number)
    return undo(written, run.store.mirror.present([change.id for change in written]))


def put_back(run: Run, number: int, found: Undo) -> None:
    sent = run.progress
    written = push(
        run.id, found.differences, run.crm, run.store.journal, run.patience, lambda rows: sent("records sent", rows)
    )
    run.tally.update(written)
    run.log("undid", of=number, left=len(found.left), **run.tally)


def _say(crm: str, number: int, found: Undo, run: Run, apply: bool) -> str:
    fields = sum(len(change.after) for change in found.differences)
    if apply:
        head = f"{crm}: run {number} taken back: " + ", ".join(f"{name} {count:,}" for name, count in run.tally.items())
    else:
        head = f"{crm}: {fields:,} fields of {len(found.differences):,} records would go back. Nothing was written."
    lines = [head, f"  {len(found.left):,} fields were changed since and are left as they are."]
    for left in found.left[:MOST_LEFT]:
        now, written = say_value(left.now), say_value(left.written)
        lines.append(f"      {left.record} NPI {left.npi} {left.field}: is {now}, run {number} wrote {written}")
    if not apply:
        lines += say_changes(found.differences)
        lines.append(f"`callplan undo {number} --apply` takes it back.")
    lines.append("The next night writes the plan again: first mend what was wrong in config, mapping or claims.")
    return "\n".join(lines)
