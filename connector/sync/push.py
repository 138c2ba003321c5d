"""Send the differences: announce each batch in the journal, send it, settle what became of every row.

Values are absolute, so a row whose answer was lost may be sent again; what stays without an answer is
settled as unknown, and the next run reads the CRM before it decides.

Errors   TryAgain and StopForTonight leave the rows not sent for the next run; rows answered are settled
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from connector.contract import Change, Crm, CrmId, Outcome, Verdict
from connector.store.journal import Difference, Journal, Tally
from connector.sync.patience import Patience

SENDS = 3  # how often a row without an answer is sent in one run


def push(
    run: int,
    differences: Sequence[Difference],
    crm: Crm,
    journal: Journal,
    patience: Patience,
    progress: Callable[[int], None],
) -> Tally:
    tally = {"written": 0, "refused": 0, "unknown": 0, "gone": 0}
    for batch in _batches(differences, crm.limits.rows_per_call):
        numbers = journal.intend(run, batch, patience.clock.now())
        answers: dict[CrmId, Outcome] = {}
        try:
            _send(batch, answers, crm, patience)
        finally:
            journal.settle(run, numbers, batch, answers.values(), patience.clock.now())
            for outcome in answers.values():
                tally["gone" if outcome.gone else outcome.verdict.value] += 1
        progress(len(batch))
    return tally


def _send(batch: Sequence[Difference], answers: dict[CrmId, Outcome], crm: Crm, patience: Patience) -> None:
    for attempt in range(SENDS):
        if attempt:
            patience.pause(attempt)
        patience.keep_trying(lambda: _ask(_open(batch, answers), answers, crm))
        if not _open(batch, answers):
            return


def _ask(changes: Sequence[Change], answers: dict[CrmId, Outcome], crm: Crm) -> None:
    """Each answer is kept as it comes: a limit halfway through loses none of those before it."""
    for outcome in crm.write(changes):
        answers[outcome.id] = outcome


def _open(batch: Sequence[Difference], answers: dict[CrmId, Outcome]) -> list[Change]:
    return [
        Change(change.id, change.after)
        for change in batch
        if change.id not in answers or answers[change.id].verdict is Verdict.UNKNOWN
    ]


def _batches(differences: Sequence[Difference], size: int) -> Iterator[list[Difference]]:
    rest = iter(differences)
    while batch := list(islice(rest, size)):
        yield batch
