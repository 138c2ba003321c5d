#!/usr/bin/env python
"""From the log to coverage states, against SQL written by hand: bench/coverage.py [INTERACTIONS] [ACCOUNTS] [TURNS]

Both start from the same SQLite store with 1,000,000 interactions on 100,000 accounts, under the rules that stand when
nothing is written, and end with the same coverage rows in it, committed: the last touch that counts, the last from the
account's side and how many came from it, the last by each channel; then the three states, urgency, and from when an
account is due and cold. Flags are raised on few of these and not part of it.
By hand that is one reading of the log into a temporary table and one INSERT ... SELECT, as fast as we could make them:
in the log's own order, not down the index, and grouped again only for merges. It knows one step of merges, one cadence
and no rules but these, and trusts that each NPI is on one account; ours looks.

They take turns in fresh processes, on a copy each. Seconds are of the work, without loading modules; memory is the most
that the process held. Prints the median ratio, and whether the rows were the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

BEFORE, TODAY = "2026-11-28 07:00:01.000000", "2026-11-28"  # as bench.team has it
ROWS = "npi, state, urgency, last_touch, due_on, flagged, cold_since, reason, relationship, last_inbound, activity"
INBOUND = "direction = 'inbound' AND kind IN ('email', 'call', 'message') OR kind = 'call' AND minutes >= 5"
SEEN = """CREATE TEMP TABLE seen
    (account TEXT PRIMARY KEY, last, inbound, inbounds, called, mailed, wrote) WITHOUT ROWID"""
FILL = f"""
    INSERT INTO seen
    WITH latest AS (
        SELECT account, max(CASE WHEN kind = 'visit' THEN at END) AS last,
            max(CASE WHEN {INBOUND} THEN at END) AS inbound, count(CASE WHEN {INBOUND} THEN 1 END) AS inbounds,
            max(CASE WHEN kind = 'call' THEN at END) AS called, max(CASE WHEN kind = 'email' THEN at END) AS mailed,
            max(CASE WHEN kind = 'message' THEN at END) AS wrote
        FROM interactions NOT INDEXED
        WHERE crm = 'memory' AND NOT gone AND NOT automated AND result = 'done' AND at < ? GROUP BY account)
    SELECT coalesce(a.merged_into, l.account), max(last), max(inbound), sum(inbounds), max(called), max(mailed),
        max(wrote)
    FROM latest l LEFT JOIN accounts a ON a.crm = 'memory' AND a.id = l.account GROUP BY 1
"""
STATES = """
    INSERT INTO coverage (crm, npi, state, urgency, last_touch, due_on, flagged, cold_since, reason, last_inbound,
        relationship, activity)
    WITH days AS (
        SELECT p.npi, CASE p.tier WHEN 'A' THEN 30 WHEN 'B' THEN 90 END AS cadence,
            julianday(p.since) AS since, julianday(date(s.last, 'localtime')) AS last,
            date(s.inbound, 'localtime') AS inbound, s.inbounds
        FROM accounts a JOIN assignments p ON p.crm = a.crm AND p.npi = a.npi LEFT JOIN seen s ON s.account = a.id
        WHERE a.crm = 'memory' AND NOT a.gone
    ), silent AS (
        SELECT *, (julianday(?) - coalesce(last, since)) / cadence AS ratio FROM days
    ), said AS (
        SELECT *, CASE WHEN cadence IS NULL THEN 'waiting' WHEN last IS NULL AND ratio >= 1 THEN 'never_visited'
            WHEN last IS NULL THEN 'new' WHEN ratio >= 2 THEN 'lost_contact' WHEN ratio >= 1.5 THEN 'cold'
            WHEN ratio >= 1 THEN 'overdue' WHEN ratio >= 0.7 THEN 'due' ELSE 'on_track' END AS state
        FROM silent
    ), flags AS (SELECT *, state IN ('cold', 'lost_contact', 'never_visited') AS cold FROM said)
    SELECT 'memory', npi, state,
        CASE WHEN last IS NOT NULL THEN ratio WHEN state = 'new' THEN 0.0 END, date(last),
        CASE WHEN cadence IS NOT NULL THEN date(coalesce(last + ceil(cadence * 0.7), since)) END,
        FALSE, CASE WHEN cold THEN date(coalesce(last + ceil(cadence * 1.5), since + cadence)) END, '', inbound,
        CASE WHEN coalesce(inbounds, 0) < 3 THEN 'little_known' WHEN date(inbound, '+90 days') <= ? THEN 'quiet'
            ELSE 'warm' END, 'not_known'
    FROM flags
"""


def main(interactions: int, accounts: int, turns: int) -> None:
    with tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder:
        _child("build", folder, interactions, accounts)
        told = [{who: _turn(who, Path(folder)) for who in ("ours", "hand")} for _ in range(turns)]
    print(f"{interactions:,} interactions, {accounts:,} accounts; median of {turns} turns")
    for who in ("ours", "hand"):
        seconds, cpu, most = ([turn[who][what] for turn in told] for what in ("seconds", "cpu", "mb"))
        print(f"  {who}: {median(seconds):.2f} s, {median(cpu):.2f} s of CPU, {max(most):.0f} MB at most")
    for what in ("seconds", "cpu"):
        ratios = sorted(turn["ours"][what] / turn["hand"][what] for turn in told)
        print(f"  ratio of {what}: {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print("  parts of ours:", told[-1]["ours"]["parts"])
    print("  the same rows:", all(turn["ours"]["rows"] == turn["hand"]["rows"] for turn in told))


def _turn(who: str, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="callplan-bench-") as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        return _child(who, copy)


def ours(folder: Path) -> dict[str, Any]:
    from adapters.memory.org import Org
    from bench.team import Saturday, Team
    from connector.contract import Field, FieldType
    from connector.store import open_database
    from jobs._cold import coverage, find_states
    from jobs._touches import latest_touches

    org = Org(Saturday())
    org.add_fields(*(Field(name, FieldType.TEXT, True) for name in ("npi", "tier")))
    team = Team(folder, open_database(f"sqlite:///{folder / 'callplan.db'}").store("memory"), org)
    with team.run() as run:
        watch = Watch()
        book = watch.did("book", run.book())
        watch.did("log", run.once(latest_touches))
        states = watch.did("states", find_states(run, book))
        watch.did("rows", run.store.plan.fill_coverage(coverage(book, states)))
    return watch.told()


def hand(folder: Path) -> dict[str, Any]:
    os.environ["TZ"] = "America/Chicago"  # SQLite knows no zones but the machine's
    time.tzset()
    connection = sqlite3.connect(folder / "callplan.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    watch = Watch()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(SEEN)
    connection.execute(FILL, [BEFORE])
    connection.execute("DELETE FROM coverage WHERE crm = 'memory'")
    connection.execute(STATES, [TODAY, TODAY])
    connection.execute("COMMIT")
    return watch.told()


class Watch:
    def __init__(self) -> None:
        self.began, self.cpu, self.parts = time.perf_counter(), time.process_time(), dict[str, float]()

    def did(self, what: str, made: Any) -> Any:
        self.parts[what] = round(time.perf_counter() - self.began - sum(self.parts.values()), 2)
        return made

    def told(self) -> dict[str, Any]:
        seconds, cpu = time.perf_counter() - self.began, time.process_time() - self.cpu
        return {"seconds": seconds, "cpu": cpu, "parts": self.parts}


def rows(folder: Path) -> list[Any]:
    """How many, and a hash of them; urgencies are rounded, which two ways of dividing may differ in."""
    query = f"SELECT {ROWS} FROM coverage ORDER BY npi"
    found = sqlite3.connect(folder / "callplan.db").execute(query.replace("urgency", "round(urgency, 9)")).fetchall()
    return [len(found), hashlib.sha256(repr(found).encode()).hexdigest()]


def _child(what: str, *arguments: object) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, what, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _of(what: str, folder: Path, *numbers: int) -> dict[str, Any]:
    from bench.logged import fill

    if what == "build":
        fill(folder, *numbers)
        return {}
    told = {"ours": ours, "hand": hand}[what](folder)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**told, "mb": most, "rows": rows(folder)}


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("build", "ours", "hand"):
        print(json.dumps(_of(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))))
    else:
        given = [int(number) for number in sys.argv[1:]]
        main(*given, *(1_000_000, 100_000, 5)[len(given) :])
