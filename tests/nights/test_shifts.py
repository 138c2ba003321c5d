"""Two schedulers and two workers share fifty nights, and one worker is killed: each night runs once to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from sqlalchemy import text

from connector.host.playground import claims_files, write_folder, write_providers
from connector.store import Database, open_database
from sandbox.people import populate
from sandbox.salesforce import Salesforce
from sandbox.sample import write_sample
from sandbox.server import listen
from sandbox.wire import Wire
from tests.conftest import StillClock

HANDS = Path(__file__).with_name("hands.py")
BERLIN, NIGHTS, KILLED = ZoneInfo("Europe/Berlin"), 50, 20
FIRST = datetime(2026, 9, 6, 2, 30, tzinfo=BERLIN)  # a Sunday; 02:30 comes twice on 25 October, not at all on 28 March


class Shift:
    """Hands at work, and the clock that they all read."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.config, self.file, self.clock = config, folder / "now", StillClock(FIRST - timedelta(days=1))
        self.move_to(self.clock.now())
        self.hands: list[subprocess.Popen[bytes]] = []

    def hire(self, role: str) -> None:
        command = [sys.executable, "-m", "tests.nights.hands", role, str(self.config), str(self.file)]
        hand = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
        self.hands.append(hand)
        assert hand.stdout
        assert hand.stdout.readline() == b"ready\n"

    def move_to(self, now: datetime) -> None:
        self.clock.sleep((now - self.clock.now()).total_seconds())
        beside = self.file.with_suffix(f".{uuid.uuid4().hex}")
        beside.write_text(now.astimezone(UTC).isoformat())
        beside.rename(self.file)

    def close(self) -> None:
        for hand in self.hands:
            hand.kill()
            hand.communicate()


class Slow:
    """A CRM that, when told to, holds a write until it is let go."""

    def __init__(self, app: Any) -> None:
        self._app, self.hold, self.held, self.go = app, False, threading.Event(), threading.Event()

    def __call__(self, environ: Any, start: Any) -> Any:
        if self.hold and environ["REQUEST_METHOD"] == "PATCH":
            self.hold = False
            self.held.set()
            self.go.wait(30)
        return self._app(environ, start)


@contextmanager
def place(folder: Path, base: str) -> Iterator[tuple[Shift, Slow]]:
    write_sample(folder / "claims", accounts=12)
    files = claims_files(folder / "claims", folder)
    write_providers(files, folder)
    people = populate(folder / "providers.csv", reps=2, today=FIRST.date(), label="sample data")
    shift = Shift(folder, folder / "config.yaml")
    salesforce = Salesforce(people, now=shift.clock.now)
    slow = Slow(Wire(salesforce))
    listening = listen(slow)
    reach = {"url": listening.url, "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    write_folder(folder, files, {"salesforce": reach, "hubspot": {"url": "http://127.0.0.1:9", "token": "none"}})
    yaml = YAML()
    config = yaml.load(folder / "config.yaml")
    del config["crm"]["hubspot"]
    config |= {"store": base, "time_zone": "Europe/Berlin", "schedule": {"nightly": "30 2 * * 0"}}
    yaml.dump(config, folder / "config.yaml")
    try:
        yield shift, slow
    finally:
        slow.go.set()
        shift.close()
        listening.close()


def wait_for(what: Callable[[], bool], why: str) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until, why
        time.sleep(0.02)


def clocks_change(sunday: datetime) -> bool:
    return sunday.utcoffset() != (sunday + timedelta(days=1)).utcoffset()


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def all_ended(database: Database, calls: int) -> bool:
    return rows(database, "SELECT count(*) FROM nights WHERE finished IS NOT NULL") == [(calls,)]


def none_runs(database: Database) -> bool:
    return rows(database, "SELECT count(*) FROM nights WHERE finished IS NULL") == [(0,)]


def kill_in_mid_push(shift: Shift, slow: Slow, database: Database, sunday: datetime) -> None:
    slow.hold = True
    shift.move_to(sunday + timedelta(minutes=1))
    assert slow.held.wait(60)
    ((worker,),) = rows(database, "SELECT worker FROM nights WHERE state = 'running'")
    os.kill(int(worker.split(":")[1]), signal.SIGKILL)
    slow.go.set()
    shift.hire("worker")


def test_every_scheduled_night_runs_once_to_its_end(base: str, tmp_path: Path) -> None:
    with place(tmp_path, base) as (shift, slow):
        database = open_database(base)
        for role in ("scheduler", "scheduler", "worker", "worker"):
            shift.hire(role)
        for number in range(NIGHTS):
            sunday = FIRST + timedelta(weeks=number)
            if number == KILLED:
                kill_in_mid_push(shift, slow, database, sunday)
            for minutes in range(-60, 180, 15) if clocks_change(sunday) else (120,):
                shift.move_to((sunday + timedelta(minutes=minutes)).astimezone(UTC))
                time.sleep(0.2 if clocks_change(sunday) else 0)  # for the schedulers to see it
                wait_for(partial(none_runs, database), "a night did not end")
            wait_for(partial(all_ended, database, number + 1), f"night {number} of {NIGHTS} did not end")

        nights = rows(database, "SELECT state, attempt, worker FROM nights ORDER BY scheduled")
        assert [state for state, _, _ in nights] == ["done"] * NIGHTS
        assert [attempt for _, attempt, _ in nights] == [2 if number == KILLED else 1 for number in range(NIGHTS)]
        assert len({worker for _, _, worker in nights}) > 1
        runs = rows(database, "SELECT state, count(*) FROM runs GROUP BY state ORDER BY state")
        assert runs == [("done", NIGHTS), ("interrupted", 1)]
