"""DuckDB in this process: its threads are started once, and each session has tables of its own.

Errors   NeedsHuman: the claims need more memory than DuckDB may take, or a file of theirs cannot be read
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from callplan.model import Columns
from connector.config import EngineSettings
from connector.errors import NeedsHuman

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Embedded:
    dialect = "duckdb"

    def __init__(self, settings: EngineSettings, tables: Mapping[str, Columns] | None = None, file: str = "") -> None:
        self._settings, self._connection = settings, _duckdb(settings, file, os.getpid()).cursor()
        self._take(tables or {})

    def columns(self, sql: str, told: Mapping[str, Columns]) -> Columns:
        import duckdb

        self._take(told)
        try:
            found: dict[str, Any] = self._connection.execute(sql).fetchnumpy()
        except duckdb.OutOfMemoryException as error:
            raise NeedsHuman(
                f"{self._settings.memory} of memory are too little for these claims.",
                next_step="Give more in `engine: {memory: ...}`, or fewer `threads`.",
            ) from error
        except duckdb.Error as error:
            raise _refused(error) from error
        return {name: np.ma.getdata(column) for name, column in found.items()}

    def _take(self, tables: Mapping[str, Columns]) -> None:
        """Texts as Python's: numpy's own DuckDB takes only where pandas is installed (2.0.1, tried)."""
        for name, columns in tables.items():
            taken = {key: told.astype(object) if told.dtype.kind == "U" else told for key, told in columns.items()}
            self._connection.register(f"callplan_{name}", taken)


@cache
def _duckdb(settings: EngineSettings, file: str, process: int) -> DuckDBPyConnection:
    """One for each process: its threads do not come along into a fork."""
    import duckdb  # takes a while to load

    told: dict[str, Any] = {"memory_limit": settings.memory, "preserve_insertion_order": False}
    give_back = ("allocator_flush_threshold", "allocator_bulk_deallocation_flush_threshold")
    told |= dict.fromkeys(give_back, "1MB")
    told["temp_directory"] = os.path.join(tempfile.gettempdir(), f"callplan-{process}")
    if settings.threads:
        told["threads"] = settings.threads
    try:
        return duckdb.connect(file or ":memory:", read_only=bool(file), config=told)
    except duckdb.Error as error:
        raise _refused(error) from error


def _refused(error: Exception) -> NeedsHuman:
    return NeedsHuman(
        f"DuckDB: {str(error).partition(chr(10))[0]}",
        next_step="See that tables, files and columns under `warehouse:` are right, and that they may be read.",
    )
