"""The parts of a service in one process: call nights, run them, until somebody stops it.

A night that has begun when the stop comes is finished first; a second stop ends it where it is, and the next start goes
on from there.
"""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from connector.host import scheduler
from connector.host.log import make_log
from connector.host.open import Options, WallClock, open_base, open_config
from connector.host.worker import work


def serve_until_stopped(path: Path, form: str, *, scheduling: bool, working: bool) -> None:
    config = open_config(path)
    nights, clock, log, stop = open_base(config).nights, WallClock(), make_log(form), threading.Event()

    def on_signal(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    running = scheduler.start(config, nights, clock, log) if scheduling else None
    log("serving", scheduler=scheduling, worker=working)
    if working:
        work(Options(path, form), nights, clock, log, stop)
    stop.wait()
    if running:
        running.shutdown()
