"""What accepted matches mean in the CRM as it is now: which account stands for which NPI, and counts for which other.

Worked out whenever it is asked, and nothing is kept of it, so that a merge or a correction in the CRM has its effect at
once: a match goes on with the survivor of a merge, and lapses where the CRM has come to say something else, or the
same, by itself. One NPI is never stood for by two accounts; of matches that disagree the one accepted first holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Subquery, bindparam, func, select

from callplan.model import Sort, npi_is_valid
from connector.store.rows import in_parts
from connector.store.tables import accounts, interactions, matches

OF_ACCOUNTS = (Sort.NPI, Sort.SEVERAL, Sort.KEEP, Sort.DUPLICATE)
PROPOSED, ACCEPTED, REJECTED, LAPSED = "proposed", "accepted", "rejected", "lapsed"
MERGED = "the accounts are merged in the CRM"


@dataclass(frozen=True, slots=True)
class Standing:
    npi: dict[str, str] = field(default_factory=dict)  # of accounts for which it is not what the CRM says; "": for none
    into: dict[str, str] = field(default_factory=dict)  # accounts that count for another, as if they were merged
    at: dict[int, str] = field(default_factory=dict)  # the account that each match has gone on to
    lapsed: dict[int, str] = field(default_factory=dict)  # matches that hold no more, and why


@dataclass(frozen=True, slots=True)
class Accepted:
    id: int
    sort: str
    record: str
    to: str


@dataclass(frozen=True, slots=True)
class Known:
    """Of the CRM, what matters for the accepted matches."""

    npi: Mapping[str, str]  # what the CRM says itself, of accounts that are there
    survivor: Mapping[str, str]  # of accounts that are gone by a merge, the one it led to
    read: frozenset[str]  # accounts that we have read, there or gone
    carriers: Mapping[str, Sequence[str]]  # by NPI, the accounts that carry it in the CRM


def standing(connection: Connection, crm: str) -> Standing:
    m = matches.c
    query = select(m.id, m.sort, m.record, m.to).where(m.crm == crm, m.state == ACCEPTED, m.sort.in_(OF_ACCOUNTS))
    accepted = [Accepted(*row) for row in connection.execute(query.order_by(m.decided, m.id))]
    return stand(accepted, _known(connection, crm, accepted)) if accepted else Standing()


def counted_for(crm: str) -> Subquery:
    """Interactions, and the account that each counts for by an accepted match: `record` and `to`.

    As long as the CRM says of each what it said when somebody accepted it; the first accepted holds.
    """
    m, i = matches.c, interactions.c
    same = (i.crm == m.crm) & (i.id == m.record) & (func.coalesce(i.account, "") == m.own) & i.gone.is_(False)
    nth = func.row_number().over(partition_by=m.record, order_by=(m.decided, m.id)).label("nth")
    accepted = select(m.record, m.to, nth).select_from(matches.join(interactions, same))
    every = accepted.where(m.crm == crm, m.sort == Sort.VISIT.value, m.state == ACCEPTED).subquery()
    return select(every.c.record, every.c.to).where(every.c.nth == 1).subquery()


def accounts_of_interactions(connection: Connection, crm: str) -> dict[str, str]:
    counted = counted_for(crm)
    return {row[0]: row[1] for row in connection.execute(select(counted.c.record, counted.c.to))}


def survivors(connection: Connection, crm: str) -> dict[str, str]:
    """Which account goes on for which: by a merge in the CRM, or by a match that says it is the same."""
    return merges(connection, crm) | standing(connection, crm).into


def counting_for(connection: Connection, crm: str, record: str, npi: str) -> tuple[list[str], dict[str, str]]:
    """The accounts whose log counts for this one: itself, what was merged into it, and accepted duplicates of it.

    And the interactions that were matched to them, each with the account that the CRM said then. One account's own part
    of `survivors` and `counted_for`, asked by index.
    """
    m, found = matches.c, _merged_into(connection, crm, [record])
    accepted = select(m.id, m.sort, m.record, m.to, m.own).where(m.crm == crm, m.state == ACCEPTED)
    own = connection.execute(accepted.where(m.to.in_([*found, npi]))).all()
    about = [row.record for row in own if row.sort in OF_ACCOUNTS]
    if about:
        theirs = accepted.where(m.record.in_(about), m.sort.in_(OF_ACCOUNTS)).order_by(m.decided, m.id)
        said = [Accepted(row.id, row.sort, row.record, row.to) for row in connection.execute(theirs)]
        into = stand(said, _known(connection, crm, said)).into
        found = _merged_into(connection, crm, [*found, *(other for other, to in into.items() if to in found)])
    return found, {row.record: row.own for row in own if row.sort == Sort.VISIT and row.to in found}


def _merged_into(connection: Connection, crm: str, records: Sequence[str]) -> list[str]:
    """These, and all that were ever merged into them, step by step."""
    found, asked = [*records], [*records]
    while asked:
        rows = connection.execute(MERGED_INTO, {"crm": crm, "records": asked}).scalars()
        asked = [one for one in rows if one not in found]
        found += asked
    return found


MERGED_INTO = select(accounts.c.id).where(
    accounts.c.crm == bindparam("crm"),
    accounts.c.merged_into.is_not(None),
    accounts.c.merged_into.in_(bindparam("records", expanding=True)),
)


def merges(connection: Connection, crm: str) -> dict[str, str]:
    a = accounts.c
    query = select(a.id, a.merged_into).where(a.crm == crm, a.merged_into.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query)}


def follow(account: str | None, survivor: Mapping[str, str]) -> str:
    """The last of a chain; "" for none."""
    seen = set[str]()
    while account and account in survivor and account not in seen:
        seen.add(account)
        account = survivor[account]
    return account or ""


def stand(accepted: Iterable[Accepted], known: Known) -> Standing:
    found = Standing()
    for one in accepted:
        here = known.survivor.get(one.record, one.record)
        if here not in known.npi:
            if here in known.read:
                found.lapsed[one.id] = "the account is gone from the CRM"
            continue
        act = {Sort.KEEP: _keep, Sort.DUPLICATE: _count_for}.get(Sort(one.sort), _stand_for)
        if why := act(one, here, known, found):
            found.lapsed[one.id] = why
        else:
            found.at[one.id] = here
    return found


def _stand_for(one: Accepted, here: str, known: Known, found: Standing) -> str:
    own = known.npi[here]
    if own == one.to:
        return "the CRM says so itself"
    if npi_is_valid(own):
        return f"the CRM says that account {here} has NPI {own}"
    if carriers := [*known.carriers.get(one.to, ()), *(a for a, npi in found.npi.items() if npi == one.to)]:
        return f"account {carriers[0]} has NPI {one.to}"
    if found.npi.get(here):
        return f"account {here} stands for NPI {found.npi[here]}"
    if here in found.into:
        return f"account {here} counts for account {found.into[here]}"
    found.npi[here] = one.to
    return ""


def _keep(one: Accepted, here: str, known: Known, found: Standing) -> str:
    carriers = known.carriers.get(one.to, ())
    if here not in carriers:
        return f"the CRM does not give account {here} NPI {one.to} any more"
    if len(carriers) == 1:
        return MERGED
    if kept := [other for other in carriers if found.into.get(other)]:
        return f"account {found.into[kept[0]]} stands for NPI {one.to}"
    others = [other for other in carriers if other != here]
    found.npi.update(dict.fromkeys(others, ""))
    found.into.update(dict.fromkeys(others, here))
    return ""


def _count_for(one: Accepted, here: str, known: Known, found: Standing) -> str:
    to = known.survivor.get(one.to, one.to)
    if to == here:
        return MERGED
    if to not in known.npi:
        return f"account {to} is gone from the CRM"
    if npi_is_valid(known.npi[here]) or found.npi.get(here):
        return f"account {here} has an NPI of its own"
    if here in found.into or here in found.into.values() or to in found.into:
        return f"account {here} or {to} is another one's duplicate already"
    found.into[here] = to
    return ""


def _known(connection: Connection, crm: str, accepted: Sequence[Accepted]) -> Known:
    npi, merged_into, read = dict[str, str](), dict[str, str](), set[str]()
    named = {one.record for one in accepted} | {one.to for one in accepted if one.sort == Sort.DUPLICATE}
    asked = named
    while asked:
        for record, said, gone, merged in _accounts(connection, crm, sorted(asked)):
            read.add(record)
            if gone and merged:
                merged_into[record] = merged
            elif not gone:
                npi[record] = said or ""
        asked = set(merged_into.values()) - read
    survivor = {record: follow(record, merged_into) for record in named & merged_into.keys()}
    return Known(npi, survivor, frozenset(read), _carriers(connection, crm, sorted({one.to for one in accepted})))


def _accounts(connection: Connection, crm: str, records: Sequence[str]) -> Iterable[tuple[str, str, bool, str]]:
    a = accounts.c
    for part in in_parts(records):
        query = select(a.id, a.npi, a.gone, a.merged_into).where(a.crm == crm, a.id.in_(part))
        yield from (tuple(row) for row in connection.execute(query))


def _carriers(connection: Connection, crm: str, npis: Sequence[str]) -> Mapping[str, Sequence[str]]:
    a, found = accounts.c, defaultdict[str, list[str]](list)
    for part in in_parts(npis):
        query = select(a.npi, a.id).where(a.crm == crm, a.npi.in_(part), a.gone.is_(False)).order_by(a.id)
        for npi, record in connection.execute(query):
            found[npi].append(record)
    return found
