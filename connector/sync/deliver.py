"""Sends what the CRM keeps under our keys, appointments and tasks: announced, sent, settled, batch by batch.

Errors   TryAgain and StopForTonight leave what is not sent for the next run; what was answered is settled
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from connector.contract import Appointment, Outcome, Todo, Verdict
from connector.store.journal import Tally
from connector.sync.patience import Patience

SENDS = 3  # how often one without an answer is sent in one run
PART = 100  # at a time: as many as a call of any CRM takes
CALLS = 5  # for so many, at most: two questions, two writes, and what tells whether it can be done
One = TypeVar("One", Appointment, Todo)
Sent = TypeVar("Sent", Appointment, Todo, contravariant=True)
Ask = Callable[[Iterable[One]], Iterator[Outcome]]


class Record(Protocol[Sent]):
    """Where the intention and the outcome of each are kept."""

    def intend(self, run: int, batch: Sequence[Sent], now: datetime, /) -> None: ...
    def settle(self, run: int, batch: Sequence[Sent], outcomes: Iterable[Outcome], now: datetime, /) -> None: ...


def deliver(run: int, wanted: Sequence[One], ask: Ask[One], record: Record[One], patience: Patience) -> Tally:
    """Announce each batch, send it, settle what became of every one; how many were made, ended, refused and so on."""
    tally = Counter[str]({"made": 0, "ended": 0, "refused": 0, "left": 0, "gone": 0, "unknown": 0})
    for at in range(0, len(wanted), PART):
        batch, answers = wanted[at : at + PART], dict[str, Outcome]()
        record.intend(run, batch, patience.clock.now())
        try:
            _send(batch, answers, ask, patience)
        finally:
            record.settle(run, batch, answers.values(), patience.clock.now())
        tally.update(_word(one, answers.get(one.key)) for one in batch)
    return dict(tally)


def _send(batch: Sequence[One], answers: dict[str, Outcome], ask: Ask[One], patience: Patience) -> None:
    for attempt in range(SENDS):
        if attempt:
            patience.pause(attempt)
        patience.keep_trying(partial(_ask, batch, answers, ask))
        if not _open(batch, answers):
            return


def _ask(batch: Sequence[One], answers: dict[str, Outcome], ask: Ask[One]) -> None:
    """Each answer is kept as it comes: a limit halfway through loses none of those before it."""
    for outcome in ask(_open(batch, answers)):
        answers[outcome.id] = outcome


def _open(batch: Sequence[One], answers: Mapping[str, Outcome]) -> list[One]:
    told = {key for key, one in answers.items() if one.verdict is not Verdict.UNKNOWN and not one.passing}
    return [one for one in batch if one.key not in told]


def _word(one: Appointment | Todo, answer: Outcome | None) -> str:
    if answer is None:
        return "unknown"
    if answer.verdict is Verdict.WRITTEN:
        return "ended" if one.over else "made"
    return "gone" if answer.gone else answer.verdict.value
