"""Three states of every account: what its rep owes it, what comes from its side, what its claims say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.activity import activity, declines
from callplan.cold import Cold, cadence_days, due_on, find_cold
from callplan.flags import wanted_since
from callplan.model import Columns, Days, Npi, Numbers, Texts
from callplan.pleas import Plea
from callplan.relationship import relationship
from callplan.touches import NEVER, Seen
from connector.run import Run
from connector.sync.book import Book, as_date
from jobs._loads import NOBODY, loads
from jobs._quiet import quiet_since
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
    times, quiet = quiet_since(run, book, known)
    related = relationship(times, quiet, config.relationship.rules(), run.today)
    declined = declines(run.store.signals.standing(run.today), config.activity.rules())
    told = np.array([declined.get(Npi(npi), "") for npi in book.npi.tolist()], dtype=np.str_)
    active = activity(book.volume, told != "", compared=run.store.facts.compared())
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
    keys = book.territory.tolist()
    by_territory = loads(run, zip(keys, book.tier.tolist(), strict=True))
    stretch = {key: load.stretch for key, load in by_territory.items()}
    return np.array([stretch[key or NOBODY] for key in keys], dtype=np.float64)


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


def coverage(book: Book, states: States) -> Columns:
    """What there is to say of each account without a flag, by the names of a connector.store.plan.Coverage."""
    cold, many = states.cold, len(book.npi)
    return {
        "npi": book.npi,
        "state": cold.state,
        "urgency": cold.ratio,
        "last_touch": states.last,
        "due_on": states.due_on,
        "flagged": np.zeros(many, dtype=np.bool_),
        "cold_since": cold.cold_since,
        "reason": np.full(many, "", dtype=object),
        "relationship": states.relationship,
        "last_inbound": states.inbound,
        "activity": states.activity,
        "activity_said": states.declined,
        "paused": np.full(many, "", dtype=object),
        "next_step": np.full(many, "", dtype=object),
        "at_risk": np.full(many, np.nan),
        "flagged_since": np.full(many, NEVER),
    }
