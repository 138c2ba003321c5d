"""Deletes, undeletes and merges, and what becomes of the children.

An account takes its contacts and activities into the recycle bin and out of it again; an object of the
customer's loses its link. A merge hands every child over. After 15 days a deleted record is purged: nobody
is told of it any more, not even queryAll.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.salesforce.errors import Refused, is_deleted
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.values import Record, stamp

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records

PURGED_AFTER = timedelta(days=15)
_WITH_THEIR_ACCOUNT = ("Task", "Event", "Contact")
_MOST_LOSERS = 2


def is_purged(records: Records, record: Record) -> bool:
    gone = bool(record.get("IsDeleted"))
    return gone and records.policy.purges and str(record["SystemModstamp"]) <= stamp(records.now() - PURGED_AFTER)


def bury(records: Records, kind: Kind, record: Record, who: str) -> None:
    if "IsDeleted" not in kind.fields:
        del records.tables[kind.name][str(record["Id"])]
        return
    records.put(record, {"IsDeleted": True}, who)
    for child, field, row in list(_children(records, kind, record)):
        if field.name in ("AccountId", "WhatId") and child.name in _WITH_THEIR_ACCOUNT:
            records.put(row, {"IsDeleted": True}, who)
        elif field.name.endswith("__c"):
            records.put(row, {field.name: None}, who)


def undelete(records: Records, kind: Kind, record: Record, who: str) -> None:
    """With what went into the bin by the same delete."""
    if not record["IsDeleted"] or is_purged(records, record):
        raise Refused("UNDELETE_FAILED", "Entity is not in the recycle bin")
    moment = record["SystemModstamp"]
    records.put(record, {"IsDeleted": False}, who)
    if "MasterRecordId" in record:
        records.put(record, {"MasterRecordId": None}, who)
    for child, field, row in list(_children(records, kind, record, gone=True)):
        went_along = field.name in ("AccountId", "WhatId") and child.name in _WITH_THEIR_ACCOUNT
        if went_along and row["IsDeleted"] and row["SystemModstamp"] == moment:
            records.put(row, {"IsDeleted": False}, who)


def merge(records: Records, losers: list[Record], winner: Record, who: str) -> None:
    kind = records.kind_of(str(winner["Id"]))
    if kind is None or "MasterRecordId" not in kind.fields or len(losers) > _MOST_LOSERS:
        raise Refused("INVALID_OPERATION", "Only accounts or contacts merge, three at most")
    if any(records.kind_of(str(loser["Id"])) is not kind or loser is winner for loser in losers):
        raise Refused("INVALID_OPERATION", "A record merges with others of its own object")
    if any(record["IsDeleted"] for record in (*losers, winner)):
        raise is_deleted()
    for loser in losers:
        for _, field, row in list(_children(records, kind, loser)):
            records.put(row, {field.name: winner["Id"]}, who)
        records.put(loser, {"IsDeleted": True, "MasterRecordId": winner["Id"]}, who)
    records.touch(winner)


def _children(
    records: Records, kind: Kind, parent: Record, *, gone: bool = False
) -> Iterator[tuple[Kind, Field, Record]]:
    for child in records.kinds.values():
        links = [f for f in child.fields.values() if kind.name in f.to and f.name != "MasterRecordId"]
        for field in links:
            for row in records.every(child.name, field.name, str(parent["Id"])):
                if gone or not row.get("IsDeleted"):
                    yield child, field, row
