"""As many calls as HubSpot allows, spread evenly, by all processes of one store together.

A process takes a second's worth of calls at a time: it moves the moment at which the next second is free, in the
store, and then makes its calls at even distances within its own. So HubSpot's window, wherever it lies, holds no more
than it may, and the store is asked once a second, not once a call. The third limit, calls in a day, is the engine's.

Source   developers.hubspot.com, "Usage guidelines": calls in ten seconds for each key, five searches in a second for
         each account, all associations outside the ten seconds
"""

from __future__ import annotations

from dataclasses import dataclass

from connector.contract import Clock, Keep

SHARE = 0.98  # of what is allowed in ten seconds
SEARCHES = 4.0  # a second, of the five that the whole account has
AHEAD = 600.0  # seconds; a place in the queue further off comes from a clock that was wrong


@dataclass(slots=True)
class _Lot:
    """Moments as seconds since 1970."""

    free: float
    end: float
    every: float

    def take(self, now: float) -> float | None:
        at = max(self.free, now)
        if at > self.end - self.every / 2:  # the last place begins a whole distance before the end
            return None
        self.free = at + self.every
        return at


class Pace:
    def __init__(self, clock: Clock, keep: Keep) -> None:
        self._clock, self._keep = clock, keep
        self._lots: dict[str, _Lot] = {}

    def wait_to_search(self) -> None:
        self._wait("pace of search", SEARCHES)

    def wait_to_call(self, burst: int) -> None:
        """`burst` is the portal's calls in ten seconds."""
        self._wait("pace", burst * SHARE / 10)

    def _wait(self, name: str, per_second: float) -> None:
        now = self._clock.now().timestamp()
        lot = self._lots.get(name)
        at = lot.take(now) if lot else None
        while at is None:
            self._lots[name] = lot = self._reserve(name, per_second)
            at = lot.take(max(now, lot.free))
        if at > now:
            self._clock.sleep(at - now)

    def _reserve(self, name: str, per_second: float) -> _Lot:
        """A second, or as much less as makes whole calls."""
        every = 1 / per_second
        while True:
            now, kept = self._clock.now().timestamp(), self._keep.get(name)
            free = float(kept) if kept else now
            start = free if now < free < now + AHEAD else now
            end = start + max(1, int(per_second)) * every
            if self._keep.swap(name, kept, repr(end)):
                return _Lot(start, end, every)
