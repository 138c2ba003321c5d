"""The parts of a service in one process: call nights, run them, hear webhooks, until somebody stops it.

A night that has begun when the stop comes is finished first; a second stop ends it where it is, and the next start goes
on from there.
"""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from pathlib import Path

from connector.host import scheduler
from connector.host.log import make_log
from connector.host.open import Options, WallClock, open_base, open_config
from connector.host.web import Serving, Site, make_app, start
from connector.host.worker import work

BEAT = 30  # seconds
SILENT = timedelta(minutes=3)  # after which a part is taken for dead; a worker in a night is heard each minute


def serve_until_stopped(
    path: Path, form: str, *, scheduling: bool, working: bool, web: bool = False, port: int | None = None
) -> None:
    config = open_config(path)
    database, clock, log, stop = open_base(config), WallClock(), make_log(form), threading.Event()
    nights = database.nights

    def on_signal(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    running = scheduler.start(config, nights, clock, log) if scheduling else None
    standing = Site(config, database, clock, log)
    pulse = standing.pulse
    if running:
        pulse.expect("scheduler", clock.now(), within=SILENT)
        running.add_job(lambda: pulse.beat("scheduler", clock.now()), "interval", seconds=BEAT)
    if working:
        pulse.expect("worker", clock.now(), within=SILENT)
    site = _open_site(standing, port) if web else None
    log("serving", scheduler=scheduling, worker=working, **({"port": site.port} if site else {}))
    if working:
        work(Options(path, form), nights, clock, log, stop, beat=lambda: pulse.beat("worker", clock.now()))
    stop.wait()
    if site:
        site.stop()
    if running:
        running.shutdown()


def _open_site(site: Site, port: int | None) -> Serving | None:
    """Where the config has `web`, or the command a port."""
    if site.config.value.web is None and port is None:
        return None
    return start(make_app(site), site.settings.host, site.settings.port if port is None else port)
