"""What must be sent: wanted against what is there, field by field, with what we last wrote as the witness.

Policy of a field   ours       the plan wins; a person's edit is put back
                    theirs     once a person has changed what we wrote, it stays theirs
                    challenge  a person's edit is proposed to stay; a manager accepts or rejects it
A number that moved by less than its field's threshold is not sent, unless a person moved it. An empty text and no value
are the same: CRMs give one for the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum, auto

from connector.contract import CrmId, Value
from connector.mapping import Policy, Target
from connector.store.journal import Difference
from connector.store.overrides import PROPOSED, REJECTED, Held, Override, Proposal

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
    proposals: tuple[Proposal, ...] = ()
    beyond: int = 0  # records that differ and are more than was asked for

    def hash(self, crm: str, today: date) -> str:
        """What an approval is bound to: this CRM, this day, these values over those."""
        changes = [asdict(change) for change in sorted(self.differences, key=lambda change: change.id)]
        told = json.dumps([crm, today.isoformat(), changes], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a night would write, and why it would stop before it."""

    diff: Diff
    would_stop: tuple[str, ...]
    hash: str


class Verdict(Enum):
    SEND = auto()
    LEAVE = auto()
    PROPOSE = auto()
    SMALL = auto()  # it moved by less than the threshold


def diff(
    wanted: Sequence[Wanted],
    present: Mapping[CrmId, Fields],
    ledger: Mapping[CrmId, Fields],
    targets: Mapping[str, Target],
    overrides: Held | None = None,
    today: date = date.min,
) -> Diff:
    differences: list[Difference] = []
    proposals: list[Proposal] = []
    held, left = overrides or {}, 0
    for record in wanted:
        there, written = present.get(record.id, {}), ledger.get(record.id, {})
        send = []
        for name, value in record.fields.items():
            if same(value, there.get(name)):
                continue
            override = held.get((record.id, name))
            verdict = _judge(name, value, there, written, targets[name], override, today)
            if verdict is Verdict.SEND:
                send.append(name)
            elif verdict is not Verdict.SMALL:
                left += 1
            if verdict is Verdict.PROPOSE:
                proposals.append(Proposal(record.id, record.npi, name, value, there.get(name)))
        if send:
            before = {name: there.get(name) for name in send}
            differences.append(Difference(record.id, record.npi, before, {name: record.fields[name] for name in send}))
    return Diff(tuple(differences), len(wanted) - len(differences), left, tuple(proposals))


def _judge(
    name: str, value: Value, there: Fields, written: Fields, target: Target, override: Override | None, today: date
) -> Verdict:
    """What to do about a field that does not say what is wanted."""
    now = there.get(name)
    edited = name in written and not same(written[name], now)
    if not edited:
        return Verdict.SMALL if _small(value, now, target) else Verdict.SEND
    if target.policy is not Policy.CHALLENGE:
        return Verdict.SEND if target.policy is Policy.OURS else Verdict.LEAVE
    if override is None or not same(override.edited, now):
        return Verdict.PROPOSE
    if override.state == PROPOSED or override.holds(today):
        return Verdict.LEAVE
    if override.state == REJECTED and not same(override.planned, value):
        return Verdict.PROPOSE
    return Verdict.SEND


def _small(value: Value, now: Value, target: Target) -> bool:
    if not isinstance(value, int | float) or not isinstance(now, int | float) or isinstance(value, bool):
        return False
    return abs(value - now) < max(target.min_change, target.min_change_share * abs(now))


def same(one: Value, other: Value) -> bool:
    """Whether two values are one to a CRM."""
    return _or_none(one) == _or_none(other)


def _or_none(value: Value) -> Value:
    return None if value == "" else value
