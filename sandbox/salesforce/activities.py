"""Tasks and events: what Salesforce derives from the values that a rep or a client has set.

AccountId is the account that WhatId names, or the account of the customer's object that it names, or else the
account of the contact in WhoId. A task closes with its status and remembers when. An event's end follows from
its start and minutes, or its minutes from the end. LastActivityDate is the later of the last event's date and
the due date of the task closed last, so it may lie in the future (Object Reference, Account).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sandbox.salesforce.errors import Refused
from sandbox.salesforce.values import Record, Value, moment, stamp

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records


def check(kind: str, values: Record) -> None:
    """An event needs a start, and an end or a length; a task needs nothing."""
    if kind != "Event":
        return
    starts = values.get("StartDateTime") or values.get("ActivityDateTime")
    ends = values.get("EndDateTime") or values.get("DurationInMinutes") is not None
    missing = [name for name, ok in (("ActivityDateTime", starts), ("DurationInMinutes", ends)) if not ok]
    if missing:
        words = f"Required fields are missing: [{', '.join(missing)}]"
        raise Refused("REQUIRED_FIELD_MISSING", words, *missing)
    _check_length({}, values)


def check_change(kind: str, record: Record, values: Record) -> None:
    if kind == "Event":
        _check_length(record, values)


def _check_length(record: Record, values: Record) -> None:
    start = values.get("StartDateTime") or values.get("ActivityDateTime") or record.get("StartDateTime")
    ends = values.get("EndDateTime")
    if (ends and str(ends) < str(start)) or int(values.get("DurationInMinutes") or 0) < 0:
        raise Refused("FIELD_INTEGRITY_EXCEPTION", "Event duration can't be negative", "DurationInMinutes")


def settle(records: Records, kind: str, record: Record, values: Record) -> Record:
    now = stamp(records.now())
    derived = _settle_task(record, values, now) if kind == "Task" else _settle_event(record, values)
    return {"AccountId": account_of(records, record), **derived}


def account_of(records: Records, activity: Record) -> Value:
    what, who = records.get(activity["WhatId"]), records.get(activity["WhoId"])
    if what:
        kind = records.kind_of(str(what["Id"]))
        if kind is None or kind.name == "Account":
            return what["Id"]
        links = [f.name for f in kind.fields.values() if f.to == ("Account",)]
        parent = next((what[name] for name in links if what[name]), None)
        if parent:
            return parent
    return who.get("AccountId") if who else None


def _settle_task(record: Record, values: Record, now: str) -> Record:
    closed = record["Status"] == "Completed"
    when = values.get("CompletedDateTime") or record["CompletedDateTime"] or now
    return {"IsClosed": closed, "CompletedDateTime": when if closed else None}


def _settle_event(record: Record, values: Record) -> Record:
    start = values.get("StartDateTime") or values.get("ActivityDateTime") or record["StartDateTime"]
    began = moment(str(start))
    if values.get("EndDateTime"):
        ended = moment(str(values["EndDateTime"]))
    else:
        ended = began + timedelta(minutes=int(record["DurationInMinutes"] or 0))
    return {
        "StartDateTime": stamp(began),
        "ActivityDateTime": stamp(began),
        "ActivityDate": began.date().isoformat(),
        "EndDateTime": stamp(ended),
        "DurationInMinutes": int((ended - began).total_seconds() // 60),
    }


def latest(tasks: Iterable[Record], events: Iterable[Record]) -> dict[str, str]:
    """LastActivityDate of each account that has one."""
    closed = (t for t in tasks if t["IsClosed"] and not t["IsDeleted"] and t["AccountId"])
    last_closed = {str(t["AccountId"]): t for t in sorted(closed, key=lambda t: str(t["CompletedDateTime"]))}
    days = {account: str(t["ActivityDate"]) for account, t in last_closed.items() if t["ActivityDate"]}
    for event in events:
        if event["AccountId"] and not event["IsDeleted"]:
            account, day = str(event["AccountId"]), str(event["ActivityDate"])
            days[account] = max(day, days.get(account, day))
    return days


def is_archived(record: Record, before: date) -> bool:
    """Events, and closed tasks, that are a year old: only queryAll sees them."""
    if "IsClosed" in record and not record["IsClosed"]:
        return False
    day = record["ActivityDate"] or record["CreatedDate"]
    return str(day)[:10] <= before.isoformat()
