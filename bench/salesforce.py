#!/usr/bin/env python
"""Reading and writing many accounts of a Salesforce org, beside simple-salesforce's own bulk2.

    bench/salesforce.py [ACCOUNTS]

The org is the sandbox, in a process of its own on this machine. In one run: all accounts read; 1 % of them written; all
of them written, as a first load does; 50,000 tasks read. Each client is a process of its own. Prints for each the calls
beside the fewest that the API allows with files of that size, the client's CPU seconds, and the most memory it held.
The library reads into files and writes from a file, which is its leanest way; what a row becomes is left out there.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

TASKS = 50_000
ACCOUNT = ("NPI__c", "Name", "BillingCity", "Call_Tier__c", "Tier_Reason__c", "Call_Order__c", "Next_Visit_Date__c")
WRITTEN = ("Call_Tier__c", "Tier_Reason__c", "Call_Order__c", "Next_Visit_Date__c")
JOB = 150_000


def main(accounts: int) -> None:
    here, there = multiprocessing.Pipe()
    org = multiprocessing.get_context("spawn").Process(target=serve, args=(there, accounts), daemon=True)
    org.start()
    url = here.recv()
    for task, rows in (("read", accounts), ("write", accounts // 100), ("write", accounts), ("tasks", TASKS)):
        fewest = _fewest(task, rows)
        for who in ("ours", "theirs"):
            here.send("count")
            here.recv()
            told = _child(who, task, url, rows)
            here.send("count")
            calls = here.recv()
            print(
                f"{task} {rows:>9,} rows, {who:>6}: {calls:,} calls ({calls / fewest:.2f} of the fewest), "
                f"{told['cpu']:.1f} s CPU, {told['mb']:.0f} MB",
                flush=True,
            )
    org.terminate()


def _fewest(task: str, rows: int) -> int:
    """Of calls: a job made and looked at once, and its files; for a write also its upload, its start and two files."""
    from adapters.salesforce import bulk

    if task == "write":
        return 7 * -(-rows // JOB)
    return 2 + -(-rows // bulk.FILE_ROWS)


def serve(pipe: Any, accounts: int) -> None:
    from sandbox.salesforce import Salesforce
    from sandbox.server import listen
    from sandbox.wire import Wire
    from sandbox.world import Rep, World

    salesforce = Salesforce(World(reps=(Rep("Kim Lee", "kim@example.com"),)), daily_calls=1_000_000)
    records, old = salesforce.records, datetime.now(UTC) - timedelta(days=2)
    first = ""
    for number in range(accounts):
        values = {"NPI__c": f"2{number:09d}", "Name": f"Practice {number}", "BillingCity": "Des Moines"}
        first = records.insert("Account", values, None, old) or first
    for number in range(TASKS):
        values = {"Subject": f"Call {number}", "Status": "Completed", "TaskSubtype": "Call", "WhatId": first}
        records.insert("Task", {**values, "CallDurationInSeconds": 600}, None, old)
    wire = Wire(salesforce)
    pipe.send(listen(wire).url)
    while pipe.recv() == "count":
        calls = sum("/oauth2/" not in call.path for call in wire.calls)
        wire.calls.clear()
        salesforce.history.clear()
        pipe.send(calls)


def _child(who: str, task: str, url: str, rows: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", who, task, url, str(rows)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        sleep(seconds)


def ours(task: str, url: str, rows: int) -> None:
    import adapters.salesforce
    from connector.contract import Change, Reading, Secret

    settings = adapters.salesforce.Settings(
        base_url=url, client_id="sandbox-client", client_secret=Secret("sandbox-secret")
    )
    crm = adapters.salesforce.connect(settings, Reading("Account", ACCOUNT, ("Task",)), clock=Wall())
    if task == "read":
        assert sum(len(page.rows) for page in crm.accounts(None)) == rows
    elif task == "tasks":
        assert sum(len(page.rows) for page in crm.interactions(None)) == rows
    else:
        ids = iter(_ids(url, rows))
        size = crm.limits.cheapest(rows).rows
        while batch := [Change(id_, _values(n)) for n, id_ in zip(range(size), ids, strict=False)]:
            assert all(outcome.verdict == "written" for outcome in crm.write(batch))


def theirs(task: str, url: str, rows: int) -> None:
    client = _library(url)
    with tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder:
        if task == "write":
            file = Path(folder) / "rows.csv"
            with file.open("w", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(["Id", *WRITTEN])
                writer.writerows([id_, *_values(n).values()] for n, id_ in enumerate(_ids(url, rows)))
            for job in client.bulk2.Account.update(csv_file=str(file), batch_size=JOB):
                assert job["numberRecordsFailed"] == 0
                client.bulk2.Account.get_all_ingest_records(job["job_id"])
            return
        kind = "Account" if task == "read" else "Task"
        fields = ACCOUNT if task == "read" else ("AccountId", "Status", "TaskSubtype", "CallDurationInSeconds")
        soql = f"SELECT Id, SystemModstamp, {', '.join(fields)} FROM {kind}"
        found = getattr(client.bulk2, kind).download(soql, path=folder, max_records=10_000)
        assert sum(part["number_of_records"] for part in found) == rows


def _values(number: int) -> dict[str, Any]:
    reason = f"Tier A: {number} relevant procedures a year (rhythm), 94th percentile of Cardiology."
    return {
        "Call_Tier__c": "A",
        "Tier_Reason__c": reason,
        "Call_Order__c": number % 90,
        "Next_Visit_Date__c": "2026-12-01",
    }


def _library(url: str) -> Any:
    """The library, pointed at this machine; it knows only https."""
    import requests
    from simple_salesforce import Salesforce

    from adapters.salesforce.session import _Loopback

    told = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    token = requests.post(f"{url}/services/oauth2/token", data=told, timeout=60).json()["access_token"]
    session = requests.Session()
    session.mount("https://", _Loopback())
    return Salesforce(session_id=token, instance_url=url, session=session, version="67.0")


def _ids(url: str, rows: int) -> Iterator[str]:
    """Salesforce's ids are numbered; the sandbox's begin where its other records end."""
    from sandbox.salesforce import ids

    first = next(n for n in range(1, 50) if _is_account(url, ids.make("001", n)))
    return (ids.make("001", first + number) for number in range(rows))


def _is_account(url: str, id_: str) -> bool:
    return bool(_library(url).query(f"SELECT Id FROM Account WHERE Id = '{id_}'")["totalSize"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        who, task, url, rows = sys.argv[2:]
        {"ours": ours, "theirs": theirs}[who](task, url, int(rows))
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
