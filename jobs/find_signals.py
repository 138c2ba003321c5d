"""Say what has moved since the last vintage of claims and registries, and keep it for review."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from callplan.facts import Sources, gather
from callplan.model import Counts, Facts, Marks, Signal, SignalRules, Texts
from callplan.nominations import OF_CLAIMS, deactivated, has_worked, nominations, only_undoes, taken_back, told
from callplan.signals import compare, why_unlike
from connector.run import Run
from connector.store.journal import Tally
from connector.store.signals import ACCEPTED, LAPSED, Found, Kept
from jobs._assessing import assess_claims


def find_signals(run: Run) -> Tally:
    """Say what has moved since the last vintage of claims and registries, and keep it for review."""
    news, store = look(run), run.store.signals
    store.end(LAPSED, news.ended)
    if news.earlier:
        until = run.today + timedelta(days=run.config.signals.open_days)
        store.begin(Found(news.earlier, news.facts.vintage, run.today, until), news.begun)
    if not news.known:
        run.store.facts.save(news.facts, news.unlike)  # after the signals: what broke off here is found again
    kept = store.open()
    store.end(ACCEPTED, {one.id: "the tier moved that way" for one in _worked(run, kept) if one.signal.way})

    kinds = Counter(f"signals_{signal.event.value}" for signal in news.begun)
    tally = {"signals": len(news.begun), **dict(sorted(kinds.items())), "signals_open": store.waiting()}
    run.log("found_signals", **tally, ended=len(news.ended), unlike=news.unlike)
    return tally


@dataclass(frozen=True, slots=True)
class News:
    """What tonight's vintage says, what begins and ends by it, and what acts on tiers then. Nothing is kept yet."""

    facts: Facts
    known: bool  # the store has these facts already
    earlier: str  # the vintage that they are compared with, "" where there is none
    begun: tuple[Signal, ...]
    ended: dict[int, str]  # why, by the signal's number
    unlike: str  # why volumes are not compared, "" where they are
    acting: tuple[Signal, ...]
    rules: SignalRules

    def nominations(self, npi: Texts) -> tuple[Counts, Texts]:
        """For each NPI 1 up, -1 down or 0; and the hard event for which no band holds it, "" where none."""
        return nominations(npi, self.acting, self.rules)

    def told(self, npi: Texts) -> dict[str, str]:
        """By NPI, the signal that nominates it, in words."""
        nominated, _ = self.nominations(npi)
        return told(self.acting, dict(zip(npi.tolist(), nominated.tolist(), strict=True)))

    def deactivated(self, npi: Texts) -> Marks:
        """Whose NPI the registry calls deactivated."""
        return deactivated(npi, self.facts)


def look(run: Run) -> News:
    """What the job that decides tiers asks beforehand; guards may yet refuse the vintage."""
    facts, kept, rules = _facts(run), run.store.signals.open(), run.config.signal_rules()
    known = run.store.facts.stand(facts)
    before = None if known else _earlier(run, facts)
    unlike = why_unlike(before, facts) if before else run.store.facts.unlike()

    begun = _begun(before, facts, kept, rules) if before else ()
    ended = {one.id: f"its {run.config.signals.open_days} days are over" for one in kept if one.until < run.today}
    if before:
        ended |= dict(_ended(facts, kept, begun, rules, unlike))
    spent = ended.keys() | {one.id for one in _worked(run, kept)}
    acting = (*(one.signal for one in kept if one.id not in spent), *begun)
    return News(facts, known, before.vintage if before else "", begun, ended, unlike, acting, rules)


def _earlier(run: Run, facts: Facts) -> Facts | None:
    """The facts of another vintage; of the same one, only the accounts or the families have changed."""
    last = run.store.facts.last()
    return last if last and last.vintage != facts.vintage else None


def _begun(before: Facts, facts: Facts, kept: Sequence[Kept], rules: SignalRules) -> tuple[Signal, ...]:
    standing = [one.signal for one in kept]
    return tuple(signal for signal in compare(before, facts, rules) if not only_undoes(signal, standing, rules))


def _ended(
    facts: Facts, kept: Sequence[Kept], begun: Sequence[Signal], rules: SignalRules, unlike: str
) -> Iterator[tuple[int, str]]:
    followed = {(signal.npi, signal.event) for signal in begun}
    for one, back in zip(kept, taken_back([one.signal for one in kept], facts, rules), strict=True):
        if back and not (unlike and one.signal.event in OF_CLAIMS):
            yield one.id, f"taken back by vintage {facts.vintage}"
        elif (one.signal.npi, one.signal.event) in followed and one.vintage != facts.vintage:
            yield one.id, f"followed by vintage {facts.vintage}"


def _facts(run: Run) -> Facts:
    roster, found = run.matched()
    claims, read = run.intake.claims, run.registries
    files = [file.sha256 for file in read.files]
    vintage = hashlib.sha256("".join([claims.vintage, *files]).encode()).hexdigest()[:12] if files else claims.vintage
    volume, day = run.once(assess_claims).volume, np.datetime64(run.today, "D")
    sources = Sources(vintage, claims, volume, read.registry, read.affiliations, read.knows, day)
    return gather(roster.npi[found.rows], sources, run.config.assess_rules())


def _worked(run: Run, kept: Sequence[Kept]) -> list[Kept]:
    """Signals whose tier has moved since they were seen, as they had it. What is for review stays, and acts no more."""
    assignments, rules = run.store.plan.assignments() if kept else {}, run.config.signal_rules()
    held = [(one, assignments.get(one.signal.npi)) for one in kept]
    return [
        one
        for one, now in held
        if now and now.since >= one.seen and has_worked(one.signal, now.previous_tier, now.tier, rules)
    ]
