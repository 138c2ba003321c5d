"""How long a signal stands, and what it nominates its account to while it does.

A signal stands until the tier has moved as it had it, a later vintage takes it back, somebody dismisses it, or its days
are over. What a later vintage does not know takes nothing back: an account that is absent from the claims has not
returned to its old volume.

Shapes   npi (n,) -> nominated (n,) of 1 up, -1 down, 0; hard (n,) in words, "" where none; signals are few
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from callplan.model import Counts, Event, Facts, Marks, Signal, SignalRules, Texts, Tier, Way
from callplan.signals import BETWEEN, by_account, knows, moved

VOLUMES = (Event.VOLUME_UP, Event.VOLUME_DOWN)
OF_CLAIMS = (*VOLUMES, Event.ENTERED_CLAIMS, Event.LEFT_CLAIMS)  # what unlike claims cannot take back


def nominations(npi: Texts, standing: Sequence[Signal], rules: SignalRules) -> tuple[Counts, Texts]:
    """What an account's signals nominate it to, all together, and its last hard event."""
    ways, hard = dict[str, int](), dict[str, str]()
    for signal in standing:
        ways[signal.npi] = ways.get(signal.npi, 0) + signal.way
        if signal.event in rules.hard:
            hard[signal.npi] = signal.text
    nominated = np.sign(np.array([ways.get(one, 0) for one in npi.tolist()], dtype=np.int64))
    return nominated, np.array([hard.get(one, "") for one in npi.tolist()], dtype=np.str_)


def told(standing: Sequence[Signal], nominated: Mapping[str, int]) -> dict[str, str]:
    """The last signal of each account that points where all of its signals together do, in words."""
    return {one.npi: one.text for one in standing if one.way and one.way == nominated.get(one.npi, 0)}


def deactivated(npi: Texts, facts: Facts) -> Marks:
    """Whose NPI the registry calls deactivated."""
    return np.isin(npi, facts.npi[~np.isnat(facts.deactivated)])


def has_worked(signal: Signal, was: Tier | None, now: Tier, rules: SignalRules) -> bool:
    """Whether the account's tier has moved as the signal had it: that way, or either way after a hard event."""
    if was is None or was is now:
        return False
    return signal.event in rules.hard or signal.way is (Way.UP if now < was else Way.DOWN)  # A before B before C


def only_undoes(signal: Signal, standing: Sequence[Signal], rules: SignalRules) -> bool:
    """Whether a volume goes back to where it was before a signal that still stands: that one ends, no other begins."""
    if signal.event not in VOLUMES:
        return False
    before = [one.before for one in standing if one.npi == signal.npi and one.event in VOLUMES]
    return any(_moved(volume, float(signal.after), rules) != signal.way for volume in before)


def taken_back(standing: Sequence[Signal], facts: Facts, rules: SignalRules) -> Iterator[bool]:
    """For each signal, whether a later vintage says again what was so before it."""
    row, organisations = {npi: at for at, npi in enumerate(facts.npi.tolist())}, by_account(facts)
    for signal in standing:
        at = row.get(signal.npi)
        if at is None:
            yield False
        elif signal.event in (Event.AFFILIATION_JOINED, Event.AFFILIATION_LEFT):
            yield _organisations_are_back(signal, organisations.get(at, set()), facts)
        else:
            yield _is_back(signal, at, facts, rules)


def _is_back(signal: Signal, at: int, facts: Facts, rules: SignalRules) -> bool:
    volume, absent = float(facts.volume[at]), bool(np.isnan(facts.volume[at]))
    if signal.event in VOLUMES:
        return not absent and _moved(signal.before, volume, rules) != signal.way
    zips, off = facts.zip if "registry" in facts.knows else facts.claims_zip, not np.isnat(facts.deactivated[at])
    said = {
        Event.ENTERED_CLAIMS: absent,
        Event.LEFT_CLAIMS: not absent,
        Event.PRACTICE_LOCATION_CHANGED: zips[at] == signal.before,
        Event.PRIMARY_TAXONOMY_CHANGED: facts.taxonomy[at] == signal.before,
        Event.SPECIALTY_CHANGED: facts.specialty[at] == signal.before,
        Event.DEACTIVATED: facts.listed[at] and not off,
        Event.REACTIVATED: off,
    }
    return bool(said.get(signal.event, False))


def _organisations_are_back(signal: Signal, now: set[str], facts: Facts) -> bool:
    if signal.event is Event.AFFILIATION_LEFT:
        return set(signal.before.split(BETWEEN)) <= now
    joined = set(signal.after.split(BETWEEN))
    return not joined & now and all(knows(facts, one) for one in joined)


def _moved(before: str, now: float, rules: SignalRules) -> int:
    return int(moved(np.array([float(before)]), np.array([now]), rules)[0])
