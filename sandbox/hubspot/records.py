"""What the portal holds, and what happens when it changes: stamps, unique values, archive, history, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.hubspot import checking, linking, merging, rollups
from sandbox.hubspot.checking import PERSON, Hand
from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.kinds import ENGAGEMENTS, created_name, modified_name
from sandbox.hubspot.lag import Lag
from sandbox.hubspot.links import Key, Links
from sandbox.hubspot.linktypes import LinkTypes
from sandbox.hubspot.policy import Policy
from sandbox.hubspot.schema import Schema
from sandbox.hubspot.tables import SOURCES, Record, Table
from sandbox.hubspot.values import iso

FIRST_ID = 900_000_001
Values = Mapping[str, str | None]
History = list[tuple[datetime, str, str, str, str | None, str | None]]


@dataclass
class Portal:
    now: Callable[[], datetime]
    schema: Schema
    policy: Policy
    types: LinkTypes
    lag: Lag
    tables: dict[str, Table] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    survivors: dict[Key, str] = field(default_factory=dict)  # consumed -> the id of what it became
    history: History = field(default_factory=list)
    due: list[tuple[str, str, str]] = field(default_factory=list)  # when an account's plans become the past
    last_ids: dict[str, int] = field(default_factory=dict)  # by kind: a company and a call may have the same id
    _undo: list[Callable[[], object]] = field(default_factory=list)
    _depth: int = 0

    def table(self, kind: str) -> Table:
        return self.tables.setdefault(kind, Table())

    def all(self, kind: str, archived: bool = False) -> Iterator[Record]:
        return (r for r in self.table(kind).after() if r.archived is archived and not r.consumed)

    def held(self, kind: str, id_: str) -> Record | None:
        """Under this id, whatever became of it."""
        return self.table(kind).rows.get(id_)

    def get(self, kind: str, id_: str) -> Record | None:
        """By id; a consumed id leads to its survivor."""
        moved = self.survivors.get((kind, id_), id_) if self.policy.follow_merged else id_
        found = self.held(kind, moved)
        return found if found and not found.consumed else None

    def exact(self, kind: str, id_: str) -> Record | None:
        """By an id that is a live record's own."""
        found = self.held(kind, id_)
        return found if found and found.live else None

    def by_unique(self, kind: str, name: str, value: str) -> Record | None:
        """Only properties with unique values lead to a record; e-mails do so in any letter case."""
        if name == "hs_object_id":
            return self.exact(kind, value)
        found = self.schema.find(kind, name)
        if not found or not found.unique:
            return None
        return self.table(kind).holder(name, value.lower() if name == "email" else value)

    def create(self, kind: str, given: Mapping[str, Any], hand: Hand = PERSON, at: datetime | None = None) -> Record:
        values = checking.check(self, kind, given, None, hand)
        checking.demand(self, kind, values)
        checking.obey_rules(self, kind, values, {}, hand)
        stamp = iso(at or self.now())
        record = self.place(kind, self.new_id(kind), values, hand.who)
        record.properties |= {created_name(kind): stamp, modified_name(kind): stamp}
        if self.schema.find(kind, "hs_object_source"):
            record.properties["hs_object_source"] = SOURCES[hand.who]
        self._remember(record, hand.who, {}, values)
        return record

    def update(self, record: Record, given: Mapping[str, Any], hand: Hand = PERSON) -> None:
        values = checking.check(self, record.kind, given, record, hand)
        checking.obey_rules(self, record.kind, values, record.properties, hand)
        self._remember(record, hand.who, record.properties, values)
        with self.changing(record):
            for name, value in values.items():
                record.put(name, value, iso(self.now()), hand.who)
            self.touch(record)
        if "hs_timestamp" in values and record.kind in ENGAGEMENTS:
            self._recount_accounts_of(record)

    def archive(self, record: Record) -> None:
        with self.changing(record):
            record.archived, record.archived_at = True, iso(self.now())
            self.touch(record)
        if record.kind in ENGAGEMENTS:
            self._recount_accounts_of(record)

    def merge(self, kind: str, primary: str, other: str) -> Record:
        return merging.merge(self, kind, primary, other)

    def link(self, one: Key, other: Key, at: datetime | None = None) -> None:
        linking.link(self, one, other, [], iso(at) if at else None)

    def linked(self, kind: str, id_: str, to: str) -> list[str]:
        return [other for other in self.links.of((kind, id_), to) if self.exact(to, other)]

    # How a record changes, and how that is taken back

    def new_id(self, kind: str) -> int:
        self.last_ids[kind] = self.last_ids.get(kind, FIRST_ID - 1) + 1
        return self.last_ids[kind]

    def place(self, kind: str, id_: int, values: Values | None = None, who: str = "person") -> Record:
        record = Record(str(id_), kind, {**(values or {}), "hs_object_id": str(id_)}, source=who)
        if forget := self.lag.note(record, known=False):
            self.remember(forget)
        self.table(kind).add(record)
        self.remember(lambda: self.table(kind).remove(record))
        return record

    @contextmanager
    def changing(self, record: Record) -> Iterator[None]:
        """Round a change: what it takes to undo it, what search still holds, and where its unique values lead."""
        if forget := self.lag.note(record):
            self.remember(forget)
        if self._depth:
            before = record.copy()
            self.remember(lambda: self._put_back(record, before))
        self.table(record.kind).unindex(record)
        yield
        self.table(record.kind).index(record)

    def _put_back(self, record: Record, before: Record) -> None:
        self.table(record.kind).unindex(record)
        for name in ("properties", "past", "archived", "archived_at", "consumed"):
            setattr(record, name, getattr(before, name))
        self.table(record.kind).index(record)

    def touch(self, record: Record, at: str | None = None) -> None:
        stamp = modified_name(record.kind)
        record.properties[stamp] = max(record.properties.get(stamp) or "", at or iso(self.now()))

    def joined(self, one: Key, other: Key, at: str | None = None) -> None:
        """Two records stand together that did not: a new engagement bumps the account that it is on."""
        for account, engagement in rollups.roles(one, other):
            held, logged = self.exact(*account), self.exact(*engagement)
            if held and logged:
                with self.changing(held):
                    rollups.count_in(self, held, logged)
                    self.touch(held, at)

    def parted(self, one: Key, other: Key) -> None:
        for account, _ in rollups.roles(one, other):
            self._recount(account)

    def _recount(self, account: Key) -> None:
        if held := self.exact(*account):
            with self.changing(held):
                if rollups.count_anew(self, held):
                    self.touch(held)

    def _recount_accounts_of(self, engagement: Record) -> None:
        for key, _ in list(self.links.all_of(engagement.key)):
            if key[0] in rollups.ACCOUNTS:
                self._recount(key)

    def remember(self, undo: Callable[[], object]) -> None:
        if self._depth:
            self._undo.append(undo)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All that happens inside or, where a part of it is refused, nothing."""
        mark, lines = len(self._undo), len(self.history)
        self._depth += 1
        try:
            yield
        except Refusal:
            while len(self._undo) > mark:
                self._undo.pop()()
            del self.history[lines:]
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()

    def _remember(self, record: Record, who: str, before: Values, values: Values) -> None:
        """A bare id is a company's; another record is named with its kind."""
        named = record.id if record.kind == "companies" else "/".join(record.key)
        for name, value in values.items():
            if before.get(name) != value:
                self.history.append((self.now(), who, named, name, before.get(name), value))
