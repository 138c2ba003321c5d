"""Takes nights that are due and runs them, one at a time; any number of workers share them.

What is in the way for a while puts a night back; what stops it for tonight, or needs a person, ends it with the reason.
A worker that is asked to stop puts its night back at once, as if it had not tried: another one goes on.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from connector.contract import Clock
from connector.errors import ConnectorError, HandedOver, TryAgain
from connector.host import asked
from connector.host.log import fault, kind_of
from connector.host.open import Options, open_run
from connector.run import Log
from connector.store.nights import LEASE, Night, Nights

WAIT = timedelta(minutes=1)  # until a night that was put back is tried again, if nobody says longer
TRIES = 10


def name_of_this_worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def work(
    options: Options,
    nights: Nights,
    clock: Clock,
    log: Log,
    poll: float = 5.0,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Until the options' stop is asked for. `poll` is in seconds.

    It beats whenever it looks for a night, and whenever it renews the lease of the one that it runs.
    """
    worker = name_of_this_worker()
    while not options.stop.is_set():
        beat()
        night = nights.take(worker, clock.now())
        if night is None:
            options.stop.wait(poll)
            continue
        log("took", crm=night.crm, job=night.job, scheduled=night.scheduled.isoformat(), attempt=night.attempt)
        with _renewed(night, nights, clock, beat, log):
            _carry_out(night, nights, options, clock, log)


def _carry_out(
    night: Night, nights: Nights, options: Options, clock: Clock, log: Log, opens: asked.Opens | None = None
) -> None:
    try:
        opens = opens or partial(open_run, log=partial(log, crm=night.crm))
        asked.carry_out(night, options, opens, partial(nights.note_run, night))
    except HandedOver as error:
        hand_over(night, nights, clock, log, str(error))
    except TryAgain as error:
        if night.attempt < TRIES:
            wait = max(WAIT, timedelta(seconds=error.after))
            nights.put_back(night, clock.now() + wait, str(error))
            log("put back", crm=night.crm, job=night.job, why=error.what)
        else:
            _stop(night, nights, clock, log, str(error))
    except ConnectorError as error:
        _stop(night, nights, clock, log, str(error))
    except Exception as error:  # a fault of ours costs this night, not the worker
        fault(log, error, crm=night.crm, job=night.job)
        _stop(night, nights, clock, log, f"{kind_of(error)}. This is a fault in Callplan.")
    else:
        nights.finish(night, "done", clock.now())
        log("done", crm=night.crm, job=night.job, scheduled=night.scheduled.isoformat())


def hand_over(night: Night, nights: Nights, clock: Clock, log: Log, why: str) -> None:
    """For whoever is there first, and not counted as a try."""
    nights.hand_over(night, clock.now(), why)
    log("handed over", crm=night.crm, job=night.job)


def _stop(night: Night, nights: Nights, clock: Clock, log: Log, why: str) -> None:
    nights.finish(night, "stopped", clock.now(), why)
    log("stopped", crm=night.crm, job=night.job, why=why)


@contextmanager
def _renewed(night: Night, nights: Nights, clock: Clock, beat: Callable[[], None], log: Log) -> Iterator[None]:
    """The lease is renewed while the night runs; what it may write is fenced by the run, not by the lease."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(LEASE.total_seconds() / 5):
            beat()
            try:
                if not nights.renew(night, clock.now()):
                    return
            except Exception as error:  # the store may be there again before the lease is over
                fault(log, error, crm=night.crm, job=night.job)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
