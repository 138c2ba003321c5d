"""The last touches of each account in one reading of the log, and the log of one account.

What counts is said as rules (callplan.touches says them plainly); the database takes the latest moment under each set
of them. Merges are followed afterwards, on a row an account: the latest of several latest is the latest.

Shapes   Latest is columns, a row for each account that the log knows; moments are seconds, UTC
Source   bench/coverage.py: reading in the log's own order and sorting what counts takes half the time of going down the
         index from account to account, which is what a plain GROUP BY does
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, Select, Subquery, and_, case, false, func, or_, select

from callplan.model import Touch, TouchRule
from connector.contract import CrmId, Interaction, Result
from connector.store.mirror import Mirror
from connector.store.rows import Transactions, columns, in_parts
from connector.store.standing import accounts_of_interactions, counted_for
from connector.store.tables import interactions

Rules = tuple[TouchRule, ...]  # one of them must hold; which tiers they name is not looked at
Columns = Iterable[ColumnElement[Any]]
Said = Mapping[str, Collection[str]]  # a rule's word, and how the log writes it
WORDS: tuple[tuple[str, Column[Any]], ...] = (("outcomes", interactions.c.outcome), ("statuses", interactions.c.status))


@dataclass(frozen=True, slots=True)
class Latest:
    account: NDArray[np.str_]  # followed through merges, and here as often as others were merged into it
    at: Mapping[Rules, NDArray[np.datetime64]]  # NaT where there was none
    times: Mapping[Rules, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Each:
    """Every touch that fits, in no order."""

    account: NDArray[np.str_]  # followed through merges
    at: NDArray[np.datetime64]


def as_touch(one: Interaction, now: datetime, zone: tzinfo) -> Touch:
    """As the rules look at it: what lies ahead is planned, whatever its row says."""
    return Touch(
        at=one.at.astimezone(zone).date(),
        kind=one.kind,
        result=Result.PLANNED if one.at.replace(microsecond=0) > now else one.result,
        direction=one.direction or "",
        minutes=one.minutes,
        outcome=one.outcome or "",
        status=one.status or "",
        automated=one.automated,
    )


class TouchLog:
    def __init__(self, database: Transactions, crm: str, mirror: Mirror) -> None:
        self._database, self._crm, self._mirror = database, crm, mirror

    def latest(self, asked: Sequence[Rules], counted: Sequence[Rules], before: datetime) -> Latest:
        """Of what took place before this moment and no machine has sent; by each set of rules, and how often."""
        with self._database.begin() as connection:
            fits = {rules: self._fits(connection, rules) for rules in {*asked, *counted}}
            last = (func.max(case((fits[rules], interactions.c.at))) for rules in asked)
            times = (func.count(case((fits[rules], 1))) for rules in counted)
            account, *found = columns(connection, self._grouped(connection, [*last, *times], before))
        return Latest(
            account=self._mirror.survivors_of(account),
            at={rules: _moments(column) for rules, column in zip(asked, found[: len(asked)], strict=True)},
            times={rules: np.array(many, np.int64) for rules, many in zip(counted, found[len(asked) :], strict=True)},
        )

    def each(self, rules: Rules, before: datetime) -> Each:
        """Of what took place before this moment and no machine has sent, all that these rules count."""
        with self._database.begin() as connection:
            _, query = self._query(connection, [interactions.c.at], before)
            account, at = columns(connection, query.where(self._fits(connection, rules)))
        return Each(self._mirror.survivors_of(account), _moments(at))

    def of(self, account: CrmId) -> list[Interaction]:
        """All that is logged of one account, and of those that count for it; the newest first."""
        return self.of_each([account])[account]

    def of_each(self, accounts: Iterable[CrmId]) -> dict[CrmId, list[Interaction]]:
        i, found, now = interactions.c, dict[CrmId, Interaction](), self._mirror.merged_into(accounts)
        with self._database.begin() as connection:
            counted = accounts_of_interactions(connection, self._crm)
            brought = [one for one, to in counted.items() if to in now]
            for column, wanted in ((i.account, [*now]), (i.id, brought)):
                for part in in_parts(wanted):
                    found |= {one.id: one for one in self._read(connection, column.in_(part))}
        mine: dict[CrmId, list[Interaction]] = {account: [] for account in now.values()}
        for one in sorted(found.values(), key=lambda one: (one.at, one.id), reverse=True):
            if (account := now.get(CrmId(counted.get(one.id, one.account or "")))) is not None:
                mine[account].append(one)
        return mine

    def _read(self, connection: Connection, where: ColumnElement[bool]) -> list[Interaction]:
        i = interactions.c
        query = select(*(i[name] for name in Interaction.__slots__)).where(i.crm == self._crm, i.gone.is_(False), where)
        return [Interaction(**row) for row in connection.execute(query).mappings()]

    def _grouped(self, connection: Connection, columns: Columns, before: datetime) -> Select[Any]:
        account, query = self._query(connection, columns, before)
        return query.group_by(account)

    def _query(
        self, connection: Connection, columns: Columns, before: datetime
    ) -> tuple[ColumnElement[str], Select[Any]]:
        """The account of each interaction that took place, and these columns of it."""
        i, moved = interactions.c, self._moved(connection)
        on = i.account if moved is None else func.coalesce(moved.c.to, i.account)
        account = func.coalesce(on, "")  # no index on it, so that none is gone down
        query = select(account, *columns)
        if moved is not None:
            query = query.select_from(interactions.outerjoin(moved, moved.c.record == i.id))
        took_place = (i.result == Result.DONE, i.at < before, i.automated.is_(False), i.gone.is_(False))
        return account, query.where(i.crm == self._crm, *took_place)

    def _moved(self, connection: Connection) -> Subquery | None:
        return counted_for(self._crm) if accounts_of_interactions(connection, self._crm) else None

    def _fits(self, connection: Connection, rules: Rules) -> ColumnElement[bool]:
        """Rules that differ by their kind alone are one clause: the database looks at each for every row."""
        said = {name: self._as_written(connection, column, name, rules) for name, column in WORDS}
        kinds: dict[TouchRule, list[str]] = {}
        for rule in rules:
            kinds.setdefault(replace(rule, kind="", tiers=()), []).append(rule.kind)
        return or_(false(), *(_fits(rule, of, said) for rule, of in kinds.items()))

    def _as_written(self, connection: Connection, column: Column[Any], name: str, rules: Rules) -> Said:
        """Databases do not agree on what is the same word in another case; so Python looks through the few."""
        wanted = {word for rule in rules for word in getattr(rule, name)}
        if not wanted:
            return {}
        query = select(column).distinct().where(interactions.c.crm == self._crm, column.is_not(None))
        written = [text for (text,) in connection.execute(query)]
        return {word: [text for text in written if text.casefold() == word.casefold()] for word in wanted}


def _fits(rule: TouchRule, kinds: Sequence[str], said: Mapping[str, Said]) -> ColumnElement[bool]:
    i = interactions.c
    all_of: list[ColumnElement[bool]] = [i.kind.in_(kinds) if len(kinds) > 1 else i.kind == kinds[0]]
    if rule.min_minutes > 0:
        all_of.append(i.minutes >= rule.min_minutes)
    if rule.direction:
        all_of.append(i.direction == rule.direction)
    for name, column in WORDS:
        if words := getattr(rule, name):
            all_of.append(column.in_([text for word in words for text in said[name][word]]))
    return and_(*all_of)


def _moments(column: Sequence[Any]) -> NDArray[np.datetime64]:
    plain = [at.replace(tzinfo=None) if isinstance(at, datetime) else at for at in column]
    return np.array(plain, dtype="datetime64[s]")
