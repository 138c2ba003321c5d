"""A stop that somebody has asked for: what is under way ends at the next place where it may, within half a minute.

A run looks before each call to its CRM, while it waits, and between the steps of a night. The call in flight is
finished and its answer settled; the next one is not made, and another worker, or the next start, goes on from there.
What still computes after GRACE is left where it is: a crash at any line is safe.

Units    seconds
Errors   HandedOver, at the next place where a run may end
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Protocol

from connector.errors import HandedOver

GRACE = 25.0  # then what is under way is left; whoever asked waits for 30
GLANCE = 0.1  # how often a wait looks whether it is to end
LEFT = "Handed over: this process was asked to stop and could not wait for what was being computed."
NEXT = "Nothing to do: another worker, or the next start, goes on from there."
LAST_WORDS = 2.0  # for what is still to be put on record when the grace is over


class Stoppable(Protocol):
    @property
    def stop(self) -> Stop: ...


class Stop:
    """Asked for once, never taken back. A plain flag: a signal may set it at any line, where a lock could be held."""

    def __init__(self) -> None:
        self._asked: float | None = None

    def set(self) -> None:
        self._asked = self._asked or monotonic()

    def is_set(self) -> bool:
        return self._asked is not None

    def demand(self) -> None:
        """Where a run may end."""
        if self.is_set():
            raise HandedOver(
                "Handed over: this process was asked to stop. What was sent is settled, the rest is not sent.",
                next_step=NEXT,
            )

    def wait(self, seconds: float) -> bool:
        """Until so many seconds are over, or it is set; whether it is."""
        until = monotonic() + seconds
        while not self.is_set() and (left := until - monotonic()) > 0:
            sleep(min(GLANCE, left))
        return self.is_set()

    def wait_for(self) -> None:
        while not self.wait(60):
            pass

    def seconds_left(self, grace: float) -> float:
        return max(0.0, grace - (monotonic() - (self._asked or monotonic())))


class StoppingClock:
    """The computer's time; who sleeps by it is woken by the stop."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        self._stop.demand()
        self._stop.wait(seconds)
        self._stop.demand()


@contextmanager
def heard(stop: Stop, *signals: int) -> Iterator[None]:
    """Signals ask for the stop; a second one of a kind ends the process where it is."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may hear signals: whoever has the process hears them
        return

    def on_signal(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def within_grace(stop: Stop, grace: float, leave: Callable[[], None]) -> Iterator[None]:
    """For what runs in this thread: once the stop is asked for, it has so long to end, or `leave` is called."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(GLANCE):
            if stop.is_set() and not stop.seconds_left(grace):
                leave()
                return

    threading.Thread(target=watch, name="grace", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def bounded(last_words: Sequence[Callable[[], None]], seconds: float = LAST_WORDS) -> None:
    """Do all at once, as far as it can be done in so many seconds; a store may be held by what is being left."""
    threads = [threading.Thread(target=one, name="last words", daemon=True) for one in last_words]
    until = monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))


def leave_now(exit_code: int) -> None:
    """End the process as it stands: threads that still compute end with it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(exit_code)


@contextmanager
def stoppable(options: Stoppable, grace: float = GRACE) -> Iterator[None]:
    """A command that does a run itself, as cron starts it: SIGTERM hands the run over, and the exit code is 75."""

    def leave() -> None:
        sys.stderr.write(f"{LEFT}\n{NEXT}\n")
        leave_now(HandedOver.exit_code)

    with heard(options.stop, signal.SIGTERM), within_grace(options.stop, grace, leave):
        yield
