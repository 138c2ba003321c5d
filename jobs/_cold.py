"""Three states of every account: what its rep owes it, what comes from its side, what its claims say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.activity import activity, declines
from callplan.cold import Cold, cadence_days, due_on, find_cold
from callplan.flags import wanted_since
from callplan.model import Days, Npi, Numbers, Texts, Tier
from callplan.pleas import Plea
from callplan.relationship import quiet_on, relationship
from callplan.touches import Seen
from connector.run import Run
from connector.store.plan import Coverage
from connector.sync.book import Book, as_date, as_dates, as_numbers
from jobs._loads import NOBODY, loads
from jobs._thin import thin_regions
from jobs._touches import seen


@dataclass(frozen=True, slots=True)
class States:
    """All columns (n,), in the order of the book."""

    last: Days  # of the touches that count
    days: Numbers  # between two visits, as they are effectively
    due_on: Days
    cold: Cold
    inbound: Days
    relationship: Texts
    activity: Texts
    declined: Texts  # what that rests on
    wanted_since: Days  # from when it is to be flagged, were its tier


def find_states(run: Run, book: Book) -> States:
    known, config = seen(run, book), run.config.cold
    last, set_days = _counted(run, book, known), cadence_days(book.tier, run.config.tier_rules().cadence)
    days, due = np.round(set_days * _stretch(run, book)), due_on(last, book.since, set_days, config.rules())
    cold = find_cold(last, book.since, days, config.rules(), run.today)
    related = relationship(known.inbound, known.inbounds, config.relationship.rules(), run.today)
    declined = declines(run.store.signals.standing(run.today), config.activity.rules())
    told = np.array([declined.get(Npi(npi), "") for npi in book.npi.tolist()], dtype=np.str_)
    active = activity(book.volume, told != "", compared=run.store.facts.compared())
    quiet = quiet_on(known.inbound, config.relationship.rules())
    since = wanted_since(cold, related, active, quiet)
    return States(last, days, due, cold, known.inbound, related, active, told, since)


def _counted(run: Run, book: Book, known: Seen) -> Days:
    """Of an account that is called and written to instead of visited, any touch counts."""
    thin = np.isin(book.npi, [*thin_regions(run, book)])
    latest = known.last
    for days in known.by_channel.values():
        latest = np.fmax(latest, days)
    return np.where(thin, latest, known.last)


def _stretch(run: Run, book: Book) -> Numbers:
    """As it was told before the week (`refresh_tiers`)."""
    territory, npis = book.territory.tolist(), book.npi.tolist()
    by_territory = loads(
        run, dict(zip(npis, territory, strict=True)), zip(npis, map(Tier, book.tier.tolist()), strict=True)
    )
    return np.array([by_territory[key or NOBODY].stretch for key in territory], dtype=np.float64)


def plea(run: Run, book: Book, states: States, row: int) -> Plea:
    tier, days = str(book.tier[row]), states.days[row]
    cadence = run.config.cadence
    return Plea(
        tier=tier,
        last=as_date(states.last[row]),
        every=0 if np.isnan(days) else int(days),
        set={"A": cadence.A, "B": cadence.B}.get(tier, 0),
        volume=float(book.volume[row]),
        relationship=str(states.relationship[row]),
        inbound=as_date(states.inbound[row]),
        declined=str(states.declined[row]),
    )


def coverage(book: Book, states: States) -> list[Coverage]:
    """Without a flag. Column by column: to take so many rows apart value by value takes longer than the rules."""
    cold, many = states.cold, len(book.npi)
    return [
        Coverage(*values)
        for values in zip(
            map(Npi, book.npi.tolist()),
            cold.state.tolist(),
            as_numbers(cold.ratio),
            as_dates(states.last),
            as_dates(states.due_on),
            [False] * many,
            as_dates(cold.cold_since),
            [""] * many,
            states.relationship.tolist(),
            as_dates(states.inbound),
            states.activity.tolist(),
            states.declined.tolist(),
            strict=True,
        )
    ]
