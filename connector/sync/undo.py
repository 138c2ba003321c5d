"""Take back what a run wrote: every field that still says what that run wrote goes back to what was there before it.

A field that a person or a later run has changed since is left, and told. What the run sent without getting an answer is
taken back where the CRM says that it arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from connector.contract import CrmId, Value
from connector.store.journal import Difference
from connector.sync.diff import Diff, Fields, same


@dataclass(frozen=True, slots=True)
class Left:
    """A field that is not taken back, and what it says now."""

    record: CrmId
    npi: str
    field: str
    now: Value
    written: Value


@dataclass(frozen=True, slots=True)
class Undo:
    differences: tuple[Difference, ...]
    left: tuple[Left, ...]

    def hash(self, crm: str, run: int) -> str:
        """What a person's yes is bound to: these values over those, on whatever day."""
        return Diff(self.differences, 0, 0).hash(f"{crm}, run {run} taken back", date.min)


def undo(written: Sequence[Difference], present: Mapping[CrmId, Fields]) -> Undo:
    """`written` is what the run sent; records that are gone are left out."""
    differences, left = [], []
    for change in written:
        if change.id not in present:
            continue
        there = present[change.id]
        ours = [name for name, value in change.after.items() if same(there.get(name), value)]
        left += [
            Left(change.id, change.npi, name, there.get(name), value)
            for name, value in change.after.items()
            if name not in ours and not same(there.get(name), change.before.get(name))
        ]
        if ours:
            before = {name: there.get(name) for name in ours}
            differences.append(Difference(change.id, change.npi, before, {n: change.before.get(n) for n in ours}))
    return Undo(tuple(differences), tuple(left))
