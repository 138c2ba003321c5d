"""Answers a SOQL statement from the records: filters, sorts, and lays each row out as the query asked.

Texts compare without case, ids with it. An empty text is null. Nulls sort first. A comparison with a literal
of another type is refused, as Salesforce does: a date field takes no datetime and no quotes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from sandbox.salesforce import ids
from sandbox.salesforce.columns import Column, Names
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.records import Records
from sandbox.salesforce.schema import TEXTS, Field
from sandbox.salesforce.syntax import (
    ESCAPES,
    Both,
    Compare,
    Condition,
    Literal,
    Not,
    Order,
    Statement,
    complain,
)
from sandbox.salesforce.values import Record, Value

Test = Callable[[Record], bool]

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TAKES = {"double": "number", "int": "number", "boolean": "boolean", "date": "date", "datetime": "datetime"}


def select(records: Records, statement: Statement, *, all: bool) -> list[Record]:
    """The rows that a statement is about, in its order; `all` includes the deleted and the archived."""
    return _Search(records, statement).rows(all)


def lay_out(records: Records, statement: Statement, rows: list[Record], base: str) -> list[dict[str, Any]]:
    search, columns = _Search(records, statement), columns_of(records, statement)
    return [search.laid_out(row, columns, base) for row in rows]


def columns_of(records: Records, statement: Statement) -> list[Column]:
    search = _Search(records, statement)
    return [search.column(token) for token in statement.fields]


def check(records: Records, statement: Statement) -> None:
    """Refuse what the statement names and the org does not have, before any row is looked at."""
    columns = list(zip(columns_of(records, statement), statement.fields, strict=True))
    for n, (column, token) in enumerate(columns):
        if column in [c for c, _ in columns[:n]]:
            complain(statement.text, token.at, f"duplicate field selected: {token.text}", "INVALID_FIELD")


class _Search(Names):
    def rows(self, all: bool) -> list[Record]:
        statement = self.statement
        test = self.test(statement.where) if statement.where else None
        rows = [row for row in self.records.tables[self.kind.name].values() if self.records.is_seen(row)]
        if not all:
            rows = [r for r in rows if not r.get("IsDeleted") and not self.is_archived(r)]
        if test:
            rows = [r for r in rows if test(r)]
        if statement.groups:
            return rows
        for order in reversed(statement.order):
            rows = self._sorted(rows, order)
        rows = rows[statement.offset :]
        return rows if statement.limit is None else rows[: statement.limit]

    def _sorted(self, rows: list[Record], order: Order) -> list[Record]:
        column = self.column(order.field)
        empty = [r for r in rows if self.value(r, column) is None]
        full = [r for r in rows if self.value(r, column) is not None]
        full.sort(key=lambda r: comparable(column.field, self.value(r, column)), reverse=order.descending)
        return full + empty if order.nulls_last else empty + full

    # Conditions

    def test(self, condition: Condition) -> Test:
        if isinstance(condition, Not):
            inner = self.test(condition.part)
            return lambda row: not inner(row)
        if isinstance(condition, Both):
            tests, join = [self.test(part) for part in condition.parts], _JOINS[condition.operator]
            return lambda row: join(test(row) for test in tests)
        return self._compare(condition)

    def _compare(self, condition: Compare) -> Test:
        column = self.column(condition.field)
        self._check_operator(column.field, condition)
        wanted = [self._literal(column.field, literal, condition) for literal in condition.literals]
        holds = _comparison(condition, wanted)
        return lambda row: holds(comparable(column.field, self.value(row, column)))

    def _check_operator(self, field: Field, condition: Compare) -> None:
        name, sign, at = field.name, condition.operator, condition.field.at
        if not field.filterable:
            words = f"field '{name}' can not be filtered in a query call"
            complain(self.statement.text, at, words, "INVALID_FIELD")
        if (sign == "LIKE" and field.type not in TEXTS) or (sign in _SIGNS and field.type == "boolean"):
            words = f"invalid operator on {field.type} field: {name}"
            complain(self.statement.text, at, words, "INVALID_QUERY_FILTER_OPERATOR")

    def _literal(self, field: Field, literal: Literal, condition: Compare) -> Value:
        takes = _TAKES.get(field.type, "string")
        if literal.kind not in (takes, "null"):
            quotes = "should be" if takes == "string" else "should not be"
            words = (
                f"value of filter criterion for field '{field.name}' must be of type {field.type} "
                f"and {quotes} enclosed in quotes"
            )
            complain(self.statement.text, condition.field.at, words, "INVALID_FIELD")
        if field.type in ("id", "reference") and literal.kind == "string" and not ids.full(literal.value):
            raise Refused("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {literal.value}")
        value: Value = comparable(field, literal.value)
        return value


_WILD = {"%": ".*", "_": "."}
_JOINS: dict[str, Callable[[Any], bool]] = {"AND": all, "OR": any}


def _comparison(condition: Compare, wanted: list[Value]) -> Callable[[Value], bool]:
    sign = condition.operator
    if sign in _SIGNS:
        ordered, limit = _SIGNS[sign], wanted[0]
        return lambda value: value is not None and limit is not None and ordered(value, limit)
    if sign == "LIKE":
        pattern = _pattern(condition.literals[0].raw)
        return lambda value: value is not None and pattern.fullmatch(str(value)) is not None
    members = set(wanted)
    if sign in ("=", "IN"):
        return lambda value: value in members
    return lambda value: value not in members


def comparable(field: Field, value: Value) -> Any:
    if field.type in ("id", "reference"):
        return ids.full(value)
    if isinstance(value, str) and field.type in TEXTS:
        return value.casefold() or None
    return value


def _pattern(raw: str) -> re.Pattern[str]:
    """% is any run of characters and _ is one, unless escaped."""
    parts = re.findall(r"\\.|.", raw, re.DOTALL)
    return re.compile("".join(_WILD.get(p) or re.escape(_plain(p)) for p in parts), re.DOTALL)


def _plain(part: str) -> str:
    sign = part[-1]
    return ESCAPES.get(sign, sign) if len(part) == 2 else sign.casefold()
