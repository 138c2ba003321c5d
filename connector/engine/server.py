"""Any database that SQLAlchemy has a dialect for and Ibis writes SQL for.

Errors   NeedsHuman: the URL names none, its driver is missing, or it refuses the query; TryAgain: it does not answer
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from callplan.model import Columns
from connector.engine.literals import with_literals
from connector.errors import NeedsHuman, TryAgain

DIALECTS = {"postgresql": "postgres"} | {name: name for name in ("snowflake", "bigquery", "databricks", "trino")}
ROWS_AT_ONCE = 50_000


class Server:
    def __init__(self, url: str) -> None:
        try:
            self._engine = create_engine(url)
            self.dialect = DIALECTS[self._engine.dialect.name]
        except (ArgumentError, NoSuchModuleError, ImportError, KeyError) as error:
            raise NeedsHuman(
                "`warehouse.url` names no database that can be asked from here.",
                next_step="Write one such as postgresql+psycopg://user@host/name, and install the extra for it.",
            ) from error

    def columns(self, sql: str, told: Mapping[str, Columns]) -> Columns:
        asked = text(with_literals(told, sql, self.dialect).replace(":", r"\:"))  # no colon of ours is a parameter
        try:
            with self._engine.connect() as connection:
                found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(asked)
                return columns_of(list(found.keys()), found.partitions())
        except OperationalError as error:
            raise TryAgain(f"The warehouse does not answer: {_first_line(error)}", after=60) from error
        except DBAPIError as error:
            raise refused(_first_line(error)) from error


def columns_of(names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Columns:
    parts = [[np.array(column) for column in zip(*rows, strict=True)] for rows in batches]
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return dict(zip(names, joined or [np.zeros(0)] * len(names), strict=True))


def refused(why: str) -> NeedsHuman:
    return NeedsHuman(
        f"The warehouse refused the query: {why}",
        next_step="See that tables and columns under `warehouse:` are right, and that the login may read them.",
    )


def _first_line(error: DBAPIError) -> str:
    """The driver's words; SQLAlchemy's would repeat the whole query."""
    return str(error.orig).strip().partition("\n")[0]
