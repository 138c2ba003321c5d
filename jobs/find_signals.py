"""Say what has moved since the last vintage of claims and registries, and keep it for review."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from callplan.facts import Sources, gather
from callplan.model import Counts, Facts, Marks, Signal, SignalRules, Texts
from callplan.nominations import OF_CLAIMS, deactivated, has_worked, nominations, only_undoes, taken_back
from callplan.signals import compare, why_unlike
from connector.run import Run
from connector.store.journal import Tally
from connector.store.signals import ACCEPTED, LAPSED, Found, Kept


def find_signals(run: Run) -> Tally:
    """Say what has moved since the last vintage of claims and registries, and keep it for review."""
    news, store = look(run), run.store.signals
    store.end(LAPSED, news.ended)
    if news.earlier:
        until = run.today + timedelta(days=run.config.signals.open_days)
        store.begin(Found(news.earlier, news.facts.vintage, run.today, until), news.begun)
    if not news.known:
        run.store.facts.save(news.facts, news.unlike)  # last: what broke off before it is found again
    store.end(ACCEPTED, _have_worked(run, store.open()))

    kinds = Counter(f"signals_{signal.event.value}" for signal in news.begun)
    tally = {"signals": len(news.begun), **dict(sorted(kinds.items())), "signals_open": store.waiting()}
    run.log("found_signals", **tally, ended=len(news.ended), unlike=news.unlike)
    return tally


@dataclass(frozen=True, slots=True)
class News:
    """What tonight's vintage says, what begins and ends by it, and all that stands then. Nothing of it is kept yet."""

    facts: Facts
    rules: SignalRules
    known: bool  # the store has these facts already
    earlier: str  # the vintage that they are compared with, "" where there is none
    begun: tuple[Signal, ...]
    ended: dict[int, str]  # why, by the signal's number
    standing: tuple[Signal, ...]
    unlike: str  # why volumes are not compared

    def nominations(self, npi: Texts) -> tuple[Counts, Texts]:
        """For each NPI 1 up, -1 down or 0; and the hard event for which no band holds it, "" where none."""
        return nominations(npi, self.standing, self.rules)

    def deactivated(self, npi: Texts) -> Marks:
        """Whose NPI the registry calls deactivated."""
        return deactivated(npi, self.facts)


def look(run: Run) -> News:
    """The job that decides tiers asks this before anything is kept: guards may yet refuse the vintage."""
    facts, rules, kept = _facts(run), run.config.signal_rules(), run.store.signals.open()
    known = run.store.facts.stand(facts)
    before = None if known else run.store.facts.last()
    ended = {one.id: f"its {run.config.signals.open_days} days are over" for one in kept if one.until < run.today}
    if before is None or before.vintage == facts.vintage:
        return News(facts, rules, known, "", (), ended, _left(kept, ended), "")

    unlike, standing = why_unlike(before, facts), [one.signal for one in kept]
    found = compare(before, facts, rules)
    followed = {(signal.npi, signal.event) for signal in found}
    for one, back in zip(kept, taken_back(standing, facts, rules), strict=True):
        if back and not (unlike and one.signal.event in OF_CLAIMS):
            ended[one.id] = f"taken back by vintage {facts.vintage}"
        elif (one.signal.npi, one.signal.event) in followed and one.vintage != facts.vintage:
            ended[one.id] = f"followed by vintage {facts.vintage}"
    begun = tuple(signal for signal in found if not only_undoes(signal, standing, rules))
    return News(facts, rules, known, before.vintage, begun, ended, (*_left(kept, ended), *begun), unlike)


def _left(kept: Sequence[Kept], ended: dict[int, str]) -> tuple[Signal, ...]:
    return tuple(one.signal for one in kept if one.id not in ended)


def _facts(run: Run) -> Facts:
    roster, found = run.matched()
    claims, read = run.intake.claims, run.registries
    files = [file.sha256 for file in read.files]
    vintage = hashlib.sha256("".join([claims.vintage, *files]).encode()).hexdigest()[:12] if files else claims.vintage
    sources = Sources(vintage, claims, read.registry, read.affiliations, read.knows, np.datetime64(run.today, "D"))
    return gather(roster.npi[found.rows], sources, run.config.assess_rules())


def _have_worked(run: Run, kept: Sequence[Kept]) -> dict[int, str]:
    """Signals whose tier has moved since they were seen, as the signal had it."""
    assignments, rules, worked = run.store.plan.assignments() if kept else {}, run.config.signal_rules(), {}
    for one in kept:
        now = assignments.get(one.signal.npi)
        if now and now.since >= one.seen and has_worked(one.signal, now.previous_tier, now.tier, rules):
            worked[one.id] = f"Tier {now.previous_tier} to {now.tier} on {now.since}"
    return worked
