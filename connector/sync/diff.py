"""What must be sent: wanted against what is there, field by field, with what we last wrote as the witness.

Policy of a field   ours     the plan wins; a person's edit is put back
                    theirs   once a person has changed what we wrote, it stays theirs
An empty text and no value are the same: CRMs give one for the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.contract import CrmId, Value
from connector.mapping import Policy
from connector.store.journal import Difference

Fields = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record as it should be, in the CRM's names."""

    id: CrmId
    npi: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Diff:
    differences: tuple[Difference, ...]
    unchanged: int  # records that say what is wanted
    left: int  # fields left as a person set them


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a night would write, and why it would stop before it."""

    diff: Diff
    would_stop: tuple[str, ...]


def diff(
    wanted: Sequence[Wanted],
    present: Mapping[CrmId, Fields],
    ledger: Mapping[CrmId, Fields],
    policies: Mapping[str, Policy],
) -> Diff:
    differences, left = [], 0
    for record in wanted:
        there, written = present.get(record.id, {}), ledger.get(record.id, {})
        apart = [name for name, value in record.fields.items() if not same(value, there.get(name))]
        theirs = {name for name in apart if policies[name] is Policy.THEIRS and _edited(name, there, written)}
        ours = [name for name in apart if name not in theirs]
        left += len(theirs)
        if ours:
            before = {name: there.get(name) for name in ours}
            after = {name: record.fields[name] for name in ours}
            differences.append(Difference(record.id, record.npi, before, after))
    return Diff(tuple(differences), len(wanted) - len(differences), left)


def _edited(name: str, there: Fields, written: Fields) -> bool:
    """Somebody changed the field after we had written it."""
    return name in written and not same(written[name], there.get(name))


def same(one: Value, other: Value) -> bool:
    """Whether two values are one to a CRM."""
    return _or_none(one) == _or_none(other)


def _or_none(value: Value) -> Value:
    return None if value == "" else value
