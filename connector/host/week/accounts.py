"""The accounts of a week, as the mirror and the plan know them.

A name or an address is one line of signs that every file and terminal takes. A place is the account's own, else the
middle of its ZIP or town, and says which.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from callplan.model import Npi, Place
from connector.host.week.visits import Account
from connector.roads.places import points
from connector.store import Store
from connector.store.mirror import Roster
from connector.store.plan import Assignment, Coverage
from connector.sync.territories import Territories

Accounts = dict[str, Account]


def read_accounts(
    store: Store, named: set[str], territories: Territories, street: str | None
) -> tuple[Accounts, dict[str, str]]:
    """Those that are named, by NPI; and whose each is."""
    roster, streets = _those(store.mirror.roster(), named), {}
    if street:
        there = store.mirror.present(roster.id.tolist())
        streets = {record: str(said.get(street) or "") for record, said in there.items()}
    assignments, coverage = store.plan.assignments(), store.plan.coverage()
    found = {}
    for at, account in enumerate(_placed(roster)):
        known = replace(account, street=plain(streets.get(roster.id[at], "")))
        found[account.npi] = _judged(known, assignments.get(Npi(account.npi)), coverage.get(Npi(account.npi)))
    return found, dict(zip(roster.npi.tolist(), territories.align(roster).rep.tolist(), strict=True))


def _those(roster: Roster, named: set[str]) -> Roster:
    rows = np.flatnonzero(np.isin(roster.npi, sorted(named)))
    return Roster(**{field.name: getattr(roster, field.name)[rows] for field in fields(roster)})


def _placed(roster: Roster) -> list[Account]:
    own = ~(np.isnan(roster.latitude) | np.isnan(roster.longitude))
    columns = (roster.npi, roster.name, roster.city, roster.state, roster.zip, *points(roster), own)
    return [
        Account(
            npi,
            name=plain(name),
            city=plain(city),
            state=plain(state),
            zip=plain(zip_code),
            place=None if np.isnan(latitude) else Place(latitude, longitude),
            exact=exact,
        )
        for npi, name, city, state, zip_code, latitude, longitude, exact in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def _judged(account: Account, assignment: Assignment | None, coverage: Coverage | None) -> Account:
    return replace(
        account,
        tier=assignment.tier.value if assignment else "",
        why=plain(assignment.reason) if assignment else "",
        touch=coverage.state.replace("_", " ") if coverage else "",
        last_seen=coverage.last_touch if coverage else None,
    )


def plain(text: str) -> str:
    """On one line, without signs that no file and no terminal takes."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
