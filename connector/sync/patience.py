"""How long to wait for a CRM that is busy or out of reach, and when to give up.

The wait is what the CRM asked for, or a backoff that doubles, plus up to a second of jitter so that two
machines do not return together. After `tries` the TryAgain goes on to the host, which exits 75.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from connector.contract import Clock
from connector.errors import TryAgain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    clock: Clock
    rng: Random
    tries: int = 5
    longest_wait: float = 300.0  # seconds
    log: Callable[..., None] = lambda _event, **_facts: None

    def keep_trying(self, attempt: Callable[[], T]) -> T:
        retrying = Retrying(
            sleep=self.clock.sleep,
            retry=retry_if_exception_type(TryAgain),
            wait=self._wait,
            before_sleep=self._tell,
            stop=stop_after_attempt(self.tries),
            reraise=True,
        )
        return retrying(attempt)

    def pause(self, attempt: int) -> None:
        """Before doing again what has brought no answer `attempt` times."""
        self.clock.sleep(min(2.0**attempt, self.longest_wait) + self.rng.random())

    def _tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        seconds = round(state.next_action.sleep) if state.next_action else 0
        what = error.what if isinstance(error, TryAgain) else ""
        self.log("waiting", seconds=seconds, tried=state.attempt_number, of=self.tries, why=what)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, TryAgain) else 0.0
        backoff = 2.0 ** (state.attempt_number - 1)
        return min(max(asked, backoff), self.longest_wait) + self.rng.random()
