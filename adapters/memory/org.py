"""What the memory CRM holds, and what people and bad days do to it.

Every change has a number of its own, which rises; a cursor is the number up to which was read.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from connector.contract import Account, Appointment, Clock, CrmId, Field, Interaction, Kind, Result, Shape, Todo, Value
from connector.errors import ConnectorError


@dataclass
class Org:
    clock: Clock
    shape: Shape = field(default_factory=lambda: Shape("account", {}))
    accounts: dict[CrmId, Account] = field(default_factory=dict)
    interactions: dict[CrmId, Interaction] = field(default_factory=dict)
    number: dict[CrmId, int] = field(default_factory=dict)  # of each record's last change
    last: int = 0
    rows_per_call: int = 100
    rows_per_page: int = 100
    calls: list[int] = field(default_factory=list)  # rows of each write call
    failures: deque[ConnectorError | None] = field(default_factory=deque)  # of the next calls; None lets one go well
    calls_left: int = 1_000_000
    calls_per_day: int = 1_000_000
    locked: dict[CrmId, int] = field(default_factory=dict)  # how many writes to a record are refused for a lock
    booked: dict[str, CrmId] = field(default_factory=dict)  # interaction by key
    opens_at: str | None = None  # where people open its accounts
    strangers: set[str] = field(default_factory=set)  # e-mails that nobody has
    lose_answers: int = 0  # how many write calls are carried out and not answered

    def add_fields(self, *fields: Field) -> None:
        self.shape = Shape(self.shape.object, {**self.shape.fields, **{f.name: f for f in fields}})

    def add_account(self, owner: str | None = None, **fields: Value) -> CrmId:
        return self._put(Account(CrmId(f"a{self.last + 1:06d}"), self.clock.now(), owner, fields))

    def log(self, interaction: Interaction) -> CrmId:
        self.interactions[interaction.id] = interaction
        self._count(interaction.id)
        return interaction.id

    def book(self, one: Appointment | Todo) -> CrmId:
        """The interaction under its key: made, or brought up to date."""
        id_, now = self.booked.setdefault(one.key, CrmId(f"b{len(self.booked) + 1:06d}")), self.clock.now()
        fresh = Interaction(id_, one.account, Kind.TASK, now, now, Result.PLANNED, created=now)
        held = self.interactions.get(id_, fresh)
        if isinstance(one, Appointment):
            result = Result.CANCELED if one.cancelled else Result.PLANNED
            told = replace(held, kind=Kind.VISIT, at=one.starts, minutes=one.minutes, result=result)
        else:
            due = datetime.combine(one.due, time(12), UTC)
            told = replace(held, at=due, automated=True, result=Result.DONE if one.done else Result.PLANNED)
        return self.log(replace(told, modified=now, owner=one.owner))

    def edit(self, id_: CrmId, **fields: Value) -> None:
        account = self.accounts[id_]
        self._put(replace(account, modified=self.clock.now(), fields={**account.fields, **fields}))

    def give(self, id_: CrmId, owner: str) -> None:
        self._put(replace(self.accounts[id_], modified=self.clock.now(), owner=owner))

    def delete(self, id_: CrmId) -> None:
        self._put(replace(self.accounts[id_], modified=self.clock.now(), gone=True))

    def merge(self, loser: CrmId, winner: CrmId) -> CrmId:
        self._put(replace(self.accounts[loser], modified=self.clock.now(), gone=True, merged_into=winner))
        return winner

    def _put(self, account: Account) -> CrmId:
        self.accounts[account.id] = account
        return self._count(account.id)

    def _count(self, id_: CrmId) -> CrmId:
        self.last += 1
        self.number[id_] = self.last
        return id_
