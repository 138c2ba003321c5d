"""A warehouse's tables under our names and in our types: the SELECT for each.

A column is found by the name that `columns` gives it, else by ours. One that is not there is empty, but for those
without which there are no claims.

Units    volume in whole thousandths, halves up: FLOOR(x + 0.5) is the same on every engine, ROUND is not
Errors   NeedsHuman: a column is missing, with the nearest name
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlglot
from sqlglot import exp

from connector.config import Warehouse
from connector.engine.sql import Session
from connector.errors import NeedsHuman
from connector.yamlfile import nearest

QUOTE = '"'
TEXTS = ("name", "specialty", "city", "state", "zip")

# Written as DuckDB has it; sqlglot writes it for the others.
VOLUME = "CAST(FLOOR(COALESCE(CAST({volume} AS DOUBLE), 0) * 1000 + 0.5) AS BIGINT)"
DIAGNOSIS = "COALESCE(CAST({diagnosis} AS TEXT), '')"
CLAIMS = f"""
SELECT CAST({{npi}} AS BIGINT) AS "npi", COALESCE(CAST({{code}} AS TEXT), '') AS "code", {VOLUME} AS "volume",
       {DIAGNOSIS} AS "diagnosis", CASE WHEN {DIAGNOSIS} = '' THEN 0 ELSE {VOLUME} END AS "diagnosed"
FROM {{table}} WHERE NOT {{npi}} IS NULL
"""
PROVIDERS = f"""
SELECT CAST({{npi}} AS BIGINT) AS "npi", CAST(COALESCE({{size}}, 0) AS BIGINT) AS "size",
       {", ".join(f"COALESCE(CAST({{{name}}} AS TEXT), '') AS {QUOTE}{name}{QUOTE}" for name in TEXTS)}
FROM {{table}} WHERE NOT {{npi}} IS NULL
"""
MISSING = {"diagnosis": "''", "size": "0"} | dict.fromkeys(TEXTS, "''")


def views(warehouse: Warehouse, session: Session, base: Path) -> dict[str, str]:
    """Our tables, and the SELECT that makes each of theirs."""
    of_claims = PROVIDERS.replace("SELECT", "SELECT DISTINCT", 1)
    whose = (warehouse.providers, PROVIDERS) if warehouse.providers else (warehouse.claims, of_claims)
    tables = {"claims": (warehouse.claims, CLAIMS), "providers": whose}
    return {name: _view(table, form, warehouse, session, base) for name, (table, form) in tables.items()}


def _view(name: str, form: str, warehouse: Warehouse, session: Session, base: Path) -> str:
    table, dialect = _table(name, session.dialect, base), session.dialect
    there = list(session.columns(exp.select("*").from_(table).limit(0).sql(dialect), {}))
    columns = {ours: _column(ours, warehouse, there) for ours in ("npi", "code", "volume", *MISSING)}
    for ours, found in columns.items():
        if not found and f"{{{ours}}}" in form:
            asked = warehouse.columns.get(ours, ours)
            raise NeedsHuman(
                f'{name}: there is no column "{asked}". {nearest(asked, there)}',
                next_step=f"Say which one is meant: `warehouse: {{columns: {{{ours}: NAME}}}}`.",
            )
    select = form.format(table=table.sql("duckdb"), **columns)
    return sqlglot.transpile(select, read="duckdb", write=dialect)[0]


def _column(ours: str, warehouse: Warehouse, there: Sequence[str]) -> str:
    """In the case that the engine folds it to, unless it has signs for which it must be quoted."""
    folded = {column.lower() for column in there}
    theirs = next((name for name in (warehouse.columns.get(ours), ours) if name and name.lower() in folded), None)
    return exp.to_identifier(theirs).sql("duckdb") if theirs else MISSING.get(ours, "")


def _table(name: str, dialect: str, base: Path) -> exp.Table:
    """DuckDB reads Parquet files as if they were tables."""
    if dialect == "duckdb" and name.endswith(".parquet"):
        return exp.Table(this=exp.to_identifier(str(base / name), quoted=True))
    return exp.to_table(name, dialect=dialect)
