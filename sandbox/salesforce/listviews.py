"""List views as a page shows them: which there are, what each asks, and the records that it finds.

Source   REST guide v67.0, List Views. A page of results holds 25 records unless `limit`
         asks for up to 2,000, and begins with the record `offset`, counted from 1.
"""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, not_found
from sandbox.salesforce.metadata.listviews import Column, columns_of, query_of, where_of
from sandbox.salesforce.metadata.markup import Node, read
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.select import lay_out, select
from sandbox.salesforce.soql import parse
from sandbox.salesforce.values import Record

_PAGE, _MOST = 25, 2000
_ORDER = ("Name", "Id")


def list_views(call: Call) -> Answer:
    kind = call.org.records.kind_named(call.parts["kind"])
    rows = [r for r in call.org.records.tables["ListView"].values() if r["SobjectType"] == kind.name]
    views = [_summary(call, kind, row) for row in rows]
    page = {"done": True, "listviews": views, "nextRecordsUrl": None, "size": len(views), "sobjectType": kind.name}
    return Answer(200, page)


def _summary(call: Call, kind: Kind, row: Record) -> dict[str, Any]:
    url = f"{call.base}/sobjects/{kind.name}/listviews/{row['Id']}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": row["DeveloperName"],
        "id": row["Id"],
        "label": row["Name"],
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def read_list_view(call: Call) -> Answer:
    kind, row, _ = _find(call)
    return Answer(200, _summary(call, kind, row))


def describe_list_view(call: Call) -> Answer:
    records = call.org.records
    kind, row, node = _find(call)
    sorts = [{"fieldNameOrPath": name, "nullsPosition": "first", "sortDirection": "ascending"} for name in _ORDER]
    return Answer(
        200,
        {
            "columns": [_column(column) for column in columns_of(records, kind, node)],
            "id": row["Id"],
            "orderBy": sorts,
            "query": query_of(records, kind, node),
            "scope": node.value("filterScope").lower(),
            "sobjectType": kind.name,
            "whereCondition": where_of(records, kind, node) or None,
        },
    )


def list_view_results(call: Call) -> Answer:
    records = call.org.records
    kind, row, node = _find(call)
    statement = parse(query_of(records, kind, node))
    found = select(records, statement, all=False)
    start, size = max(_number(call, "offset", 1), 1) - 1, min(_number(call, "limit", _PAGE), _MOST)
    laid = lay_out(records, statement, found[start : start + size], call.base)
    columns = columns_of(records, kind, node)
    return Answer(
        200,
        {
            "columns": [_column(column) for column in columns],
            "developerName": row["DeveloperName"],
            "done": start + size >= len(found),
            "id": row["Id"],
            "label": row["Name"],
            "records": [_cells(one, columns) for one in laid],
            "size": len(laid),
        },
    )


def _find(call: Call) -> tuple[Kind, Record, Node]:
    records = call.org.records
    kind, row = records.kind_named(call.parts["kind"]), records.get(call.parts["id"])
    if row is None or row.get("SobjectType") != kind.name or "DeveloperName" not in row:
        raise not_found()
    stored = call.org.metadata.stored["ListView", f"{kind.name}.{row['DeveloperName']}"]
    return kind, row, read(stored.text.encode())


def _number(call: Call, name: str, otherwise: int) -> int:
    word = call.args.get(name, str(otherwise))
    if not word.isdigit():
        raise Refused("INVALID_QUERY_FILTER_OPERATOR", f"{name} must be a whole number: {word}")
    return int(word)


def _column(column: Column) -> dict[str, Any]:
    return {
        "fieldNameOrPath": column.path,
        "hidden": False,
        "label": column.field.label,
        "selectListItem": column.path,
        "sortDirection": "ascending" if column.path in _ORDER else None,
        "sortIndex": _ORDER.index(column.path) if column.path in _ORDER else None,
        "sortable": column.field.filterable,
        "type": column.field.type,
    }


def _cells(row: dict[str, Any], columns: list[Column]) -> dict[str, Any]:
    paths = dict.fromkeys([column.path for column in columns] + ["Id", "SystemModstamp"])
    return {"columns": [{"fieldNameOrPath": path, "value": _cell(row, path)} for path in paths]}


def _cell(row: dict[str, Any], path: str) -> str | None:
    """Results are texts, whatever the field is."""
    found: Any = row
    for name in path.split("."):
        found = found[name] if found else None
    if isinstance(found, bool):
        return str(found).lower()
    return None if found is None else f"{found:g}" if isinstance(found, float) else str(found)
