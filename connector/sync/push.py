"""Send the differences: announce each batch in the journal, send it, settle what became of every row.

Values are absolute, so a row whose answer was lost may be sent again; what stays without an answer is
settled as unknown, and the next run reads the CRM before it decides. Rows that met a lock are sent again in smaller
batches. The first send under a mapping is small, and is read back before the rest. Fields that a person may keep are
looked at once more just before they are sent: what was edited since the night's reading is left.

Errors   TryAgain and StopForTonight leave the rows not sent for the next run; rows answered are settled
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from connector.contract import Account, Change, Crm, CrmId, Outcome, Value, Verdict
from connector.errors import StopForTonight
from connector.store.journal import Difference, Journal, Tally
from connector.sync.diff import same
from connector.sync.patience import Patience

SENDS = 3  # how often a row without an answer is sent in one run
FIRST = 50  # rows of a first send
STRAY = 0.1  # of the rows read back, how many may say something else: people work at night too


@dataclass
class Sender:
    """What it takes to send batch after batch in one run."""

    run: int
    crm: Crm
    journal: Journal
    patience: Patience
    progress: Callable[[int], None]
    contested: frozenset[str]
    tally: Tally = field(
        default_factory=lambda: {"written": 0, "refused": 0, "unknown": 0, "gone": 0, "edited_meanwhile": 0}
    )


def push(
    run: int,
    differences: Sequence[Difference],
    crm: Crm,
    journal: Journal,
    patience: Patience,
    progress: Callable[[int], None],
    proved: Callable[[], None] | None = None,
    contested: frozenset[str] = frozenset(),
) -> Tally:
    """`proved` is called once a first send was read back; None where that was done under this mapping before.

    `contested` are the fields in which a person's edit stays.
    """
    sender, rest = Sender(run, crm, journal, patience, progress, contested), iter(differences)
    if proved and (first := list(islice(rest, min(FIRST, crm.limits.rows_per_call)))):
        _read_back(first, _send_batch(first, sender), sender)
        proved()
    for batch in _batches(rest, _at_once(len(differences), crm, contested)):
        _send_batch(batch, sender)
    return sender.tally


def by_parent(changes: Sequence[Difference], above: Mapping[CrmId, Value]) -> list[Difference]:
    """Rows under one parent next to one another; `above` is what stands over each."""
    return sorted(changes, key=lambda change: (str(above.get(change.id) or ""), change.id))


def _at_once(rows: int, crm: Crm, contested: frozenset[str]) -> int:
    """As many as the cheapest way takes; but contested fields are looked at just before, so that those go in calls."""
    return crm.limits.rows_per_call if contested else crm.limits.cheapest(rows).rows


def _send_batch(whole: Sequence[Difference], sender: Sender) -> dict[CrmId, Outcome]:
    journal, clock, batch = sender.journal, sender.patience.clock, _without_edited(whole, sender)
    if not batch:
        return {}
    numbers = journal.intend(sender.run, batch, clock.now())
    answers: dict[CrmId, Outcome] = {}
    try:
        _send(batch, answers, sender)
    finally:
        journal.settle(sender.run, numbers, batch, answers.values(), clock.now())
        for outcome in answers.values():
            sender.tally["gone" if outcome.gone else outcome.verdict.value] += 1
    sender.progress(len(whole))
    return answers


def _without_edited(batch: Sequence[Difference], sender: Sender) -> list[Difference]:
    """Without the contested fields that a person has set since they were read, to something else than is wanted."""
    looked_at = [change.id for change in batch if sender.contested & change.after.keys()]
    if not looked_at:
        return list(batch)
    held = {account.id: account.fields for account in _held_now(looked_at, sender)}
    left = []
    for change in batch:
        there = held.get(change.id, change.before)
        moved = {
            name
            for name in sender.contested & change.after.keys()
            if not same(there.get(name), change.before.get(name)) and not same(there.get(name), change.after[name])
        }
        sender.tally["edited_meanwhile"] += len(moved)
        after = {name: value for name, value in change.after.items() if name not in moved}
        if after:
            left.append(replace(change, after=after))
    return left


def _held_now(records: Sequence[CrmId], sender: Sender) -> list[Account]:
    return sender.patience.keep_trying(lambda: list(sender.crm.records(records)))


def _read_back(batch: Sequence[Difference], answers: dict[CrmId, Outcome], sender: Sender) -> None:
    """Stop if the CRM does not say what was just written: a mapping, an automation or another tool is in the way."""
    written = {id_ for id_, answer in answers.items() if answer.verdict is Verdict.WRITTEN}
    sent = {change.id: change for change in batch if change.id in written}
    held = _held_now(list(sent), sender)
    strange = [
        (account.id, name)
        for account in held
        for name, value in sent[account.id].after.items()
        if not same(account.fields.get(name), value)
    ]
    if len({record for record, _ in strange}) > max(1, STRAY * len(sent)):
        record, name = strange[0]
        raise StopForTonight(
            f"Of the first {len(sent):,} records, {len({r for r, _ in strange}):,} do not keep what was written: "
            f"{name} of {record}, for one. The rest was not sent.",
            next_step="A flow, a workflow or another tool writes these fields too: switch it off for them.",
        )


def _send(batch: Sequence[Difference], answers: dict[CrmId, Outcome], sender: Sender) -> None:
    for attempt in range(SENDS):
        if attempt:
            sender.patience.pause(attempt)
        waiting = [change for change in batch if _is_open(answers.get(change.id))]
        locked = any(change.id in answers and answers[change.id].passing for change in waiting)
        for part in _batches(waiting, max(1, len(waiting) >> attempt) if locked else len(waiting)):
            sender.patience.keep_trying(partial(_ask, part, answers, sender.crm))
        if not _open(batch, answers):
            return


def _ask(part: Sequence[Difference], answers: dict[CrmId, Outcome], crm: Crm) -> None:
    """Each answer is kept as it comes: a limit halfway through loses none of those before it.

    A lock says nothing of an earlier sending that got no answer: that one stays unknown.
    """
    for outcome in crm.write(_open(part, answers)):
        known = answers.get(outcome.id)
        if not (outcome.passing and known and known.verdict is Verdict.UNKNOWN):
            answers[outcome.id] = outcome


def _open(batch: Sequence[Difference], answers: dict[CrmId, Outcome]) -> list[Change]:
    return [Change(change.id, change.after) for change in batch if _is_open(answers.get(change.id))]


def _is_open(answer: Outcome | None) -> bool:
    return answer is None or answer.verdict is Verdict.UNKNOWN or answer.passing


def _batches(rows: Iterable[Difference], size: int) -> Iterator[list[Difference]]:
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch
