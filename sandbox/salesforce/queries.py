"""Queries over the wire: a statement's first page, and its next ones by locator.

A page holds 2,000 rows at most, fewer if the client asks (Sforce-Query-Options: batchSize=200). A locator
lives two days and may be read again; its rows are those of the moment of the query.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sandbox.salesforce import ids
from sandbox.salesforce.aggregates import aggregate, is_aggregate
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.columns import Column, Names
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.select import check, lay_out, select
from sandbox.salesforce.soql import parse
from sandbox.salesforce.syntax import Statement

LOCATOR_LIVES = timedelta(days=2)  # help, article 000384958
_LEAST, _MOST = 200, 2000  # REST guide, Query Options header
_APEX = {"id": "Id", "reference": "Id", "boolean": "Boolean", "int": "Integer", "double": "Double"}


def query(call: Call) -> Answer:
    return _query(call, all=False)


def query_all(call: Call) -> Answer:
    return _query(call, all=True)


def tooling_query(call: Call) -> Answer:
    """Nothing is ever found among the org's code and builds; the command line asks all the same."""
    entity = parse(call.args.get("q", "")).kind.text
    shape = {"size": 0, "totalSize": 0, "done": True, "queryLocator": None}
    return Answer(200, {**shape, "entityTypeName": entity, "records": []})


def _query(call: Call, *, all: bool) -> Answer:
    records, statement = call.org.records, parse(call.args.get("q", ""))
    if call.args.get("columns") == "true":
        return Answer(200, _columns(Names(records, statement), statement))
    if is_aggregate(statement):
        found = aggregate(records, statement, all=all)
        return Answer(200, {"totalSize": len(found), "done": True, "records": found})
    check(records, statement)
    rows = select(records, statement, all=all)
    if call.org.slow_rows is not None and len(rows) > call.org.slow_rows:
        raise Refused("QUERY_TIMEOUT", "Your query request was running for too long.")
    if not statement.items:
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
    asked = re.search(r"batchSize=([^,;\s]*)", call.headers.get("Sforce-Query-Options", ""))
    if asked and not asked[1].isdigit():
        raise Refused("INVALID_BATCH_SIZE", f"batch size must be a number: {asked[1]}")
    size = min(max(int(asked[1]), _LEAST), _MOST) if asked else _MOST
    return min(size, call.org.page_size)


def more(call: Call) -> Answer:
    locator, _, start = call.parts["locator"].partition("-")
    made, rows = call.org.cursors.get(locator, (None, []))
    lapsed = made is None or made + LOCATOR_LIVES <= call.org.records.now()
    if lapsed or not start.isdigit() or int(start) >= len(rows):
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
    return Answer(200, _page(call, locator, int(start)))


def _columns(names: Names, statement: Statement) -> dict[str, Any]:
    """What a query would bring, without bringing it."""
    columns = [names.column(item.field) for item in statement.items]
    return {
        "columnMetadata": [_column(column) for column in columns],
        "entityName": names.kind.name,
        "groupBy": bool(statement.groups),
        "idSelected": any(column.field.name == "Id" and not column.links for column in columns),
        "keyPrefix": names.kind.prefix,
    }


def _column(column: Column) -> dict[str, Any]:
    field, path = column.field, [str(link.relation) for link in column.links]
    kind = _APEX.get(field.type, "String")
    return {
        "aggregate": False,
        "apexType": kind,
        "booleanType": kind == "Boolean",
        "columnName": ".".join([*path, field.name]),
        "custom": field.name.endswith("__c"),
        "displayName": ".".join([*path, field.name]),
        "foreignKeyName": None,
        "insertable": field.createable,
        "joinColumns": [],
        "numberType": kind in ("Integer", "Double"),
        "textType": kind == "String",
        "updatable": field.updateable,
    }
