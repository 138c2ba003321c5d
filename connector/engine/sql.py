"""The question as an engine's own SQL. Nothing is created in a warehouse: what is ours travels within the query, so
that reading is the only right it needs.

Source   Ibis 12, as a compiler only
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from callplan.model import Columns

if TYPE_CHECKING:
    from ibis.expr.types import Table

COMPILED = Path(__file__).parent / "compiled"
BACKTICKS = ("bigquery", "databricks", "spark")


class Question(Hashable, Protocol):
    @property
    def name(self) -> str: ...

    def expression(self) -> Table: ...


class Session(Protocol):
    """SQL in, columns out; `told` are small tables that the SQL may name."""

    dialect: str

    def columns(self, sql: str, told: Mapping[str, Columns]) -> Columns: ...


@cache
def compiled(question: Question, dialect: str) -> str:
    kept = COMPILED / f"{question.name}.{dialect}.sql"
    return kept.read_text(encoding="utf-8") if kept.exists() else compiled_anew(question, dialect)


def compiled_anew(question: Question, dialect: str) -> str:
    import ibis  # takes a while to load

    if dialect in ("spark", "databricks") and not ibis.options.pyspark:
        ibis.options.pyspark = _spark_options()
    name = "pyspark" if dialect == "spark" else dialect
    return str(ibis.to_sql(question.expression(), dialect=name)) + "\n"


def _spark_options() -> object:
    """Ibis 12.0 has them only where pyspark is installed, and writes no SQL for Spark without."""
    from ibis.config import Config

    return type("Options", (Config,), {"__annotations__": {"treat_nan_as_null": bool}, "treat_nan_as_null": False})()


def with_tables(selects: Mapping[str, str], asked: str, dialect: str) -> str:
    """What is asked of our tables, after the SELECT that makes each of them."""
    if not selects:
        return asked
    made = ", ".join(f"{ours(name, dialect)} AS ({select})" for name, select in selects.items())
    return f"WITH {made} SELECT * FROM ({asked}) AS answer"


def ours(table: str, dialect: str) -> str:
    return quoted(f"callplan_{table}", dialect)


def quoted(name: str, dialect: str) -> str:
    return f"`{name}`" if dialect in BACKTICKS else f'"{name}"'
