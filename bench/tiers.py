#!/usr/bin/env python
"""How long it takes from claims to tiers, against SQL written by hand: bench/tiers.py [ROUNDS [LINES PROVIDERS]]

Ten million lines of claims (provider, procedure, diagnosis, volume) and a million providers of forty specialties, all
of them accounts of a thousand territories with a tier from before, lie in Parquet. Ours asks the product's expression
of them and deals the tiers with callplan.tiers; the other is one DuckDB query that does the same from the first line to
the tier: relevance, gates, percentile, decile, capacity, band. They take turns, each in a fresh process with the same
threads and memory; both must give every provider the same tier. Prints the seconds of each (the median) with the
loading of modules, the CPU's, their ratios, and the most memory its process held.
"""

from __future__ import annotations

import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MEMORY, THREADS = "170MB", 2
TERRITORIES, TODAY = 1000, date(2026, 11, 23)
RANGES = [  # family, first, last, weight in thousandths
    *(("rhythm", "33000", "33099", 1000), ("coronary", "33200", "33399", 1500)),
    *(("open heart", "33350", "33360", 700), ("veins", "33800", "33999", 2000)),
]
CLAIMS = """
    COPY (SELECT (1000000000 + hash(i) % {providers} * 7)::BIGINT AS npi,
                 (33000 + hash(i * 3 + 1) % 2000)::VARCHAR AS code,
                 ['I48', 'I50', 'E11', 'M17', 'C34', 'J44', 'N18', 'Z00'][(1 + hash(i * 5 + 2) % 8)::INT]
                     || (hash(i * 7) % 10)::VARCHAR AS diagnosis,
                 (1 + hash(i * 11 + 3) % 3000) / 10.0 AS volume
          FROM range({lines}) AS lines (i)) TO '{folder}/claims.parquet'
"""
PROVIDERS = """
    COPY (SELECT (1000000000 + i * 7)::BIGINT AS npi, 'Specialty ' || (hash(i) % 40)::VARCHAR AS specialty
          FROM range({providers}) AS providers (i)) TO '{folder}/providers.parquet'
"""


def main(rounds: int, lines: int, providers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder:
        write(folder, lines, providers)
        turns = [(_child("ours", folder), _child("plain", folder)) for _ in range(rounds)]
    ours, plain = zip(*turns, strict=True)
    assert len({told["tiers"] for told in (*ours, *plain)}) == 1, "the tiers differ"
    print(f"{lines:,} lines, {providers:,} providers, {ours[0]['counts']}, the same tiers")
    for name, each in (("ours", ours), ("by hand", plain)):
        seconds, cpu = (statistics.median(told[what] for told in each) for what in ("seconds", "cpu"))
        print(f"{name}: {seconds:.2f} s, {cpu:.2f} s of CPU, {max(told['mb'] for told in each):.0f} MB")
    for what in ("seconds", "cpu"):
        ratios = sorted(one[what] / other[what] for one, other in turns)
        print(f"ratio of {what} {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print("ours, the last round:", ", ".join(f"{part} {took:.2f} s" for part, took in ours[-1]["parts"].items()))


def write(folder: str, lines: int, providers: int) -> None:
    import duckdb

    with duckdb.connect() as connection:
        for statement in (CLAIMS, PROVIDERS):
            connection.execute(statement.format(folder=folder, lines=lines, providers=providers))


def ours(folder: str) -> dict[str, Any]:
    began, parts = perf_counter(), {}
    import numpy as np

    from callplan.assess import assess
    from callplan.model import AssessRules, Family, TierRules
    from callplan.tiers import assign_tiers
    from connector.config import EngineSettings, Warehouse
    from connector.engine.warehouse import open_warehouse

    families = tuple(Family(name, (f"{first}-{last}",), weight / 1000) for name, first, last, weight in RANGES)
    told = {"url": "duckdb://", "claims": "claims.parquet", "providers": "providers.parquet"}
    warehouse = Warehouse.model_validate(told)
    parts["load modules"] = perf_counter() - began
    source = open_warehouse(warehouse, EngineSettings(memory=MEMORY, threads=THREADS), Path(folder)).source
    assessed = assess(source, AssessRules(families, diagnoses=("I48", "I50"), min_share=0.1))
    parts["assess"] = perf_counter() - began - parts["load modules"]

    accounts = _accounts(assessed.npi.astype(np.int64))
    ready = perf_counter()
    found = assign_tiers(assessed, accounts, TierRules(), TODAY)
    parts["deal tiers"] = perf_counter() - ready
    seconds = parts["load modules"] + parts["assess"] + parts["deal tiers"]
    return {**_told(found.tier), "seconds": seconds, "parts": parts}


def _accounts(npi: Any) -> Any:
    """Nobody waits: dwell and turns are no work for a database."""
    import numpy as np

    from callplan.tiers import Accounts

    count = len(npi)
    return Accounts(
        territory=npi % TERRITORIES,
        territories=tuple(f"territory {at}" for at in range(TERRITORIES)),
        tier=np.array(["A", "B", "C", ""])[npi % 4],
        since=np.full(count, np.datetime64("NaT"), dtype="datetime64[D]"),
        moved=np.zeros(count, dtype=np.bool_),
        nominated=np.zeros(count, dtype=np.int64),
        hard=np.ones(count, dtype=np.bool_),
        locked=np.full(count, "", dtype="<U1"),
    )


PLAIN = """
WITH lines AS (
    SELECT npi, family, FLOOR(volume * 1000 + 0.5)::BIGINT * weight AS volume,
           LEFT(diagnosis, 3) IN ('I48', 'I50') AS listed
    FROM '{folder}/claims.parquet' JOIN relevant USING (code)),
by_family AS (
    SELECT npi, family, SUM(volume) AS volume, SUM(volume) FILTER (listed) AS listed FROM lines GROUP BY ALL),
volumes AS (
    SELECT npi, SUM(volume)::BIGINT AS volume, ARG_MAX(family, volume) AS family,
           COALESCE(SUM(listed), 0)::BIGINT AS listed FROM by_family GROUP BY npi),
gated AS (
    SELECT npi, specialty, family, COALESCE(volume, 0) AS volume,
           CASE WHEN volume IS NULL THEN 2 WHEN volume < 11000000 THEN 3
                WHEN listed / volume < 0.1 THEN 4 ELSE 0 END AS gate
    FROM '{folder}/providers.parquet' LEFT JOIN volumes USING (npi)),
assessed AS (
    SELECT *, 100.0 * COUNT(*) OVER up / COUNT(*) OVER everybody AS score,
           10 - LEAST(FLOOR(10 * (1 - SUM(volume) OVER up / SUM(volume) OVER everybody)), 9) AS decile
    FROM gated
    WINDOW up AS (PARTITION BY specialty, gate ORDER BY volume RANGE UNBOUNDED PRECEDING),
           everybody AS (PARTITION BY specialty, gate)),
ranked AS (
    SELECT *, ['A', 'B', 'C', ''][1 + npi % 4] AS was, npi % {territories} AS territory, ROW_NUMBER() OVER (
               PARTITION BY npi % {territories}, gate ORDER BY score DESC, volume DESC, npi) - 1 AS rank FROM assessed),
a AS (
    SELECT *, CASE WHEN rank < {a} * 0.8 OR (was IN ('A', '') AND rank < {a}) THEN 0
                   WHEN was = 'A' AND rank < {a} * 1.2 THEN 1 ELSE 9 END AS a_right,
              CASE WHEN rank < {ab} * 0.8 OR (was IN ('A', 'B', '') AND rank < {ab}) THEN 1
                   WHEN was IN ('A', 'B') AND rank < {ab} * 1.2 THEN 2 ELSE 9 END AS b_right FROM ranked),
b AS (
    SELECT *, a_right < 9 AND ROW_NUMBER() OVER (PARTITION BY territory, gate ORDER BY a_right, rank) <= {a} AS in_a
    FROM a),
c AS (
    SELECT *, IF(in_a, 0, b_right) AS right_ FROM b)
SELECT npi, family, volume, gate, score, decile,
       CASE WHEN gate > 0 THEN 'C' WHEN in_a THEN 'A'
            WHEN right_ < 9 AND ROW_NUMBER() OVER (PARTITION BY territory, gate ORDER BY right_, rank) <= {ab} THEN 'B'
            ELSE 'C' END AS tier
FROM c
"""


def plain(folder: str) -> dict[str, Any]:
    began = perf_counter()
    import duckdb
    import numpy as np

    connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": THREADS, "preserve_insertion_order": False})
    ranges = ", ".join(str(one) for one in RANGES)
    connection.execute(f"""
        CREATE TEMP TABLE relevant AS SELECT DISTINCT code, family, weight FROM '{folder}/claims.parquet'
        JOIN (VALUES {ranges}) AS families (family, first, last, weight) ON code BETWEEN first AND last""")
    query = PLAIN.format(folder=folder, territories=TERRITORIES, a=26, ab=78)
    found = connection.execute(query).fetchnumpy()
    seconds = perf_counter() - began
    return {**_told(found["tier"][np.argsort(found["npi"])].astype("<U1")), "seconds": seconds, "parts": {}}


def _told(tiers: Any) -> dict[str, Any]:
    counts = ", ".join(f"{(tiers == tier).sum():,} {tier}" for tier in "ABC")
    return {"tiers": hashlib.sha256(tiers.tobytes()).hexdigest(), "counts": counts}


def _child(what: str, folder: str) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    done = subprocess.run([sys.executable, __file__, what, folder], check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("ours", "plain"):
        told = {"ours": ours, "plain": plain}[sys.argv[1]](sys.argv[2])
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({**told, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}))
    else:
        main(*map(int, sys.argv[1:]), *(5, 10_000_000, 1_000_000)[len(sys.argv) - 1 :])
