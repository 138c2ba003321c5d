"""Write the plan into the CRM: every field that differs from it, and nothing else."""

from __future__ import annotations

from connector.run import Run
from connector.store.journal import Tally
from connector.sync.diff import Diff
from connector.sync.guard import stop_if_much_blanks
from connector.sync.push import push as send

LASTING = ("tier", "tier_reason", "tier_since", "last_visit")  # fields that an ordinary night never empties


def push(run: Run) -> Tally:
    """Write each field that differs from the plan into the CRM, all fields of a record together."""
    found = differences(run)
    tally = send(
        run.id,
        found.differences,
        run.crm,
        run.store.journal,
        run.patience,
        lambda rows: run.progress("records sent", rows),
    )
    run.log("pushed", unchanged=found.unchanged, left_as_edited=found.left, **tally)
    return {**tally, "unchanged": found.unchanged, "left_as_edited": found.left}


def differences(run: Run) -> Diff:
    """What would be sent, once the guards have seen it."""
    found, fields = run.diff(), run.mapping.value.fields
    lasting = {fields[ours].field for ours in LASTING if ours in fields}
    run.guard(stop_if_much_blanks, found.differences, lasting, len(found.differences) + found.unchanged)
    return found
