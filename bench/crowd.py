"""A large team's store as its nights leave it, made in seconds: accounts, flags and history, for bench/pages.py.

200 reps of 20 managers. An account in fifty is flagged (all of them, where there are fewer than 2,000); those have been
flagged before, visited often, moved in the week and changed tier.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert, text

from connector.store import Database
from connector.store.rows import pour
from connector.store.tables import (
    accounts,
    assignments,
    books,
    changes,
    coverage,
    flags,
    interactions,
    overrides,
    runs,
    signals,
    slot_log,
    waits,
)

REPS, MANAGERS, FLAGS = 200, 20, 2_000
ISSUER = "http://127.0.0.1:1/idp"
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 7, tzinfo=UTC)
REASON = "No counted visit since 3 Mar 2026; Tier A is seen every 30 days. 412 relevant procedures a year at risk."


def rep(number: int) -> str:
    return f"rep{number:03}@example.com"


def manager(number: int) -> str:
    return f"lead{number:02}@example.com"


def npi(number: int) -> str:
    return str(1_000_000_000 + number)


def login_of(role: str) -> dict[str, Any]:
    """What a session keeps of a login by which somebody has this role."""
    return {"issuer": ISSUER, "groups": [role.lower()]}


def write_config(folder: Path, store: str) -> Path:
    reps = "".join(f"  - {{email: {rep(n)}, manager: {manager(n // (REPS // MANAGERS))}}}\n" for n in range(REPS))
    groups = "{admin: [admin], manager: [manager], rep: [rep]}"
    login = f"{{issuer: '{ISSUER}', client_id: x, groups: {groups}}}"
    lines = ["crm: {memory: {mapping: memory.yaml}}", "ready_made: {path: tiers.csv}", f"store: {store}"]
    (folder / "config.yaml").write_text("\n".join([*lines, f"web: {{login: {login}}}", "reps:", reps]))
    mapping = "crm: memory\naccount: {object: account, npi: npi}\ninteractions: [Task]\nfields: {tier: {field: tier}}\n"
    (folder / "memory.yaml").write_text(mapping)
    return folder / "config.yaml"


def fill(database: Database, many: int, most_flags: int = FLAGS) -> None:
    with database.engine.begin() as connection:
        _run(connection)
        number = np.arange(many)
        npis, reps = (number + 1_000_000_000).astype(str), np.array([rep(n) for n in range(REPS)])[number % REPS]
        flagged = min(many, most_flags)
        _plan(connection, npis, reps, flagged)
        _flags(connection, npis[:flagged], reps[:flagged])
        _past(connection, flagged)
        each = np.repeat(number, 3)
        _log(connection, np.concatenate([each, np.repeat(number[:flagged], 17)]))
    if database.engine.dialect.name == "postgresql":  # its own vacuum does that after a night
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _run(connection: Connection) -> None:
    row = {"id": 1, "crm": "memory", "job": "nightly", "today": TODAY, "started": NOW, "state": "done", "tally": {}}
    connection.execute(insert(runs), row)


def _plan(connection: Connection, npis: np.ndarray, reps: np.ndarray, most: int) -> None:
    many = len(npis)
    crm, records, none = np.full(many, "memory"), np.char.add("a", npis), np.full(many, False)
    names = np.array([f"Dr. {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n % 26]}lex Example {n}" for n in range(many)])
    volume = np.random.default_rng(1).uniform(11, 2_000, many)
    own = {"crm": crm, "id": records, "npi": npis, "name": names, "owner": reps, "city": np.full(many, "Des Moines")}
    empty, now = _json(many), _stamps(connection, np.zeros(many, int))
    _pour(connection, accounts, {**own, "fields": empty, "modified": now, "gone": none})
    sought = np.char.lower(np.char.replace(names, "Dr. ", ""))
    _pour(connection, books, {"crm": crm, "npi": npis, "record": records, "rep": reps, "sought": sought})
    plan = {"crm": crm, "npi": npis, "tier": np.full(many, "A"), "since": _days(np.full(many, 90)), "volume": volume}
    said = {"reason": np.full(many, "Tier A: 412 relevant procedures a year."), "vintage": np.full(many, "1")}
    _pour(connection, assignments, {**plan, **said, "specialty": np.full(many, "Cardiology"), "rank": np.arange(many)})
    held = {"crm": crm, "npi": npis, "state": np.full(many, "cold"), "last_touch": _days(np.full(many, 80))}
    flagged = np.arange(many) < most
    paused = np.where((np.arange(many) % 20 == 1) & ~flagged, "waiting for its turn", "")
    reason = np.where(flagged, REASON, "")
    _pour(connection, coverage, {**held, "flagged": flagged, "reason": reason, "paused": paused})
    first = [npi(n) for n in range(12)]
    wait = {"crm": "memory", "why": "waiting for its turn", "accounts": 12, "first": first}
    connection.execute(insert(waits), [{**wait, "rep": rep(n)} for n in range(REPS)])


def _flags(connection: Connection, npis: np.ndarray, reps: np.ndarray) -> None:
    """One that is open and three that have ended; of every fourth account one more that is snoozed."""
    many, rng = len(npis), np.random.default_rng(2)
    awake = np.where(np.arange(many) % 4 == 0, _days(np.full(many, -30)), np.datetime64("NaT"))
    for ago, ended in ((400, 380), (300, 280), (200, 190), (20, None)):
        row = _same(many, crm="memory", run=1, manager="", reason=REASON, next_step="Book a visit.")
        worth = rng.uniform(11, 2_000, many)
        row |= {"npi": npis, "rep": reps, "holder": reps, "at_risk": worth, "worth": worth}
        row["raised"] = _days(np.full(many, ago))
        if ended:
            row |= _same(many, how="dismissed", by="lead", said="on sabbatical")
            row["ended"] = _days(np.full(many, ended))
        if ended == 190:
            row["snoozed_until"] = awake
        _pour(connection, flags, row)


def _past(connection: Connection, flagged: int) -> None:
    """Slots, signals, an edit, and tiers that were written."""
    on = {"crm": "memory", "run": 1}
    moved = {"week": TODAY, "event": "moved", "day": TODAY, "starts": 540, "to_day": TODAY, "to_starts": 600}
    slot = {**on, **moved, "reason": "a visit before it ran late"}
    rows = [{**slot, "npi": npi(n), "rep": rep(n % REPS)} for n in range(flagged) for _ in range(10)]
    connection.execute(insert(slot_log), rows)
    up = {"event": "volume_up", "before": "100", "after": "200", "text": "Volume is up.", "way": 1, "state": "open"}
    up |= {"crm": "memory", "seen": TODAY, "until": TODAY}
    vintages = ({"earlier": "1", "vintage": "2"}, {"earlier": "2", "vintage": "3"})
    connection.execute(insert(signals), [{**up, **one, "npi": npi(n)} for n in range(flagged) for one in vintages])
    edit = {"crm": "memory", "field": "tier", "planned": "A", "edited": "B", "state": "proposed", "proposed": NOW}
    connection.execute(insert(overrides), [{**edit, "record": f"a{npi(n)}", "npi": npi(n)} for n in range(flagged)])
    wrote = {**on, "before": {"tier": "B"}, "after": {"tier": "A"}, "state": "written", "intended": NOW}
    rows = [{**wrote, "record": f"a{npi(n)}", "npi": npi(n)} for n in range(flagged) for _ in range(10)]
    connection.execute(insert(changes), rows)


def _log(connection: Connection, of: np.ndarray) -> None:
    many = len(of)
    row = {"crm": np.full(many, "memory"), "id": np.char.add("i", np.arange(many).astype(str))}
    row |= {"account": np.char.add("a", (of + 1_000_000_000).astype(str)), "kind": np.full(many, "visit")}
    at = _stamps(connection, np.random.default_rng(3).integers(80, 900, many))
    row |= {"at": at, "modified": at, "result": np.full(many, "done"), "owner": np.full(many, rep(0))}
    _pour(connection, interactions, {**row, "gone": np.full(many, False), "automated": np.full(many, False)})


def _pour(connection: Connection, table: Table, filled: dict[str, Any]) -> None:
    """PostgreSQL copies in a fraction of the time that inserting takes."""
    if connection.dialect.name == "sqlite":
        pour(connection, table, filled)
        return
    columns = filled.values()
    there = [np.where(np.isnat(c), None, c.astype(object)) if c.dtype.kind == "M" else c for c in columns]
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in filled)
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in zip(*(np.asarray(column).tolist() for column in there), strict=True):
            copy.write_row(row)


def _same(many: int, **values: object) -> dict[str, Any]:
    return {name: np.full(many, value) for name, value in values.items()}


def _days(ago: np.ndarray) -> np.ndarray:
    return np.datetime64(TODAY, "D") - ago.astype("timedelta64[D]")


def _stamps(connection: Connection, days_ago: np.ndarray) -> np.ndarray:
    """As the database takes them from `pour`: SQLite keeps texts."""
    if connection.dialect.name == "sqlite":
        return np.array([f"{NOW - timedelta(days=int(ago)):%Y-%m-%d %H:%M:%S.%f}" for ago in days_ago])
    return np.array([NOW - timedelta(days=int(ago)) for ago in days_ago], dtype=object)


def _json(many: int) -> np.ndarray:
    found: np.ndarray = np.empty(many, dtype=object)
    found[:] = "{}"
    return found


def users() -> Iterator[tuple[str, str, int]]:
    """Twenty people: e-mail, role, and a rep whose accounts they see."""
    for at in range(20):
        if at < 2:
            yield f"admin{at}@example.com", "ADMIN", at
        elif at < 8:
            yield manager(at), "MANAGER", at * (REPS // MANAGERS)
        else:
            yield rep(at * 7), "REP", at * 7


def addresses(page: str, whose: int, many: int) -> list[str]:
    """Half of the accounts that are asked for are flagged, where some are not."""
    if page == "cold":
        return ["/memory/cold"]
    numbers: list[Any] = [*range(whose, min(many, FLAGS), REPS)][:5] + [*range(whose, many, REPS)][-5:]
    return [f"/memory/accounts/{npi(n)}" for n in numbers]
