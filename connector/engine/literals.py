"""The rules as tables within the query, since nothing may be created where claims stand.

Source   sqlglot, which Ibis itself writes SQL with
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from callplan.model import Columns
from connector.engine.sql import with_tables

TYPES = {"i": "BIGINT", "f": "DOUBLE", "U": "TEXT"}  # by numpy's kind


def with_literals(tables: Mapping[str, Columns], asked: str, dialect: str) -> str:
    return with_tables({name: literal(columns, dialect) for name, columns in tables.items()}, asked, dialect)


def literal(columns: Columns, dialect: str) -> str:
    """A small table as a SELECT of its values. Numbers with a fraction travel as text, which no engine rounds."""
    rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
    nothing = tuple("0" if column.dtype.kind == "U" else 0 for column in columns.values())
    values = exp.values([tuple(_value(cell) for cell in row) for row in rows or [nothing]], "told", list(columns))
    for name in values.find_all(exp.Identifier):
        name.set("quoted", True)  # or some engines would fold it to capitals
    casts = [_typed(name, TYPES[column.dtype.kind]) for name, column in columns.items()]
    select = exp.select(*casts).from_(values)
    return (select if rows else select.limit(0)).sql(dialect)


def _typed(name: str, type_: str) -> exp.Expr:
    return exp.alias_(exp.cast(exp.column(name, quoted=True), type_), name, quoted=True)


def _value(cell: Any) -> exp.Expr:
    return exp.Literal.string(repr(cell)) if isinstance(cell, float) else exp.convert(cell)
