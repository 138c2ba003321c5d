"""What changed and what is gone in a span of time: getUpdated and getDeleted.

They reach 30 and 15 days back, and no further forward than the start of an open long transaction.
Source   REST guide v67.0, resources_getupdated and resources_getdeleted
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.values import Record, moment, stamp

_UPDATED_DAYS, _DELETED_DAYS = 30, 15


def updated(call: Call) -> Answer:
    """Ids changed in a span, and how far it is safe to say so: to the start of any open long transaction."""
    start, end = _span(call, _UPDATED_DAYS)
    covered = min(end, call.org.long_transaction or end)
    rows = _changed(call, start, covered, gone=False)
    return Answer(200, {"ids": [row["Id"] for row in rows], "latestDateCovered": stamp(covered)})


def deleted(call: Call) -> Answer:
    start, end = _span(call, _DELETED_DAYS)
    covered = min(end, call.org.long_transaction or end)
    rows = _changed(call, start, covered, gone=True)
    return Answer(
        200,
        {
            "deletedRecords": [{"id": r["Id"], "deletedDate": r["SystemModstamp"]} for r in rows],
            "earliestDateAvailable": stamp(call.org.records.now() - timedelta(days=_DELETED_DAYS)),
            "latestDateCovered": stamp(covered),
        },
    )


def _changed(call: Call, start: datetime, end: datetime, *, gone: bool) -> list[Record]:
    records = call.org.records
    table, span = records.tables[records.kind_named(call.parts["kind"]).name], (stamp(start), stamp(end))
    rows = (row for row in table.values() if bool(row.get("IsDeleted")) is gone and records.is_seen(row))
    found = [row for row in rows if span[0] <= str(row["SystemModstamp"]) <= span[1]]
    if len(found) > call.org.most_ids:
        raise Refused("EXCEEDED_ID_LIMIT", f"The span holds more than {call.org.most_ids} ids; ask for a shorter one")
    return found


def _span(call: Call, days: int) -> tuple[datetime, datetime]:
    now = call.org.records.now()
    try:
        start, end = (moment(call.args.get(name, "").replace(" ", "+")) for name in ("start", "end"))
    except ValueError:
        raise Refused("INVALID_REPLICATION_DATE", "start and end must be dates with a time zone") from None
    if end - start < timedelta(minutes=1):
        raise Refused("INVALID_REPLICATION_DATE", "endDate must be at least one minute after startDate")
    if start < now - timedelta(days=days):
        raise Refused("INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    return start, min(end, now)
