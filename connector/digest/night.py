"""How the last night ended, for people in the morning: a bad one is told in a sentence, with the next step.

The night is a run of `nightly`. One that the config's schedule names and that has not begun by then is missing; a
schedule without `nightly` misses none.

Errors   none
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.clock import last_due
from connector.store import Store
from connector.store.journal import RunRow

NIGHT = "nightly"
EARLY = timedelta(hours=12)  # before its time; cron may have a line of its own
LATE = timedelta(hours=1)  # after it, before it is missed
NOON = 12  # a night that begins later in the day is that of the next
SOME = 20  # nights, among which one is looked for that was done
HOW = {"stopped": "stopped before it was done", "interrupted": "was cut off before it was done"}
AGAIN = "Run `callplan nightly` again: it goes on from where that one was."


@dataclass(frozen=True, slots=True)
class Trouble:
    """A bad night. `why` may be long, and is for who mends it."""

    key: str
    what: str
    why: str
    next_step: str


@dataclass(frozen=True, slots=True)
class LastNight:
    trouble: Trouble | None
    figures: date | None  # the day of the night that was last done


def last_night(store: Store, line: str | None, zone: ZoneInfo, now: datetime) -> LastNight:
    nights = store.journal.last_runs(SOME, NIGHT)
    done = next((night.today for night in nights if night.state == "done"), None)
    due = last_due(line, zone, now - LATE) if line else None
    if due and (not nights or nights[0].started < due - EARLY):
        return LastNight(_missing(due), done)
    return LastNight(_trouble(nights[0]) if nights and nights[0].state != "done" else None, done)


def _missing(due: datetime) -> Trouble:
    step = "See that cron or `callplan serve` is running, and run `callplan nightly`."
    planned = due.date() + timedelta(days=due.hour >= NOON)
    return Trouble(f"missing {planned}", f"The night of {day(planned)} has not run", "", step)


def _trouble(night: RunRow) -> Trouble:
    """What a ConnectorError says is what happened, and the next step on lines of its own."""
    what, _, step = (night.error or "").partition("\n")
    if night.state == "failed":
        what, step = f"{what} is a fault in Callplan.", f"Please report it. {AGAIN}"
    said = HOW.get(night.state, "failed")
    return Trouble(f"run {night.id}", f"The night of {day(night.today)} {said}", what, " ".join(step.split()) or AGAIN)


def day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
