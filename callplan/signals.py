"""What moved from one vintage to the next: why a tier may change.

An account has a signal only for what both vintages know of it, so the first baseline has none, and neither has a
registry's first reading. Absent from the claims is absent, never a volume of 0.

Volumes are compared where both vintages count the same procedures from the same sort of files over as many months, and
not for the same months twice: a later file of them only completes the earlier. The newest months of claim lines are
incomplete in each vintage alike; that they are a month or two more so in one moves a year's volume by less than 0.3.

Shapes   see callplan.model.Facts; the accounts of two vintages need not be the same
Units    volumes in procedures per 12 months; a difference as a share of the larger, so that up and down are mirrored
Source   CMS: a cell of fewer than 11 patients is withheld, so a volume is "at least"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from callplan.gates import FEWEST, shown
from callplan.model import Counts, Event, Facts, Marks, Npi, Numbers, Signal, SignalRules, Texts, Way

WAYS = {Event.VOLUME_UP: Way.UP, Event.VOLUME_DOWN: Way.DOWN, Event.DEACTIVATED: Way.DOWN}  # the rest: for review
TEXTS = {
    Event.ENTERED_CLAIMS: "in the claims with {after} procedures a year, and absent before",
    Event.LEFT_CLAIMS: "absent from the claims, where it had {before} procedures a year: fewer than 11 patients",
    Event.VOLUME_UP: "volume up from {before} to {after} procedures a year",
    Event.VOLUME_DOWN: "volume down from {before} to {after} procedures a year",
    Event.AFFILIATION_JOINED: "joined {after}",
    Event.AFFILIATION_LEFT: "left {before}",
    Event.PRACTICE_LOCATION_CHANGED: "practice moved from ZIP {before} to {after}",
    Event.PRIMARY_TAXONOMY_CHANGED: "primary taxonomy changed from {before} to {after}",
    Event.SPECIALTY_CHANGED: "specialty changed from {before} to {after}",
    Event.NEWLY_ENUMERATED: "newly enumerated on {after}",
    Event.DEACTIVATED: "NPI deactivated on {after}",
    Event.REACTIVATED: "NPI reactivated, after it was deactivated on {before}",
}
NEW_FOR = np.timedelta64(365, "D")  # an older enumeration that appears was missing from the file, and is not new
BETWEEN = ", "


def compare(before: Facts, after: Facts, rules: SignalRules) -> tuple[Signal, ...]:
    """All signals of the accounts that both vintages know, by NPI."""
    _, old, new = np.intersect1d(before.npi, after.npi, return_indices=True)
    was, now = at_rows(before, old), at_rows(after, new)
    found = [*_claims(was, now, rules), *_places(was, now), *_registry(was, now), *_affiliations(was, now)]
    return tuple(sorted(found, key=lambda signal: (signal.npi, signal.event)))


def why_unlike(before: Facts, after: Facts) -> str:
    """Why the volumes of two vintages are not compared; "" where they are."""
    was, now = before.span, after.span
    if before.claims == after.claims and before.measure == after.measure:
        return ""
    if before.measure != after.measure:
        return "the families under `assess` have changed, so the volumes count other procedures"
    if was.sources != now.sources:
        return f"the claims were of {_listed(was.sources)} and are of {_listed(now.sources)}"
    if was.months != now.months:
        return f"one counts {was.months:g} months and the other {now.months:g}"
    if (was.last == "") != (now.last == ""):
        return "only one of them says up to which month it counts"
    if was.last and was.last == now.last:
        return f"both count up to {now.last}: the later one only completes the earlier"
    return ""


def at_rows(facts: Facts, rows: Counts) -> Facts:
    """The facts of these accounts."""
    place = np.full(len(facts.npi), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    mine = np.flatnonzero(place[facts.member] >= 0)
    columns = ("npi", "volume", "specialty", "claims_zip", "listed", "taxonomy", "zip", "size")
    taken = {name: getattr(facts, name)[rows] for name in (*columns, "enumerated", "deactivated")}
    return replace(facts, **taken, member=place[facts.member[mine]], organisation=facts.organisation[mine])


def moved(before: Numbers, after: Numbers, rules: SignalRules) -> Counts:
    """1 up, -1 down, 0 where the difference is too small, or one of them unknown."""
    difference, larger = after - before, np.fmax(before, after)
    much = (np.abs(difference) >= rules.volume_share * larger) & (np.abs(difference) >= rules.volume_least)
    return np.where(much & (difference != 0), np.sign(difference), 0).astype(np.int64)


def by_account(facts: Facts) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row, organisation in zip(facts.member.tolist(), facts.organisation.tolist(), strict=True):
        found.setdefault(row, set()).add(organisation)
    return found


def knows(facts: Facts, organisation: str) -> bool:
    return ("practices" if organisation.startswith("practice ") else "facilities") in facts.knows


# What moved


def _claims(was: Facts, now: Facts, rules: SignalRules) -> Iterator[Signal]:
    if was.span.sources == now.span.sources:
        known = (was.specialty != "") & (now.specialty != "")
        changed = known & (was.specialty != now.specialty)
        yield from _told(Event.SPECIALTY_CHANGED, now, changed, was.specialty, now.specialty)
    if why_unlike(was, now):
        return
    way, before, after = moved(was.volume, now.volume, rules), _numbers(was.volume), _numbers(now.volume)
    absent, present = np.isnan(now.volume), np.isnan(was.volume)
    yield from _told(Event.VOLUME_UP, now, way > 0, before, after)
    yield from _told(Event.VOLUME_DOWN, now, way < 0, before, after)
    yield from _told(Event.LEFT_CLAIMS, now, absent & ~present, before, after)
    yield from _told(Event.ENTERED_CLAIMS, now, present & ~absent, before, after)


def _places(was: Facts, now: Facts) -> Iterator[Signal]:
    """By the registry where both know it there, else by the claims, which tell it a year late."""
    registered = (was.zip != "") & (now.zip != "")
    same = was.span.sources == now.span.sources
    told = registered | (same & (was.zip == "") & (now.zip == "") & (was.claims_zip != "") & (now.claims_zip != ""))
    before, after = np.where(registered, was.zip, was.claims_zip), np.where(registered, now.zip, now.claims_zip)
    yield from _told(Event.PRACTICE_LOCATION_CHANGED, now, told & (before != after), before, after)


def _registry(was: Facts, now: Facts) -> Iterator[Signal]:
    known = (was.taxonomy != "") & (now.taxonomy != "")
    changed = known & (was.taxonomy != now.taxonomy)
    yield from _told(Event.PRIMARY_TAXONOMY_CHANGED, now, changed, was.taxonomy, now.taxonomy)
    if "registry" not in was.knows & now.knows:
        return
    both, off, on = was.listed & now.listed, ~np.isnat(now.deactivated), ~np.isnat(was.deactivated)
    new = ~was.listed & now.listed & (now.enumerated > was.day - NEW_FOR)
    before, after = was.deactivated.astype(np.str_), now.deactivated.astype(np.str_)
    yield from _told(Event.NEWLY_ENUMERATED, now, new, np.full(len(new), ""), now.enumerated.astype(np.str_))
    yield from _told(Event.DEACTIVATED, now, both & off & ~on, np.full(len(new), ""), after)
    yield from _told(Event.REACTIVATED, now, both & on & ~off, before, np.full(len(new), ""))


def _affiliations(was: Facts, now: Facts) -> Iterator[Signal]:
    before, after = by_account(was), by_account(now)
    for row, npi in enumerate(now.npi.tolist()):
        old, new = before.get(row, set()), after.get(row, set())
        joined = BETWEEN.join(sorted(one for one in new - old if knows(was, one)))
        left = BETWEEN.join(sorted(one for one in old - new if knows(now, one)))
        if joined:
            yield _signal(Event.AFFILIATION_JOINED, npi, "", joined)
        if left:
            yield _signal(Event.AFFILIATION_LEFT, npi, left, "")


def _told(event: Event, now: Facts, rows: Marks, before: Texts, after: Texts) -> Iterator[Signal]:
    for row in np.flatnonzero(rows).tolist():
        yield _signal(event, str(now.npi[row]), str(before[row]), str(after[row]))


def _signal(event: Event, npi: str, before: str, after: str) -> Signal:
    counts = event in (Event.VOLUME_UP, Event.VOLUME_DOWN, Event.ENTERED_CLAIMS, Event.LEFT_CLAIMS)
    told = [_shown(one) if counts else one for one in (before, after)]
    text = TEXTS[event].format(before=told[0], after=told[1])
    return Signal(Npi(npi), event, before, after, text, WAYS.get(event, Way.REVIEW))


def _shown(volume: str) -> str:
    """A count from 1 to 10 may point at patients."""
    return shown(float(volume)) if volume and float(volume) < FEWEST else volume


def _numbers(volume: Numbers) -> Texts:
    """As people write them, and exact enough to be read again."""
    return np.array(["" if np.isnan(one) else f"{one:.1f}".removesuffix(".0") for one in volume.tolist()], dtype=str)


def _listed(sources: tuple[str, ...]) -> str:
    return " and ".join(sources) or "no layout"
