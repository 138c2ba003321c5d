"""One provider in several accounts: which is to stand for the NPI that they share; and accounts that are perhaps one.

Two accounts with different NPIs are two providers, or one at two addresses by intent, and never suspected.

Shapes   accounts (n,), and as many NPIs (those that are not usable are ""), touches and last days
Units    confidence of an account to keep: its share of the interactions, each account counted as if it had one more;
         of a suspected duplicate as in callplan/matching.py, among accounts with the same ZIP
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass

from callplan.matching import LEAST, Party, Weighed, party_of, share, weigh
from callplan.model import Listed, Sort, Suggestion
from callplan.names import heads


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    npi: str  # "" where it is not usable
    party: Party
    owner: str
    touches: int
    last: str  # day of the last touch, "" where there is none


def accounts_of(listed: Listed, npi: list[str], owner: list[str], touched: dict[str, tuple[int, str]]) -> list[Account]:
    columns = (listed.id, listed.name, listed.city, listed.state, listed.zip)
    rows = zip(*(column.tolist() for column in columns), npi, owner, strict=True)
    return [
        Account(id_, own, party_of(name, city, state, zip_code), rep, *touched.get(id_, (0, "")))
        for id_, name, city, state, zip_code, own, rep in rows
    ]


def suggest_keeping(accounts: list[Account], refused: Set[tuple[str, str]]) -> list[Suggestion]:
    """Of the accounts with one NPI the one with most interactions that was not refused as such."""
    carrying = defaultdict[str, list[Account]](list)
    for account in accounts:
        carrying[account.npi].append(account)
    doubled = {npi: among for npi, among in carrying.items() if npi and len(among) > 1}
    chosen = [(npi, among, _kept(npi, among, refused)) for npi, among in sorted(doubled.items())]
    return [_keeping(npi, among, kept) for npi, among, kept in chosen if kept]


def _kept(npi: str, among: list[Account], refused: Set[tuple[str, str]]) -> Account | None:
    left = [account for account in among if (account.id, npi) not in refused]
    return min(left, key=_worth) if left else None


def _worth(account: Account) -> tuple[int, int, bool, str]:
    last = int(account.last.replace("-", "") or 0)
    return -account.touches, -last, not account.owner, account.id


def _keeping(npi: str, among: list[Account], kept: Account) -> Suggestion:
    whole = sum(account.touches for account in among)
    confidence = int(100 * (kept.touches + 1) / (whole + len(among)))
    others = ", ".join(account.id for account in among if account is not kept)
    said = [f"{len(among)} accounts carry NPI {npi}", f"this one has {kept.touches} of their {whole} interactions"]
    said += [f"the last on {kept.last}"] if kept.last else []
    said += [f"owner {kept.owner}"] if kept.owner else ["no owner"]
    return Suggestion(Sort.KEEP, kept.id, npi, confidence, f"{', '.join(said)}; the others: {others}", npi)


def suspect(accounts: list[Account]) -> list[Suggestion]:
    """Accounts without a usable NPI that have the name and the ZIP of another one."""
    by_word = defaultdict[tuple[str, str], list[Account]](list)
    for account in accounts:
        for head in heads(account.party.name) if account.party.zip else ():
            by_word[account.party.zip, head[:3]].append(account)
    return [found for account in sorted(accounts, key=lambda one: one.id) for found in _alike(account, by_word)]


def _alike(account: Account, by_word: dict[tuple[str, str], list[Account]]) -> Iterator[Suggestion]:
    if account.npi or not account.party.zip:
        return
    near = {one.id: one for head in heads(account.party.name) for one in by_word[account.party.zip, head[:3]]}
    pairs = [
        (one, weighed)
        for one in near.values()
        if _comes_before(one, account) and (weighed := weigh(account.party, one.party))
    ]
    if not pairs:
        return
    best, weighed = min(pairs, key=lambda pair: (-pair[1].bits, _worth(pair[0])))
    confidence = share(weighed.bits, [other.bits for _, other in pairs])
    if confidence >= LEAST:
        yield Suggestion(Sort.DUPLICATE, account.id, best.id, confidence, _says(best, weighed))


def _comes_before(one: Account, account: Account) -> bool:
    """An account with an NPI, or of two without the one that is worth more: never each the other's duplicate."""
    return bool(one.npi) or _worth(one) < _worth(account)


def _says(best: Account, weighed: Weighed) -> str:
    own = f"has NPI {best.npi}" if best.npi else "has no usable NPI either"
    return f"{', '.join(weighed.said)}; account {best.id} {own} and {best.touches} interactions"
