"""Look at records by name: those that notices marked, and once a week those whose deletion no reading tells.

What is missing is gone. A mark goes when its record was looked at, unless it was made again meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from connector.contract import Crm, CrmId, Interaction, Reading
from connector.store.looks import Due, Looks, Round
from connector.store.marks import Marked
from connector.store.mirror import AccountFields
from connector.sync.patience import Patience

PART = 1000  # at a time: as many as the CRM that takes most in one call
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Look:
    crm: Crm
    looks: Looks
    reading: Reading
    names: AccountFields
    patience: Patience

    def at(self, due: Due) -> int:
        """How many records were looked at."""
        accounts = [mark for mark in due.marked if mark.object == self.reading.object]
        interactions = [mark for mark in due.marked if mark.object in self.reading.interactions]
        read = {self.reading.object, *self.reading.interactions}
        if others := [mark for mark in due.marked if mark.object not in read]:
            self.looks.save_interactions((), others)  # of objects that this mapping does not read
        for part in _parts(accounts):
            self._at_accounts(part)
        for part in _parts(interactions):
            self.looks.save_interactions(self._named([mark.id for mark in part]), part)
        return len(accounts) + len(interactions) + (self._go_round(due.round) if due.round else 0)

    def at_interactions(self, ids: Sequence[CrmId]) -> None:
        """Those of which it must be known tonight whether they are there."""
        for part in _parts(ids):
            self.looks.save_interactions(self._named(part))

    def _at_accounts(self, marked: Sequence[Marked]) -> None:
        ids = [mark.id for mark in marked]
        self.looks.save_accounts(self.patience.keep_trying(lambda: list(self.crm.records(ids))), self.names, marked)

    def _named(self, ids: Sequence[CrmId]) -> list[Interaction]:
        return self.patience.keep_trying(lambda: list(self.crm.interactions_named(ids)))

    def _go_round(self, due: Round) -> int:
        if not due.ids:
            self.looks.save_interactions((), place=due.after(()))
        for part in _parts(due.ids):
            self.looks.save_interactions(self._named(part), place=due.after(part))
        return len(due.ids)


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[at : at + PART] for at in range(0, len(items), PART))
