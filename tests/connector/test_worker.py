"""A worker says that it lives, and which run a night was."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine, event

from connector.host.log import silent
from connector.host.open import Options
from connector.host.stopping import Stop
from connector.host.worker import _carry_out, work
from connector.run import Run
from tests.nights.desk import Desk


def test_of_an_unforeseen_fault_only_its_kind_and_place_are_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "ready_made: {path: tiers.csv}")
    nights, now, told = desk.store.database.nights, desk.clock.now(), list[object]()
    nights.call("memory", "nightly", now)
    night = nights.take("one", now)
    assert night

    def opens(options: Options, config: object, crm: str, job: str) -> AbstractContextManager[Run]:
        raise KeyError("Dr. Adeyemi")

    def log(event: str, /, **facts: object) -> None:
        told.append((event, facts))

    desk.loaded()
    _carry_out(night, nights, Options(tmp_path / "config.yaml"), desk.clock, log, opens)

    (said,) = (one.said or "" for one in nights.last("memory"))
    assert said.startswith("KeyError at tests/connector/test_worker.py:")
    assert "Adeyemi" not in said + str(told)
    desk.store.database.engine.dispose()


def test_a_worker_beats_and_puts_on_record_which_run_a_night_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "ready_made: {path: tiers.csv}")
    desk.loaded()
    nights, beats, stop, closed = desk.store.database.nights, list[None](), Stop(), list[Engine]()
    noted = closed.append
    event.listen(Engine, "engine_disposed", noted)
    nights.call("memory", "send_digest", desk.clock.now())

    def beat() -> None:
        beats.append(None)
        if len(beats) == 2:
            stop.set()

    work(Options(tmp_path / "config.yaml", stop=stop), nights, desk.clock, silent, poll=0, beat=beat)

    event.remove(Engine, "engine_disposed", noted)
    assert len(closed) == 1  # or a worker would hold two connections more after each night
    (night,) = nights.last("memory")
    (run,) = desk.store.journal.last_runs()
    assert (night.state, night.runs, run.job) == ("done", [run.id], "send_digest")
    desk.store.database.engine.dispose()
