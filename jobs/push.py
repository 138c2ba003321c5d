"""Write the plan into the CRM: every field that differs from it, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from connector.errors import StopForTonight
from connector.mapping import CARRY, Policy
from connector.run import Run
from connector.store.journal import Difference, Tally
from connector.sync.diff import Diff
from connector.sync.fit import problems
from connector.sync.guard import stop_if_calls_run_out, stop_if_much_blanks, stop_if_much_is_overwritten
from connector.sync.push import by_parent
from connector.sync.push import push as send

LASTING = ("tier", "tier_reason", "tier_since", "last_visit")  # and what is carried: no ordinary night empties them
WEEKLY = timedelta(days=7)  # how long a refused row is held back, unless something about it changes


def push(run: Run) -> Tally:
    """Write each field that differs from the plan into the CRM, all fields of a record together."""
    journal, found, now = run.store.journal, differences(run), run.clock.now()
    plan = found.hash(run.store.crm, run.today)
    if run.approved and plan != run.approve:
        raise StopForTonight("The plan has changed since it was approved.", next_step="Look at `callplan plan` again.")
    journal.carry_out(run.id, plan)
    run.store.overrides.propose(found.proposals, now)
    found, held = _without_held_back(run, found)
    found, invalid = _without_invalid(run, found)
    tally = send(
        run.id,
        _by_parent(run, found.differences),
        run.crm,
        journal,
        run.patience,
        lambda rows: run.progress("records sent", rows),
        None if run.store.mirror.cursor("proved") == _proof(run) else lambda: run.store.mirror.prove(_proof(run)),
        frozenset(target.field for target in run.mapping.value.targets.values() if target.policy is not Policy.OURS),
    )
    tally |= {"held": held, "invalid": invalid, "unchanged": found.unchanged, "left_as_edited": found.left}
    run.log("pushed", **tally)
    return tally


def differences(run: Run) -> Diff:
    """What would be sent, once the guards have seen it."""
    found, targets = run.diff(), run.mapping.value.targets
    lasting = {target.field for ours, target in targets.items() if ours in LASTING or ours.startswith(CARRY)}
    records, limits = len(found.differences) + found.unchanged, run.crm.limits
    run.guard(stop_if_much_blanks, found.differences, lasting, records)
    ledger = run.store.journal.ledger([change.id for change in found.differences])
    run.guard(stop_if_much_is_overwritten, found.differences, ledger, records)
    rows = len(found.differences)
    run.guard(stop_if_calls_run_out, limits.cheapest(rows).calls_for(rows), limits)
    return found


def _by_parent(run: Run, changes: Sequence[Difference]) -> Sequence[Difference]:
    """Rows under one parent next to one another, where many go at once: writing a child locks its parent."""
    parent = run.mapping.value.account.parent
    if parent is None or run.crm.limits.cheapest(len(changes)).calls == 1:
        return changes
    return by_parent(changes, run.store.mirror.values_of(parent, [change.id for change in changes]))


def _without_held_back(run: Run, found: Diff) -> tuple[Diff, int]:
    """Rows that were refused and would be again: nothing about them, nor about the object, has changed for a week."""
    shape = hashlib.sha256(repr(sorted(run.shape.fields.items())).encode()).hexdigest()
    if run.store.mirror.cursor("shape") != shape:
        run.store.mirror.remember("shape", shape)
        return found, 0
    dead, now = run.store.journal.dead_letters(), run.clock.now()

    def held(change: Difference) -> bool:
        letter = dead.get(change.id)
        return bool(letter and now - letter.at < WEEKLY and _same_values(letter.after, change.after))

    kept = tuple(change for change in found.differences if not held(change))
    return replace(found, differences=kept), len(found.differences) - len(kept)


def _same_values(one: object, other: object) -> bool:
    return isinstance(one, dict) and isinstance(other, dict) and one == other


def _without_invalid(run: Run, found: Diff) -> tuple[Diff, int]:
    """Rows that the field cannot hold are put on record and not sent."""
    said = {change.id: why for change in found.differences if (why := problems(change, run.shape.fields))}
    bad = [change for change in found.differences if change.id in said]
    run.store.journal.invalid(run.id, bad, said, run.clock.now())
    return replace(found, differences=tuple(c for c in found.differences if c.id not in said)), len(bad)


def _proof(run: Run) -> str:
    """A mapping that was seen to work."""
    return hashlib.sha256(repr(run.mapping.value).encode()).hexdigest()
