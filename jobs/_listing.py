"""One rep's list: the week as it was ordered, or, where nothing has changed that it rests on, as it was before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from callplan.model import Npi
from callplan.week import AWAY, Week, order_week
from connector.run import Run
from connector.store.plan import Stop, Unplaced
from connector.sync.book import as_number
from jobs._weeks import Asked, SoFar


@dataclass(frozen=True, slots=True)
class RepList:
    stops: Sequence[Stop]
    unplaced: Sequence[Unplaced]  # Tier A that is due, and why it is on no day
    moved: Mapping[Npi, str] = field(default_factory=dict)  # why a committed visit has another day or hour


def list_of(run: Run, rep: str, asked: Asked, before: SoFar, said: Mapping[Npi, str]) -> RepList:
    """The list of one rep, from that of the night before; what is said in the CRM is why a visit is not as it was."""
    memory = f"week {_hash(rep)[:16]}"
    last = RepList([stop for stop in before.stops if stop.day >= run.today], before.missed)
    if run.store.mirror.cursor(memory) == _print_of(asked, last):
        return last
    week = order_week(asked.stops, asked.kept, asked.days, asked.drives.minutes, run.config.week.rules())
    moved = {**said, **_moved(run, rep, asked, week)}
    found = RepList(list(_stops(run, rep, asked, week)), list(_unplaced(run, rep, asked, week)), moved)
    run.store.mirror.remember(memory, _print_of(asked, found))
    return found


def _print_of(asked: Asked, found: RepList) -> str:
    """What the week rests on, and the list that came of it: one that was never saved is made again."""
    stops = sorted((stop.npi, stop.day, stop.slot, stop.starts, stop.kind) for stop in found.stops)
    return _hash(f"{asked.fingerprint()} {stops} {sorted((missed.npi, missed.reason) for missed in found.unplaced)}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stops(run: Run, rep: str, asked: Asked, week: Week) -> Iterator[Stop]:
    stops, drives, rules = asked.stops, asked.drives, run.config.week.rules()
    for row in np.flatnonzero(week.slot).tolist():
        leg = week.leg[row], stops.place[row]
        yield Stop(
            npi=Npi(str(stops.npi[row])),
            rep=rep,
            week=run.monday,
            day=week.day[row].item(),
            slot=int(week.slot[row]),
            drive_minutes=as_number(drives.minutes[leg]),
            roads=drives.label,
            starts=int(week.starts[row]),
            minutes=rules.a_visit if stops.tier[row] == "A" else rules.b_visit,
            kind=str(week.kind[row]),
            drive_miles=as_number(drives.miles[leg]),
        )


def _unplaced(run: Run, rep: str, asked: Asked, week: Week) -> Iterator[Unplaced]:
    for row in np.flatnonzero(week.unplaced != "").tolist():
        yield Unplaced(Npi(str(asked.stops.npi[row])), rep, run.monday, str(week.unplaced[row]))


def _moved(run: Run, rep: str, asked: Asked, week: Week) -> dict[Npi, str]:
    away = run.rep_week(rep).away
    found = {}
    for row in np.flatnonzero(week.moved != "").tolist():
        why, day = str(week.moved[row]), asked.kept.day[row].item()
        found[Npi(str(asked.stops.npi[row]))] = f"The rep is away: {away[day]}." if why == AWAY and day in away else why
    return found
