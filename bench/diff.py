#!/usr/bin/env python
"""How long it takes to find what must be sent, against a plain hash diff: bench/diff.py [ACCOUNTS ...]

Both start from the same SQLite store as a night leaves it (plan, mirror, ledger), in which 1 % of the accounts have a
new stop, and must find exactly those. The plain one is what one writes first: each account's wanted fields as sorted
JSON, hashed with SHA-256, against the hash of what was last sent, with the standard library alone. They take turns,
three each; prints the best seconds of each, their ratio, and the most memory its process held.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

FIELDS = {
    name: f"Call_{name}__c"
    for name in (
        *("tier", "tier_reason", "tier_since", "volume", "call_order", "next_visit"),
        *("going_cold", "cold_reason", "cold_since", "last_visit"),
    )
}
PLAN = """
    SELECT a.npi, a.tier, a.reason, a.since, CASE WHEN a.volume >= 11 THEN CAST(round(a.volume) AS INTEGER) END,
           l.slot, l.day, coalesce(c.flagged, 0), CASE WHEN c.flagged THEN c.reason END,
           CASE WHEN c.flagged THEN c.cold_since END, c.last_touch
    FROM assignments a LEFT JOIN coverage c ON c.crm = a.crm AND c.npi = a.npi
    LEFT JOIN call_lists l ON l.crm = a.crm AND l.npi = a.npi WHERE a.crm = 'salesforce'
"""


def main(sizes: list[int]) -> None:
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder:
            file = str(Path(folder) / "callplan.db")
            _child("build", file, size)
            turns = [(_child("ours", file, size), _child("plain", file, size)) for _ in range(3)]
        ours, plain = (min(times, key=lambda told: told["seconds"]) for times in zip(*turns, strict=True))
        found = f"{ours['found']:,} of {size:,} accounts differ"
        times = f"ours {ours['seconds']:.2f} s and {ours['mb']:.0f} MB, plain {plain['seconds']:.2f} s"
        print(f"{found}: {times} and {plain['mb']:.0f} MB, ratio {ours['seconds'] / plain['seconds']:.2f}", flush=True)


def build(file: str, size: int) -> dict[str, Any]:
    """A store of so many accounts that say what was planned last night, and a plan with new stops for 1 %."""
    from connector.store import open_database
    from connector.store.hashes import hash_fields
    from connector.store.sides import in_groups

    open_database(f"sqlite:///{file}").engine.dispose()
    groups = in_groups(FIELDS)
    rng = Random(1)
    connection = sqlite3.connect(file)
    run = (
        "INSERT INTO runs (crm, job, today, started, state, tally) VALUES ('salesforce', 'nightly', ?, ?, 'done', '{}')"
    )
    connection.execute(run, ("2026-11-22", "2026-11-22"))
    connection.execute("CREATE TABLE sent (id TEXT PRIMARY KEY, npi TEXT, hash TEXT)")
    order = list(range(size))
    rng.shuffle(order)  # the CRM's ids come in another order than the NPIs
    for at, number in enumerate(order):
        npi, id_, tier = str(1_000_000_000 + number * 7), f"001{at:012d}AAA", "ABC"[number % 3]
        cold = number % 20 == 0
        reason = f"{11 + number % 400} relevant procedures in 12 months, percentile {number % 100} of Cardiology."
        said = (tier, reason, "2026-09-01", 11 + number % 400, None, None, int(cold))
        said += ("No visit for 60 days.", "2026-10-01", "2026-08-01") if cold else (None, None, "2026-08-01")
        fields = dict(zip(FIELDS.values(), said, strict=True))
        account = (
            "salesforce",
            id_,
            npi,
            "Dr. Somebody",
            "kim@example.com",
            json.dumps(fields),
            hash_fields(fields, groups),
            "2026-11-22",
            0,
        )
        insert(connection, "accounts (crm, id, npi, name, owner, fields, says, modified, gone)", account)
        insert(connection, "ledger (crm, record, fields, run)", ("salesforce", id_, json.dumps(fields), 1))
        tiered = ("salesforce", npi, tier, "2026-09-01", said[3], number % 100, reason, "Cardiology", "v1")
        insert(
            connection, "assignments (crm, npi, tier, since, volume, percentile, reason, specialty, vintage)", tiered
        )
        covered = ("salesforce", npi, "cold", "2026-08-01", cold, "2026-10-01" if cold else None, said[7] or "")
        insert(connection, "coverage (crm, npi, state, last_touch, flagged, cold_since, reason)", covered)
        if number % 100 == 0:
            stop = ("salesforce", npi, "kim@example.com", "2026-11-23", "2026-11-24", 1 + number % 40, "")
            insert(connection, "call_lists (crm, npi, rep, week, day, slot, roads)", stop)
        insert(connection, "sent (id, npi, hash)", (id_, npi, _hash(fields)))
    connection.commit()
    return {}


def insert(connection: sqlite3.Connection, into: str, row: tuple[Any, ...]) -> None:
    connection.execute(f"INSERT INTO {into} VALUES ({', '.join('?' * len(row))})", row)


def ours(file: str, _: int) -> dict[str, Any]:
    from connector.contract import Field, FieldType, Shape
    from connector.mapping import Target
    from connector.store import open_database
    from connector.sync.compare import compare
    from connector.sync.select import Selection

    store = open_database(f"sqlite:///{file}").store("salesforce")
    targets = {name: Target(field=field) for name, field in FIELDS.items()}
    shape = Shape("Account", {field: Field(field, FieldType.TEXT, True) for field in FIELDS.values()})
    began = perf_counter()
    found = compare(store, targets, shape, Selection(), date(2026, 11, 23))
    return {"seconds": perf_counter() - began, "found": len(found.differences)}


def plain(file: str, _: int) -> dict[str, Any]:
    connection = sqlite3.connect(file)
    began = perf_counter()
    sent = {npi: (id_, hash_) for id_, npi, hash_ in connection.execute("SELECT id, npi, hash FROM sent")}
    found = list(_changed(connection, sent))
    return {"seconds": perf_counter() - began, "found": len(found)}


def _changed(connection: sqlite3.Connection, sent: dict[str, tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for npi, *values in connection.execute(PLAN):
        fields = dict(zip(FIELDS.values(), values, strict=True))
        id_, hash_ = sent[npi]
        if _hash(fields) != hash_:
            yield id_, fields


def _hash(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _child(what: str, file: str, size: int) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    done = subprocess.run([sys.executable, __file__, what, file, str(size)], check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("build", "ours", "plain"):
        told = {"build": build, "ours": ours, "plain": plain}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
        print(json.dumps({**told, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    else:
        main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
