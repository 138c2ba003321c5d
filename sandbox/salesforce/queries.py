"""Queries over the wire: a statement's first page, and its next ones by locator.

A page holds 2,000 rows at most, fewer if the client asks (Sforce-Query-Options: batchSize=200). A locator
lives two days and may be read again; its rows are those of the moment of the query.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sandbox.salesforce import ids
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.select import check, lay_out, select
from sandbox.salesforce.soql import parse

LOCATOR_LIVES = timedelta(days=2)  # help, article 000384958
_LEAST, _MOST = 200, 2000  # REST guide, Query Options header


def query(call: Call) -> Answer:
    return _query(call, all=False)


def query_all(call: Call) -> Answer:
    return _query(call, all=True)


def _query(call: Call, *, all: bool) -> Answer:
    records, statement = call.org.records, parse(call.args.get("q", ""))
    check(records, statement)
    rows = select(records, statement, all=all)
    if not statement.fields:
        return Answer(200, {"totalSize": len(rows), "done": True, "records": []})
    return Answer(200, _page(call, _keep(call, lay_out(records, statement, rows, call.base)), 0))


def _keep(call: Call, rows: list[dict[str, Any]]) -> str:
    org, now = call.org, call.org.records.now()
    org.cursors = {k: v for k, v in org.cursors.items() if v[0] + LOCATOR_LIVES > now}
    locator = ids.make("0r8", org.records.next_number())
    org.cursors[locator] = now, rows
    return locator


def _page(call: Call, locator: str, start: int) -> dict[str, Any]:
    rows, end = call.org.cursors[locator][1], start + _page_size(call)
    page: dict[str, Any] = {"totalSize": len(rows), "done": end >= len(rows), "records": rows[start:end]}
    if page["done"] and start == 0:
        del call.org.cursors[locator]
    elif not page["done"]:
        page["nextRecordsUrl"] = f"{call.base}/query/{locator}-{end}"
    return page


def _page_size(call: Call) -> int:
    asked = re.search(r"batchSize=(\d+)", call.headers.get("Sforce-Query-Options", ""))
    size = min(max(int(asked[1]), _LEAST), _MOST) if asked else _MOST
    return min(size, call.org.page_size)


def more(call: Call) -> Answer:
    locator, _, start = call.parts["locator"].partition("-")
    made, rows = call.org.cursors.get(locator, (None, []))
    lapsed = made is None or made + LOCATOR_LIVES <= call.org.records.now()
    if lapsed or not start.isdigit() or int(start) >= len(rows):
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
    return Answer(200, _page(call, locator, int(start)))
