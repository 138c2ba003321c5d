"""One scheduler or worker as a process of its own, on a clock that stands in a file: hands.py ROLE CONFIG CLOCK.

The clock is the computer's, moved: whatever asks for the time, APScheduler too, is told the file's.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import sleep

import time_machine

from connector.host import scheduler
from connector.host.log import silent
from connector.host.open import Options, WallClock, open_base, open_config
from connector.host.worker import work


def main(role: str, config: Path, clock: Path) -> None:
    with time_machine.travel(_read(clock)) as traveller:
        loaded = open_config(config)
        nights = open_base(loaded).nights
        if role == "worker":
            _follow(clock, traveller, lambda: None)
            print("ready", flush=True)
            work(Options(config, "json"), nights, WallClock(), silent, poll=0.1)
        running = scheduler.start(loaded, nights, WallClock(), silent)
        _follow(clock, traveller, running.wakeup)
        print("ready", flush=True)
        threading.Event().wait()


def _follow(clock: Path, traveller: time_machine.Traveller, woken: Callable[[], None]) -> None:
    """Whenever the file says another time, be there."""

    def follow() -> None:
        said = ""
        while True:
            now = clock.read_text()
            if now and now != said:
                said = now
                traveller.move_to(datetime.fromisoformat(now))
                woken()
            sleep(0.02)

    threading.Thread(target=follow, daemon=True).start()


def _read(clock: Path) -> datetime:
    return datetime.fromisoformat(clock.read_text())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
