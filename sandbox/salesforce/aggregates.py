"""Rows counted and summed: COUNT(Id) and its kin, in groups or over all rows.

An answer has no id; what has no alias is called expr0, expr1. All groups must fit one page.
Source   SOQL and SOSL Reference, GROUP BY and aggregate functions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.salesforce.columns import Column, Names
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.records import Records
from sandbox.salesforce.select import comparable, select
from sandbox.salesforce.syntax import Aggregate, Item, Statement, complain
from sandbox.salesforce.values import Record

_PAGE = 2000
_NUMBERS = ("double", "int")
_FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len(set(values)),
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "SUM": lambda values: sum(values) if values else None,
    "AVG": lambda values: sum(values) / len(values) if values else None,
}


def is_aggregate(statement: Statement) -> bool:
    return bool(statement.groups) or any(isinstance(item.what, Aggregate) for item in statement.items)


def aggregate(records: Records, statement: Statement, *, all: bool) -> list[dict[str, Any]]:
    names = Names(records, statement)
    groups, columns = [names.column(token) for token in statement.groups], _columns(names, statement)
    out = [_laid_out(names, columns, rows) for rows in _grouped(names, statement, groups, all)]
    out = _sorted(statement, columns, out)
    out = out if statement.limit is None else out[: statement.limit]
    if len(out) > _PAGE:
        words = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise Refused("EXCEEDED_ID_LIMIT", words)
    return out


def _columns(names: Names, statement: Statement) -> list[tuple[str, Column, str | None]]:
    """Of each item: what it is called, the field, and the function if there is one."""
    groups = [names.column(token) for token in statement.groups]
    out: list[tuple[str, Column, str | None]] = []
    for item in statement.items:
        column = names.column(item.field)
        if isinstance(item.what, Aggregate):
            _check_function(statement, item, column)
            unnamed = sum(1 for name, *_ in out if name.startswith("expr"))
            out.append((item.alias or f"expr{unnamed}", column, item.what.function))
        elif column not in groups:
            complain(statement.text, item.field.at, f"Field must be grouped or aggregated: {column.field.name}")
        else:
            out.append((item.alias or column.field.name, column, None))
    return out


def _check_function(statement: Statement, item: Item, column: Column) -> None:
    function = item.what.function if isinstance(item.what, Aggregate) else ""
    sums = function in ("SUM", "AVG") and column.field.type not in _NUMBERS
    if function not in _FUNCTIONS or sums or not column.field.filterable:
        words = f"field {column.field.name} does not support aggregate operator {function}"
        complain(statement.text, item.field.at, words)


def _grouped(names: Names, statement: Statement, groups: list[Column], all: bool) -> list[list[Record]]:
    rows = select(names.records, statement, all=all)
    if not groups:
        return [rows]
    found: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        key = tuple(comparable(column.field, names.value(row, column)) for column in groups)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _laid_out(names: Names, columns: list[tuple[str, Column, str | None]], rows: list[Record]) -> dict[str, Any]:
    out: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
    for name, column, function in columns:
        values = [value for row in rows if (value := names.value(row, column)) is not None]
        out[name] = _FUNCTIONS[function](values) if function else (values[0] if values else None)
    return out


def _sorted(
    statement: Statement, columns: list[tuple[str, Column, str | None]], out: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    for order in reversed(statement.order):
        wanted = order.field.text.rpartition(".")[2].lower()
        name = next((name for name, *_ in columns if name.lower() == wanted), None)
        if name is None:
            complain(statement.text, order.field.at, f"Ordered field must be grouped or aggregated: {wanted}")
        empty, full = [r for r in out if r[name] is None], [r for r in out if r[name] is not None]
        full.sort(key=lambda r: r[name], reverse=order.descending)
        out = full + empty if order.nulls_last else empty + full
    return out
