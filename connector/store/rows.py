"""How rows reach the database: inserted, or replaced where their key is there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Executable, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]
Key = TypeVar("Key", bound=str | int)
PART = 500  # keys in one question


class Transactions(Protocol):
    def begin(self) -> AbstractContextManager[Connection]: ...


class Readable(Transactions, Protocol):
    def reading(self) -> AbstractContextManager[Connection]: ...

    def at_once(self) -> AbstractContextManager[Connection]: ...


def put(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert each row, or replace what stands under its key; the last of equal keys wins."""
    keys = [column.name for column in table.primary_key]
    distinct = list({tuple(row[key] for key in keys): row for row in rows}.values())
    if not distinct:
        return
    connection.execute(_upsert(connection.dialect.name, table, frozenset(distinct[0])), distinct)


@cache
def _upsert(dialect: str, table: Table, names: frozenset[str]) -> Executable:
    """Made once for each table and set of columns: making it takes longer than a small insert."""
    keys = [column.name for column in table.primary_key]
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    others = {name: insert.excluded[name] for name in sorted(names - {*keys})}
    found: Executable = insert.on_conflict_do_update(index_elements=keys, set_=others)
    return found


def pour(connection: Connection, table: Table, filled: Mapping[str, NDArray[Any]]) -> None:
    """Insert rows that are not there, column by column; NaN and NaT are null. No JSON and no stamps.

    Into SQLite as it keeps them: SQLAlchemy's look at each value of so many rows takes longer than to write them.
    """
    plainly = connection.dialect.name == "sqlite"
    rows = [*zip(*(_values(column, plainly=plainly) for column in filled.values()), strict=True)]
    if rows and not plainly:
        connection.execute(table.insert(), [dict(zip(filled, row, strict=True)) for row in rows])
    elif rows:
        into = f"INSERT INTO {table.name} ({', '.join(filled)}) VALUES ({', '.join('?' * len(filled))})"  # noqa: S608
        connection.exec_driver_sql(into, rows)  # the names are ours


def _values(column: NDArray[Any], *, plainly: bool) -> list[Any]:
    if column.dtype.kind not in "Mf":
        return list(column.tolist())
    there = ~np.isnat(column) if column.dtype.kind == "M" else np.isfinite(column)
    values = column.astype("U10" if plainly and column.dtype.kind == "M" else object).astype(object)
    values[~there] = None
    return list(values)


def columns(connection: Connection, query: Select[Any]) -> Sequence[Sequence[Any]]:
    """Of SQLite days and moments are texts, as the driver gives them: to make datetimes takes as long as to ask."""
    result = connection.execute(query)
    cursor: Any = result.cursor
    rows = cursor.fetchall() if connection.dialect.name == "sqlite" else result.all()
    return list(zip(*rows, strict=True)) or [()] * len(query.selected_columns)


def in_parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """So many keys at a time as a database takes in one question."""
    return (keys[start : start + PART] for start in range(0, len(keys), PART))
