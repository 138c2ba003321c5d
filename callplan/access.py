"""Who is closed to reps on a day, and why: contracts, policies and wishes, each with its evidence and its days.

Beside them, who was paid by a competitor year after year: by consulting, a royalty, a share in it. Meals alone never
count, because most who are paid at all are paid in meals. What is said is what was reported, and no more.

A closure that has ended opens the account by itself, and nobody has to take it out. What is said of it are facts, never
a count of days that are left, because that would be written anew every night.

Errors   none: days that make no sense are found when they are read
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.model import Closure, CompetitorRules, Npi, Payments

PROGRAM_YEARS = 3  # the newest on file, of which some must have a payment


@dataclass(frozen=True, slots=True)
class Relationships:
    told: Mapping[Npi, str]  # to be read after "Tier C: "
    unknown: tuple[str, ...]  # makers of the rules that paid nobody


def closed_on(closures: Iterable[Closure], today: date) -> dict[Npi, str]:
    """Why each is closed today; of several closures, the one that lasts longest."""
    holding = [one for one in closures if _begun(one, today) and not ended(one, today)]
    longest_last = sorted(holding, key=lambda one: one.until or date.max)
    return {one.npi: why_closed(one) for one in longest_last}


def reopened(closures: Iterable[Closure], today: date) -> dict[Npi, set[str]]:
    """Who was closed and is no more, with what had been said of it."""
    them = tuple(closures)
    closed, found = closed_on(them, today), dict[Npi, set[str]]()
    for one in them:
        if ended(one, today) and one.npi not in closed:
            found.setdefault(one.npi, set()).add(why_closed(one))
    return found


def ended(closure: Closure, today: date) -> bool:
    return closure.until is not None and closure.until < today


def why_closed(closure: Closure) -> str:
    """To be read after "Tier C: "."""
    until = f", until {closure.until.day} {closure.until:%b %Y}" if closure.until else ""
    evidence = f" ({closure.evidence})" if closure.evidence else ""
    return f"{closure.why.rstrip('.')}{until}{evidence}"


def _begun(closure: Closure, today: date) -> bool:
    return closure.since is None or closure.since <= today


def relationships(payments: Payments, rules: CompetitorRules) -> Relationships:
    """Who was paid for more than meals by one of the makers, in enough of the last program years."""
    wanted = {_plain(maker): maker for maker in rules.makers}
    names = [{_plain(id_), _plain(name)} for id_, name in _makers(payments)]
    listed = np.array([bool(name & wanted.keys()) for name in names], dtype=np.bool_)
    rows = np.flatnonzero(listed[payments.maker] & ~payments.meals & (payments.year > payments.newest - PROGRAM_YEARS))

    years = dict[tuple[str, str, int], set[int]]()
    for row in rows.tolist():
        key = (str(payments.profile[row]), str(payments.npi[row]), int(payments.maker[row]))
        years.setdefault(key, set()).add(int(payments.year[row]))
    enough = {key: sorted(paid) for key, paid in years.items() if len(paid) >= rules.years}

    told = dict[Npi, str]()
    for (_, npi, maker), paid in enough.items():
        said = f"reported payments from {payments.maker_name[maker]} in {_listed(paid)}"
        if npi:
            told[Npi(npi)] = f"{told[Npi(npi)]}; {said}" if Npi(npi) in told else said
    unknown = tuple(maker for plain, maker in wanted.items() if not any(plain in name for name in names))
    return Relationships(told, unknown)


def _makers(payments: Payments) -> Iterable[tuple[str, str]]:
    return zip(payments.maker_id.tolist(), payments.maker_name.tolist(), strict=True)


def _plain(name: str) -> str:
    """Names are compared without case and signs: one file has "Acme, Inc.", the next "ACME INC"."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _listed(years: list[int]) -> str:
    *first, last = map(str, years)
    return f"{', '.join(first)} and {last}" if first else last
