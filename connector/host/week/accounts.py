"""The accounts of a week, as the mirror and the plan know them.

A name or an address is one line of signs that every file and terminal takes. A place is the account's own, else the
middle of its ZIP or town, and says which.
"""

from __future__ import annotations

from collections.abc import Iterable

from callplan.model import Place
from connector.host.week.visits import Account
from connector.roads.places import place
from connector.store.reads.week import Known

Accounts = dict[str, Account]


def accounts_of(known: Iterable[Known], street: str | None) -> Accounts:
    """By NPI; `street` is the CRM's field of it, if the mapping names one."""
    return {one.npi: _account(one, street) for one in known}


def _account(known: Known, street: str | None) -> Account:
    exact = known.latitude is not None and known.longitude is not None
    return Account(
        known.npi,
        name=plain(known.name),
        street=plain(str(known.fields.get(street) or "")) if street else "",
        city=plain(known.city),
        state=plain(known.state),
        zip=plain(known.zip),
        place=_place(known),
        exact=exact,
        tier=known.tier or "",
        why=plain(known.why),
        touch=(known.touch or "").replace("_", " "),
        last_seen=known.last_seen,
    )


def _place(known: Known) -> Place | None:
    if known.latitude is not None and known.longitude is not None:
        return Place(known.latitude, known.longitude)
    return place(known.zip or "", known.city or "", known.state or "") if known.zip or known.city else None


def plain(text: str | None) -> str:
    """On one line, without signs that no file and no terminal takes."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())
