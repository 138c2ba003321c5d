"""The rows of a query job, as they are at the moment when it runs: lines of quoted cells.

null is an empty cell; a moment ends in Z, where the same field in JSON ends in +0000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from sandbox.salesforce.bulk.jobs import QueryJob
from sandbox.salesforce.bulk.sheet import Written
from sandbox.salesforce.columns import Column, Names
from sandbox.salesforce.records import Records
from sandbox.salesforce.schema import Field
from sandbox.salesforce.select import columns_of, select
from sandbox.salesforce.values import Record, Value

Cell = Callable[[Record], object]


def lines_of(records: Records, job: QueryJob) -> tuple[str, list[str]]:
    """The header, and every row."""
    columns = columns_of(records, job.statement)
    rows = select(records, job.statement, all=job.operation == "queryAll")
    header, lines = (Written(job.delimiter, job.line_ending) for _ in range(2))
    header.add([[_name(column) for column in columns]])
    names = Names(records, job.statement)
    cells = [_cell(names, column) for column in columns]
    lines.add(_laid_out(rows, cells))
    return "".join(header), lines


def _laid_out(rows: list[Record], cells: list[Cell]) -> Iterable[tuple[object, ...]]:
    """By column within 1,000 rows, which is quicker than cell by cell."""
    left = iter(rows)
    while some := list(islice(left, 1000)):
        yield from zip(*([cell(row) for row in some] for cell in cells), strict=True)


def _name(column: Column) -> str:
    return ".".join([*(str(link.relation) for link in column.links), column.field.name])


def _cell(names: Names, column: Column) -> Cell:
    field = column.field
    if not column.links:
        if field.name == "IsArchived":
            return lambda row: _text(field, names.is_archived(row))
        return _plain(field)
    known: dict[Value, object] = {None: ""}
    link = column.links[0].name

    def of_parent(row: Record) -> object:
        key = row[link]
        if key not in known:
            known[key] = _text(field, names.value(row, column))
        return known[key]

    return of_parent


def _plain(field: Field) -> Cell:
    name = field.name
    if field.type in ("boolean", "datetime"):
        return lambda row: _text(field, row[name])
    return lambda row: row[name]


def _text(field: Field, value: Value) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.type == "datetime" and isinstance(value, str):
        return value.replace("+0000", "Z")
    return value
