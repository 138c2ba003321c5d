#!/usr/bin/env python
"""Reading and writing many companies of a HubSpot portal, beside hubspot-api-client's own models.

    bench/hubspot.py [COMPANIES]

The portal is the sandbox, in a process of its own on this machine, with its limits lifted, so that work is measured and
not waiting. In one run: all companies read; 1 % of them written; all of them written, as a first load does; 50,000
meetings read as on the first night, and as changes. Each client is a process of its own. Prints for each the calls
beside the fewest that the API allows, the client's CPU seconds, and the most memory it held.
Then the first load once more at HubSpot's real limits, on a clock that only the client's waiting moves: how much of the
allowed rate it takes, and how often it was refused.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder, whose file is named like the library

MEETINGS = 50_000
BURST, DAILY = 190, 650_000  # of a Professional portal
FIRST = 900_000_001  # the sandbox's first id
READ = ("name", "city", "hcp_tier", "hcp_tier_reason", "hcp_call_order", "hcp_next_visit")
FEWEST = {"read": 100, "write": 100, "meetings": 100, "changed meetings": 200}  # rows a call


def main(companies: int) -> None:
    here, there = multiprocessing.Pipe()
    portal = multiprocessing.get_context("spawn").Process(target=serve, args=(there, companies), daemon=True)
    portal.start()
    url = here.recv()
    for task, rows in (
        ("read", companies),
        ("write", companies // 100),
        ("write", companies),
        ("meetings", MEETINGS),
        ("changed meetings", MEETINGS),
    ):
        fewest = -(-rows // FEWEST[task])
        for who in ("ours", "theirs"):
            if (who, task) == ("theirs", "changed meetings"):
                continue  # the library's search ends at 10,000
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
    portal.terminate()
    at_real_limits(companies)


def serve(pipe: Any, companies: int) -> None:
    from sandbox.hubspot import rates
    from sandbox.server import listen

    rates.SEARCHES = 1_000_000
    wire = filled(companies, MEETINGS, lambda: datetime.now(UTC), burst=1_000_000, daily=10_000_000)
    pipe.send(listen(wire).url)
    while pipe.recv() == "count":
        calls = len(wire.calls)
        wire.calls.clear()
        wire.vendor.history.clear()
        pipe.send(calls)


def filled(companies: int, meetings: int, now: Any, burst: int, daily: int) -> Any:
    from sandbox.hubspot import HubSpot
    from sandbox.wire import Wire
    from sandbox.world import Rep, World

    hubspot = HubSpot(World(reps=(Rep("Kim Lee", "kim@example.com"),)), now=now, burst=burst, daily_calls=daily)
    portal, old = hubspot.portal, now() - timedelta(days=2)
    for number in range(companies):
        portal.create("companies", {"name": f"Practice {number}", "city": "Des Moines"}, at=old)
    for number in range(meetings):
        at = (old - timedelta(days=number % 90)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        told = {"hs_timestamp": at, "hs_meeting_outcome": "COMPLETED", "hs_meeting_start_time": at}
        meeting = portal.create("meetings", told, at=old)
        portal.link(("meetings", meeting.id), ("companies", str(FIRST + number % companies)), at=old)
    hubspot.history.clear()
    return Wire(hubspot)


def _child(who: str, task: str, url: str, rows: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", who, task, url, str(rows)], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(done.stdout))


class Impatient:
    """A clock on which waiting takes no time of ours."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def ours(task: str, url: str, rows: int) -> None:
    from connector.contract import Cursor

    crm = _adapter(url, Impatient(datetime.now(UTC)))
    if task == "read":
        assert sum(len(page.rows) for page in crm.accounts(None)) == rows
    elif task == "meetings":
        assert sum(len(page.rows) for page in crm.interactions(None)) == rows
    elif task == "changed meetings":
        since = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        cursor = Cursor(json.dumps({"meetings": {"since": since}}))
        assert sum(len(page.rows) for page in crm.interactions(cursor)) == rows
    else:
        _write(crm, rows)


def _adapter(url: str, clock: Impatient) -> Any:
    import adapters.hubspot
    from connector.contract import Reading, Secret

    settings = adapters.hubspot.Settings(base_url=url, token=Secret("pat-na1-sandbox"))
    return adapters.hubspot.connect(settings, Reading("companies", READ, ("meetings",)), clock=clock)


def _write(crm: Any, rows: int) -> None:
    from connector.contract import Change, CrmId

    changes = (Change(CrmId(id_), values) for id_, values in _values(rows))
    while batch := [change for _, change in zip(range(5_000), changes, strict=False)]:
        assert all(outcome.verdict == "written" for outcome in crm.write(batch))


def _values(rows: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for number in range(rows):
        reason = f"Tier A: {number} relevant procedures a year (rhythm), 94th percentile of Cardiology."
        told = {"hcp_tier": "A", "hcp_tier_reason": reason, "hcp_call_order": number % 90}
        yield str(FIRST + number), {**told, "hcp_next_visit": "2026-12-01"}


def theirs(task: str, url: str, rows: int) -> None:
    from hubspot import HubSpot

    client: Any = HubSpot(access_token="pat-na1-sandbox", host=url)
    if task == "write":
        _write_models(client.crm.companies.batch_api, rows)
        return
    api = client.crm.companies.basic_api if task == "read" else client.crm.objects.meetings.basic_api
    wanted = list(READ) if task == "read" else ["hs_timestamp", "hs_meeting_outcome", "hs_meeting_start_time"]
    after, found = None, 0
    while True:
        page = api.get_page(limit=100, after=after, properties=wanted, _request_timeout=60)
        found += len(page.results)
        if page.paging is None:
            break
        after = page.paging.next.after
    assert found == rows


def _write_models(api: Any, rows: int) -> None:
    from hubspot.crm.companies import BatchInputSimplePublicObjectBatchInput, SimplePublicObjectBatchInput

    values = _values(rows)
    while batch := [
        SimplePublicObjectBatchInput(id=id_, properties={name: str(value) for name, value in told.items()})
        for _, (id_, told) in zip(range(100), values, strict=False)
    ]:
        answer = api.update(BatchInputSimplePublicObjectBatchInput(inputs=batch), _request_timeout=60)
        assert len(answer.results) == len(batch)


def at_real_limits(companies: int) -> None:
    from sandbox.server import listen

    clock = Impatient(datetime.now(UTC))
    wire = filled(companies, 0, clock.now, BURST, DAILY)
    listening = listen(wire)
    began = clock.now()
    _write(_adapter(listening.url, clock), companies)
    seconds, calls = (clock.now() - began).total_seconds(), len(wire.calls)
    refused = sum(call.status == 429 for call in wire.calls)
    listening.close()
    print(
        f"at {BURST} calls in ten seconds: {calls:,} calls in {seconds:.1f} s of the virtual clock, "
        f"{calls / seconds / BURST * 10:.1%} of the allowed rate, {refused} refused"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        who, task, url, rows = sys.argv[2:]
        {"ours": ours, "theirs": theirs}[who](task, url, int(rows))
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
