"""A night that is asked to stop ends at the next place where it may, and loses nothing: the next one goes on."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from connector.contract import Value
from connector.errors import HandedOver
from connector.host.log import silent
from connector.host.open import Options
from connector.host.serve import Service, end
from connector.host.stopping import Stop, StoppingClock, within_grace
from connector.host.tenants import Tenant
from connector.host.web.site import Site
from connector.host.worker import _carry_out, name_of_this_worker, work
from connector.run import Run
from connector.store import open_database
from connector.store.nights import Night, Nights
from connector.store.reads.plan import newest
from sandbox.wire import Fault
from tests.conftest import StillClock
from tests.nights.desk import Desk
from tests.nights.land import Land, land

NPIS = ("1000000004", "1000000012", "1000000020")  # Dr. Adeyemi, Dr. Brandt, Dr. Castillo
TIERS = "ready_made: {path: tiers.csv, columns: {npi: NPI, tier: Tier}}\n"
TWO = datetime(2026, 11, 23, 2, tzinfo=UTC)


class Calls(list[int]):
    """The rows of each write call; somebody asks for the stop while the first is in flight."""

    def __init__(self, stop: Stop) -> None:
        super().__init__()
        self.stop = stop

    def append(self, rows: int) -> None:
        super().append(rows)
        self.stop.set()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, TIERS)
    desk.write("tiers.csv", "NPI,Tier", *(f"{npi},A" for npi in NPIS))
    desk.has(*NPIS)
    desk.org.rows_per_call = 1
    yield desk
    desk.store.database.engine.dispose()


def test_the_call_in_flight_is_finished_and_the_next_is_not_made(desk: Desk) -> None:
    desk.org.calls = Calls(desk.stop)

    with pytest.raises(HandedOver):
        desk.night()

    run = desk.store.journal.last_runs(1)[0]
    assert desk.org.calls == [1]
    assert [row["state"] for row in desk.store.journal.settled(run.id)] == ["written"]
    assert run.state == "stopped"
    assert (run.error or "").startswith("Handed over: this process was asked to stop.")


def test_the_next_night_writes_the_rest_and_nothing_twice(desk: Desk) -> None:
    desk.org.calls = Calls(desk.stop)
    with pytest.raises(HandedOver):
        desk.night()

    desk.stop, desk.org.calls = Stop(), []
    tally = desk.night()

    assert (tally["written"], desk.org.calls) == (2, [1, 1])
    assert [desk.says(account, "tier") for account in desk.org.accounts] == [("A",)] * 3


def test_a_call_that_is_not_made_is_not_counted(desk: Desk) -> None:
    desk.org.calls = Calls(desk.stop)
    made = desk.org.calls_left

    with pytest.raises(HandedOver):
        desk.night()

    assert desk.store.meter.counted(desk.clock.now().date()) == made - desk.org.calls_left


def test_a_night_ends_between_two_steps(desk: Desk) -> None:
    log = desk._log

    def stopped_once_read(event: str, /, **facts: object) -> None:
        log(event, **facts)
        if event == "pulled":
            desk.stop.set()

    desk._log = stopped_once_read  # type: ignore[method-assign]
    with pytest.raises(HandedOver):
        desk.night()

    assert desk.store.plan.assignments() == {}


def test_a_wait_is_woken(tmp_path: Path) -> None:
    stop = Stop()
    threading.Timer(0.01, stop.set).start()

    began = time.monotonic()
    with pytest.raises(HandedOver):
        StoppingClock(stop).sleep(3600)

    assert time.monotonic() - began < 5


def test_a_worker_puts_its_night_back_as_if_it_had_not_tried(desk: Desk) -> None:
    desk.loaded()
    nights, options = desk.store.database.nights, Options(desk.folder / "config.yaml")
    nights.call("memory", "nightly", TWO)

    def stopped_once_taken(event: str, /, **_facts: object) -> None:
        if event == "took":
            options.stop.set()

    work(options, nights, StillClock(TWO), stopped_once_taken)

    again = nights.take("another", TWO)
    assert again
    assert (again.attempt, (again.said or "")[:12]) == (1, "Handed over:")


def carry_out(desk: Desk, job: str) -> list[str]:
    """What became of each attempt at what Pat asked for on a page."""
    nights, told = desk.store.database.nights, list[str]()
    desk.clock.sleep(60)  # of one minute there is one
    nights.ask("memory", job, desk.clock.now(), "pat@example.com")

    @contextmanager
    def opens(options: Options, config: object, crm: str, job: str) -> Iterator[Run]:
        with desk.run(name=job, approve=options.approve) as run:
            yield run

    def log(event: str, /, **_facts: object) -> None:
        told.append(event)
        desk.stop, desk.org.calls = Stop(), []

    options = Options(desk.folder / "config.yaml")
    while night := nights.take("one", desk.clock.now()):
        _carry_out(night, nights, options, desk.clock, log, opens)
    return told


def looked_at(desk: Desk, job: str) -> str:
    assert carry_out(desk, job) == ["done"]
    with desk.store.database.reading() as connection:
        draft = newest(connection, "memory", job)
    assert draft
    return draft.hash


def tiers_of(desk: Desk) -> list[Value]:
    return [desk.says(account, "tier")[0] for account in desk.org.accounts]


def test_a_plan_that_was_approved_and_broken_off_is_carried_out_to_its_end(desk: Desk) -> None:
    desk.loaded()
    plan = looked_at(desk, "plan")
    desk.org.calls = Calls(desk.stop)

    assert carry_out(desk, f"apply {plan}") == ["handed over", "done"]

    assert tiers_of(desk) == ["A"] * 3


def test_an_undo_that_was_broken_off_takes_the_rest_back_and_nothing_else(desk: Desk) -> None:
    desk.night()
    undo = f"undo 1 {looked_at(desk, 'undo 1')}"
    desk.org.calls = Calls(desk.stop)

    assert carry_out(desk, undo) == ["handed over", "done"]

    assert tiers_of(desk) == [None] * 3


def test_of_a_plan_that_was_broken_off_nothing_more_is_written_that_nobody_looked_at(desk: Desk) -> None:
    desk.loaded()
    plan, first = looked_at(desk, "plan"), next(iter(desk.org.accounts))

    class Changed(Calls):
        def append(self, rows: int) -> None:
            super().append(rows)
            desk.write("tiers.csv", "NPI,Tier", *(f"{npi},B" for npi in NPIS))

    desk.org.calls = Changed(desk.stop)

    assert carry_out(desk, f"apply {plan}") == ["handed over", "stopped"]

    assert "not part of it any more" in (desk.store.database.nights.last("memory", 1)[0].said or "")
    assert [desk.says(account, "tier")[0] == "A" for account in desk.org.accounts].count(True) == 1
    assert desk.says(first, "tier") == ("A",)


def test_what_still_computes_when_the_grace_is_over_is_left_and_its_night_handed_over(desk: Desk) -> None:
    config, _ = desk.loaded()
    nights, stop, free, codes = desk.store.database.nights, Stop(), threading.Event(), list[int]()
    nights.call("memory", "nightly", TWO)
    nights.take(name_of_this_worker(), TWO)
    busy = threading.Thread(target=free.wait, daemon=True)
    busy.start()
    site = Site(config, desk.store.database, StillClock(TWO), silent)

    stop.set()
    end([Service(Tenant(config.path), site, worker=busy)], None, stop, 0, codes.append)
    free.set()

    again = nights.take("another", TWO)
    assert (codes, again and again.attempt) == ([0], 1)


def test_a_command_of_cron_that_still_computes_is_left_too() -> None:
    stop, left = Stop(), threading.Event()

    with within_grace(stop, 0, left.set):
        assert not left.wait(0.15)  # nobody has asked
        stop.set()
        assert left.wait(5)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    with land(tmp_path_factory.mktemp("land"), today=datetime.now(UTC).date(), accounts=100) as made:
        yield made


def test_cron_s_night_hands_over_with_exit_75_and_says_so(small: Land) -> None:
    cron = subprocess.Popen(small.command("nightly", "--crm", "salesforce"), stderr=subprocess.PIPE, text=True)
    wire = small.wire("salesforce")
    wire.faults.append(Fault(r"/composite", before=lambda: cron.send_signal(signal.SIGTERM)))

    _, said = cron.communicate(timeout=60)

    assert (cron.returncode, wire.tally()["rows"]) == (75, 50)  # the first send, which was in flight
    assert "Handed over: this process was asked to stop." in said


def test_a_service_hands_its_push_over_within_half_a_minute_and_another_finishes_it(base: str, small: Land) -> None:
    config = small.folder / "service.yaml"
    yaml = YAML()
    told = yaml.load(small.folder / "config.yaml")
    yaml.dump(told | {"store": base, "schedule": {}, "audit": "service.jsonl"}, config)
    wire, nights = small.wire("hubspot"), open_database(base).nights
    nights.call("hubspot", "nightly", datetime.now(UTC))
    command = [*small.command("serve")[:4], "--port", "0", "--config", str(config)]
    served = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    asked = list[float]()

    def ask() -> None:
        asked.append(time.monotonic())
        served.send_signal(signal.SIGTERM)

    wire.faults.append(Fault(r"/batch/update", before=ask))
    _, said = served.communicate(timeout=90)
    took, night = time.monotonic() - asked[0], nights.last("hubspot", 1)[0]

    assert (served.returncode, night.state, night.attempt, wire.tally()["rows"]) == (0, "waiting", 0, 50), said
    assert took < 30
    assert _finished_by_another(config, nights).state == "done"
    assert wire.tally()["rows"] == 100
    assert all(fields["tier"] for fields in small.state("hubspot").values())


def _finished_by_another(config: Path, nights: Nights) -> Night:
    options = Options(config, "json")

    def until_done(event: str, /, **_facts: object) -> None:
        if event in ("done", "stopped"):
            options.stop.set()

    work(options, nights, StoppingClock(Stop()), until_done, poll=0.1)
    return nights.last("hubspot", 1)[0]
