"""A team's store with a long log: so many interactions on so many accounts, as a night finds them before flag_cold.

The ids are in the order in which things were logged, the accounts in none, as in a CRM. One interaction in a hundred
is deleted, one account in two hundred is merged into another, one e-mail in three was sent by a machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.team import TODAY
from callplan.model import npi_is_valid
from connector.store import open_database

CONFIG = """crm: {memory: {mapping: memory.yaml}}
ready_made: {path: tiers.csv}
tiers: {visits_per_week: 100}
time_zone: America/Chicago
"""
MAPPING = """crm: memory
account: {object: account, npi: npi}
interactions: [Task]
fields: {tier: {field: tier}}
"""
INTERACTION = (
    *("crm", "id", "account", "kind", "at", "modified", "result", "direction", "minutes", "owner", "gone"),
    *("created", "outcome", "status", "automated"),
)
REPS = [f"rep{at:03}@example.com" for at in range(250)]


def fill(folder: Path, interactions: int, accounts: int) -> None:
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "memory.yaml").write_text(MAPPING)
    file = folder / "callplan.db"
    open_database(f"sqlite:///{file}").engine.dispose()
    connection, rng = sqlite3.connect(file), np.random.default_rng(1)
    ids = [f"001{at:012d}AAA" for at in range(accounts)]
    _put(connection, "accounts", "crm id npi name owner fields modified gone merged_into", _accounts(ids, rng))
    _put(connection, "assignments", "crm npi tier since volume reason specialty vintage", _assignments(accounts, rng))
    _put(connection, "interactions", " ".join(INTERACTION), _interactions(ids, interactions, rng))
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def _accounts(ids: list[str], rng: np.random.Generator) -> Iterator[tuple[object, ...]]:
    npis, merged, owner = _npis(len(ids)), rng.random(len(ids)) < 0.005, rng.integers(0, len(REPS), len(ids))
    merged[0] = False
    for at, id_ in enumerate(ids):
        into = ids[0] if merged[at] else None
        yield ("memory", id_, npis[at], "Dr. Somebody", REPS[owner[at]], "{}", f"{TODAY}", int(into is not None), into)


def _assignments(accounts: int, rng: np.random.Generator) -> Iterator[tuple[object, ...]]:
    tiers, volume, ago = rng.choice(["A", "B", "C"], accounts, p=[0.2, 0.5, 0.3]), rng.gamma(2, 90, accounts), 400
    for npi, tier, much, days in zip(
        _npis(accounts), tiers.tolist(), volume.tolist(), rng.integers(0, ago, accounts), strict=True
    ):
        since = TODAY - timedelta(days=int(days))
        yield ("memory", npi, tier, f"{since}", much if much > 5 else None, "", "Cardiology", "v1")


def _interactions(ids: list[str], many: int, rng: np.random.Generator) -> Iterator[tuple[object, ...]]:
    seconds = np.sort(rng.integers(0, 3 * 365 * 86_400, many)).tolist()
    began = datetime.combine(TODAY - timedelta(days=3 * 365 - 14), datetime.min.time())  # two weeks of it lie ahead
    often = rng.gamma(0.8, 1, len(ids))
    account = rng.choice(len(ids), many, p=often / often.sum()).tolist()
    kinds = rng.choice(["visit", "call", "email", "message"], many, p=[0.45, 0.25, 0.25, 0.05]).tolist()
    results = rng.choice(["done", "no_show", "no_answer", "canceled"], many, p=[0.85, 0.05, 0.05, 0.05]).tolist()
    ways, chance = rng.choice(["inbound", "outbound"], many, p=[0.3, 0.7]).tolist(), rng.random(many).tolist()
    for at in range(many):
        kind, when = kinds[at], began + timedelta(seconds=seconds[at])
        stamp, result = f"{when}.000000", "planned" if when.date() > TODAY else results[at]
        way = None if kind == "visit" else ways[at]
        machine = int(kind == "email" and way == "outbound" and chance[at] < 0.5)
        yield (
            *("memory", f"00U{at:012d}AAA", ids[account[at]], kind, stamp, stamp, result, way, 5 + 40 * chance[at]),
            *(REPS[at % len(REPS)], int(chance[at] > 0.99), stamp, result.title(), "Completed", machine),
        )


def _npis(many: int) -> list[str]:
    """Each with its check digit."""
    return [next(n for d in range(10) if npi_is_valid(n := f"{100_000_000 + at}{d}")) for at in range(many)]


def _put(connection: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
    names = columns.split()
    places = ", ".join("?" * len(names))
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows)


def today() -> date:
    return TODAY
