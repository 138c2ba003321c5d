"""Tasks and events: what Salesforce derives from the values that a rep or a client has set.

AccountId follows WhatId. A task closes with its status and remembers when. An event's end follows from its
start and minutes, or its minutes from the end. LastActivityDate is the later of the last event's date and
the due date of the task closed last, so it may lie in the future (Object Reference, Account).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sandbox.salesforce.errors import Refused
from sandbox.salesforce.values import Record, moment, stamp


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


def settle(kind: str, record: Record, values: Record, now: str) -> Record:
    derived = _settle_task(record, values, now) if kind == "Task" else _settle_event(record, values)
    return {"AccountId": record["WhatId"], **derived}


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
