"""The records of one org, and every rule that stands between a request and a record.

A write is checked field by field, bumps SystemModstamp and is kept in `history`. A delete leaves the record
with its mark; a merge marks the loser with its winner and hands its activities over, as Salesforce does.
Tests may hide a field (field-level security), lock a record for some writes, and add validation rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.salesforce import activities, ids
from sandbox.salesforce.errors import (
    Refused,
    is_deleted,
    no_such_field,
    not_found,
    not_writable,
    unknown_reference,
    wrong_id,
)
from sandbox.salesforce.schema import KINDS, Field, Kind, find_kind, kind_of
from sandbox.salesforce.values import Record, Value, accept, stamp

Write = tuple[datetime, str, str, str, Value, Value]  # when, who, id, field, before, after
Rule = Callable[[Record], str | None]  # a validation rule: what it says when it is broken

_ARCHIVED_AFTER = timedelta(days=365)


class Records:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.tables: dict[str, dict[str, Record]] = {name: {} for name in KINDS}
        self.history: list[Write] = []
        self.hidden: set[tuple[str, str]] = set()
        self.locked: dict[str, int] = {}
        self.rules: list[Rule] = []
        self.made = 0
        self.login = ""  # the user as whom clients are logged in, who owns what nobody else does
        self._stale = False

    # Reading

    def get(self, id: object) -> Record | None:
        whole = ids.full(id)
        kind = kind_of(whole) if whole else None
        return self.tables[kind.name].get(whole) if kind and whole else None

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """The living record with this text in this field; Salesforce compares without case."""
        rows = (r for r in self.tables[kind].values() if not r.get("IsDeleted"))
        return next((r for r in rows if str(r[field] or "").lower() == value.lower()), None)

    def field(self, kind: Kind, name: str) -> Field | None:
        found = kind.find(name)
        return None if found is None or (kind.name, found.name) in self.hidden else found

    def is_archived(self, record: Record) -> bool:
        return activities.is_archived(record, (self.now() - _ARCHIVED_AFTER).date())

    # Writing

    def create(self, kind: Kind, sent: Mapping[str, Any], who: str) -> str:
        values = self._accepted(kind, sent, "createable", who)
        missing = [f.name for f in kind.fields.values() if _is_missing(f, values)]
        if missing:
            words = f"Required fields are missing: [{', '.join(missing)}]"
            raise Refused("REQUIRED_FIELD_MISSING", words, *missing)
        activities.check(kind.name, values)
        self._check_keys(kind, values, None)
        self._check_rules({**_blank(kind), **values})
        return self.insert(kind.name, values, who)

    def insert(self, kind: str, values: Record, who: str | None, at: datetime | None = None) -> str:
        """A record as Salesforce would make it, unchecked; `who` is None for what was there before us."""
        key, made = ids.make(KINDS[kind].prefix, self.next_number()), stamp(at or self.now())
        times: Record = {"CreatedDate": made, "LastModifiedDate": made, "SystemModstamp": made}
        record: Record = {**_blank(KINDS[kind]), "Id": key, **times}
        if "OwnerId" in record:
            record["OwnerId"] = self.login
        self.tables[kind][key] = record
        self._set(record, values, who)
        self._settle(kind, record, values)
        return key

    def update(self, kind: Kind, id: str, sent: Mapping[str, Any], who: str) -> None:
        values = self._accepted(kind, sent, "updateable", who)
        record = self._writable(kind, id)
        self._check_keys(kind, values, record)
        self._check_rules({**record, **values})

        self._set(record, values, who)
        self._touch(record)
        self._settle(kind.name, record, values)

    def delete(self, kind: Kind, id: str, who: str) -> None:
        if who == "api":
            self._check_permission(kind, (), "updateable")
        record = self._writable(kind, id)
        self._set(record, {"IsDeleted": True}, who)
        self._touch(record)
        for activity in self._activities(record["Id"]) if kind.name == "Account" else ():
            self._set(activity, {"IsDeleted": True}, who)
            self._touch(activity)

    def merge(self, loser: Record, winner: Record, who: str) -> None:
        for activity in self._activities(loser["Id"]):
            self._set(activity, {"WhatId": winner["Id"], "AccountId": winner["Id"]}, who)
            self._touch(activity)
        self._set(loser, {"IsDeleted": True, "MasterRecordId": winner["Id"]}, who)
        self._touch(loser)
        self._touch(winner)

    def roll_up(self) -> None:
        """LastActivityDate of every account, once after any number of writes; it moves no stamp."""
        if not self._stale:
            return
        self._stale = False
        latest = activities.latest(self.tables["Task"].values(), self.tables["Event"].values())
        for key, account in self.tables["Account"].items():
            account["LastActivityDate"] = latest.get(key)

    def next_number(self) -> int:
        self.made += 1
        return self.made

    # Undoing

    def snapshot(self) -> dict[str, dict[str, Record]]:
        return {name: {key: dict(r) for key, r in table.items()} for name, table in self.tables.items()}

    def restore(self, tables: dict[str, dict[str, Record]], writes: int) -> None:
        self.tables = tables
        del self.history[writes:]

    # The rules

    def _accepted(self, kind: Kind, sent: Mapping[str, Any], permission: str, who: str) -> Record:
        """The values as they will be kept. What the login may not see or write, a person may."""
        if who == "api":
            self._check_permission(kind, sent, permission)
        values: Record = {}
        for name, value in sent.items():
            field = kind.find(name)
            if field is None:
                raise no_such_field(name, kind.name)
            values[field.name] = accept(field, value)
            self._check_reference(field, values[field.name])
        return values

    def _check_permission(self, kind: Kind, sent: Iterable[str], permission: str) -> None:
        if not kind.writable:
            raise Refused("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        for name in sent:
            field = self.field(kind, name)
            if field is None:
                raise no_such_field(name, kind.name)
            if not getattr(field, permission):
                raise not_writable(field.name)

    def _check_reference(self, field: Field, id: Value) -> None:
        if field.type != "reference" or id is None:
            return
        kind, target = kind_of(str(id)), self.get(id)
        if kind is not None and kind.name not in field.to:
            raise wrong_id(field.label, id, field.name)
        if target is None or target.get("IsDeleted"):
            raise unknown_reference(field.name)
        if field.name == "OwnerId" and not target["IsActive"]:
            words = f"operation performed with inactive user [{id}] as owner of account"
            raise Refused("INACTIVE_OWNER_OR_USER", words, field.name)

    def _check_keys(self, kind: Kind, values: Record, record: Record | None) -> None:
        for name in (n for n in values if kind.fields[n].key and values[n] is not None):
            other = self.find(kind.name, name, str(values[name]))
            if other is not None and other is not record:
                words = f"duplicate value found: {name} duplicates value on record with id: {other['Id']}"
                raise Refused("DUPLICATE_VALUE", words, name)

    def _check_rules(self, record: Record) -> None:
        broken = next((words for rule in self.rules if (words := rule(record))), None)
        if broken:
            raise Refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", broken)

    def _writable(self, kind: Kind, id: str) -> Record:
        whole = ids.full(id)
        if whole is None or not whole.startswith(kind.prefix):
            raise wrong_id(f"{kind.label} ID", id, "Id")
        record = self.get(whole)
        if record is None:
            raise unknown_reference()
        if record.get("IsDeleted"):
            raise is_deleted()
        self._check_lock(whole)
        return record

    def _check_lock(self, id: str) -> None:
        if self.locked.get(id, 0) > 0:
            self.locked[id] -= 1
            words = f"unable to obtain exclusive access to this record or 1 records: {id}"
            raise Refused("UNABLE_TO_LOCK_ROW", words)

    # Steps

    def _set(self, record: Record, values: Record, who: str | None) -> None:
        key, now = str(record["Id"]), self.now()
        if who is not None:
            self.history += [(now, who, key, name, record.get(name), v) for name, v in values.items()]
        record.update(values)

    def _touch(self, record: Record) -> None:
        self._stale = True
        record["LastModifiedDate"] = record["SystemModstamp"] = stamp(self.now())

    def _settle(self, kind: str, record: Record, values: Record) -> None:
        """What follows from the values just set: an activity's account, end and closing."""
        if kind in ("Task", "Event"):
            self._stale = True
            record.update(activities.settle(kind, record, values, stamp(self.now())))

    def _activities(self, account: Value) -> Iterable[Record]:
        rows = (*self.tables["Task"].values(), *self.tables["Event"].values())
        return [row for row in rows if row["AccountId"] == account and not row["IsDeleted"]]


def _blank(kind: Kind) -> Record:
    return {name: field.default for name, field in kind.fields.items()}


def _is_missing(field: Field, values: Record) -> bool:
    """Salesforce fills the owner and the defaults in by itself."""
    required = field.createable and not field.nillable and field.default is None and field.name != "OwnerId"
    return required and values.get(field.name) is None


def kind_named(name: str) -> Kind:
    kind = find_kind(name)
    if kind is None:
        raise not_found()
    return kind
