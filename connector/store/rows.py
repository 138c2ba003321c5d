"""How rows reach the database: inserted, or replaced where their key is there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Date, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]
Key = TypeVar("Key", bound=str | int)
PART = 500  # keys in one question


class Transactions(Protocol):
    def begin(self) -> AbstractContextManager[Connection]: ...


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


def pour(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows that are not there; no JSON and no stamps. Into SQLite as it keeps them: SQLAlchemy's look at each
    value of a hundred thousand rows takes longer than writing them."""
    columns = [[*column] for column in zip(*rows, strict=True)]
    if not columns:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)])
        return
    for at, name in enumerate(names):
        if isinstance(table.c[name].type, Date):
            columns[at] = [day and day.isoformat() for day in columns[at]]
    places = ", ".join("?" * len(names))
    into = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608  (names of ours)
    connection.exec_driver_sql(into, [*zip(*columns, strict=True)])


def in_parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """So many keys at a time as a database takes in one question."""
    return (keys[start : start + PART] for start in range(0, len(keys), PART))
