"""A worker says that it lives, and which run a night was."""

from __future__ import annotations

from pathlib import Path

from connector.host.log import silent
from connector.host.open import Options
from connector.host.stopping import Stop
from connector.host.worker import work
from tests.nights.desk import Desk


def test_a_worker_beats_and_puts_on_record_which_run_a_night_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "ready_made: {path: tiers.csv}")
    desk.loaded()
    nights, beats, stop = desk.store.database.nights, list[None](), Stop()
    nights.call("memory", "send_digest", desk.clock.now())

    def beat() -> None:
        beats.append(None)
        if len(beats) == 2:
            stop.set()

    work(Options(tmp_path / "config.yaml", stop=stop), nights, desk.clock, silent, poll=0, beat=beat)

    (night,) = nights.last("memory")
    (run,) = desk.store.journal.last_runs()
    assert (night.state, night.runs, run.job) == ("done", [run.id], "send_digest")
    desk.store.database.engine.dispose()
