"""The unmatched queue: what fits no account or no provider, what it perhaps is, and what a person said of it.

proposed   a suggestion that waits; it does nothing
accepted   it holds from the next night on, in the CRM as it then is (standing.py), until the CRM is corrected
rejected   it is never proposed again
lapsed     it is no longer so, or the CRM says something else; it can come again

Nothing of it is written into the CRM: the field of the NPI stays as people have it.

Errors   NeedsHuman: there is no such match, or it cannot hold
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from callplan.model import Sort, Suggestion
from connector.errors import NeedsHuman
from connector.store.journal import Journal
from connector.store.logged import Logged
from connector.store.rows import Transactions, in_parts
from connector.store.standing import (
    ACCEPTED,
    LAPSED,
    PROPOSED,
    REJECTED,
    Standing,
    accounts_of_interactions,
    follow,
    merges,
    standing,
)
from connector.store.tables import matches

ELSEWHERE = "the CRM says itself at which account it was, or has it no more"
Key = tuple[str, str, str]  # sort, record, to


@dataclass(frozen=True, slots=True)
class Kept:
    id: int
    sort: str
    record: str
    to: str
    own: str
    confidence: int
    evidence: str
    state: str
    proposed: datetime
    decided: datetime | None
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    number: int
    state: str  # accepted or rejected
    by: str
    reason: str


class Matches:
    def __init__(self, database: Transactions, crm: str, journal: Journal) -> None:
        self._database, self._crm, self._journal, self.logged = database, crm, journal, Logged(database, crm)

    def all(self, state: str = "", sort: str = "", least: int = 0) -> list[Kept]:
        """The surest first; of equal ones by number."""
        m = matches.c
        query = select(*(m[name] for name in Kept.__slots__)).where(m.crm == self._crm, m.confidence >= least)
        query = query.where(m.state == state) if state else query
        query = query.where(m.sort == sort) if sort else query
        with self._database.begin() as connection:
            return [Kept(*row) for row in connection.execute(query.order_by(m.confidence.desc(), m.id))]

    def named(self, numbers: Collection[int]) -> list[Kept]:
        """These, locked for the rest of the transaction where there is one."""
        m, found = matches.c, list[Kept]()
        query = select(*(m[name] for name in Kept.__slots__)).where(m.crm == self._crm).with_for_update()
        with self._database.begin() as connection:
            for part in in_parts(sorted(numbers)):
                found += [Kept(*row) for row in connection.execute(query.where(m.id.in_(part)))]
        return found

    def waiting(self) -> dict[str, int]:
        """By sort, how many wait for a person."""
        m = matches.c
        query = select(m.sort, func.count()).where(m.crm == self._crm, m.state == PROPOSED)
        with self._database.begin() as connection:
            found = {row[0]: row[1] for row in connection.execute(query.group_by(m.sort))}
        return {sort.value: found[sort.value] for sort in Sort if sort.value in found}

    def refused(self) -> frozenset[Key]:
        """The pairs that a person rejected."""
        return frozenset((one.sort, one.record, one.to) for one in self.all(REJECTED))

    def standing(self) -> Standing:
        """What the accepted ones mean tonight."""
        with self._database.begin() as connection:
            return standing(connection, self._crm)

    def accounts_of_interactions(self) -> dict[str, str]:
        """The account that each interaction of an accepted match counts for."""
        with self._database.begin() as connection:
            return accounts_of_interactions(connection, self._crm)

    def settle(self, now: datetime) -> list[tuple[Kept, str]]:
        """What was decided goes on with who survived a merge; what was accepted and holds no more lapses, with why."""
        accepted, rejected = self.all(ACCEPTED), self.all(REJECTED)
        if not accepted and not rejected:
            return []
        found, visits = self.standing(), self.accounts_of_interactions()
        why = found.lapsed | {
            one.id: ELSEWHERE for one in accepted if one.sort == Sort.VISIT and one.record not in visits
        }
        moved = {id_: to for id_, to in found.at.items() if id_ not in why} | self._rejected_at(accepted, rejected)
        moving = [(one, moved[one.id]) for one in (*accepted, *rejected) if moved.get(one.id, one.record) != one.record]
        ended = [(one, why[one.id]) for one in accepted if one.id in why]
        entries = [
            {"event": "match lapsed", "match": one.id, "why": said, "at": now.isoformat()} for one, said in ended
        ]
        entries += [
            {"event": "match moved", "match": one.id, "record": to, "at": now.isoformat()} for one, to in moving
        ]
        if entries:
            with self._journal.writing(entries) as connection:
                for one, said in ended:
                    self._set(connection, one.id, state=LAPSED, reason=said)
                for one, to in moving:
                    self._move(connection, one, to)
        return ended

    def _rejected_at(self, accepted: Sequence[Kept], rejected: Sequence[Kept]) -> dict[int, str]:
        """The accounts that rejected pairs have gone on to, where nothing was decided of those yet."""
        decided = {(one.sort, one.record, one.to) for one in (*accepted, *rejected)}
        with self._database.begin() as connection:
            survivor = merges(connection, self._crm) if rejected else {}
        at = {one.id: (one, follow(one.record, survivor)) for one in rejected if one.record in survivor}
        return {id_: here for id_, (one, here) in at.items() if (one.sort, here, one.to) not in decided}

    def _move(self, connection: Connection, one: Kept, to: str) -> None:
        """A pair stands once: what was suggested of the survivor gives way."""
        m = matches.c
        same = (m.crm == self._crm) & (m.sort == one.sort) & (m.record == to) & (m.to == one.to)
        connection.execute(matches.delete().where(same))
        self._set(connection, one.id, record=to)

    def propose(self, found: Iterable[Suggestion], sorts: Collection[Sort], now: datetime) -> int:
        """The whole of what these sorts have tonight; what is not in it any more lapses. How many are new.

        What a person decides meanwhile stands.
        """
        wanted = {(one.sort.value, one.record, one.to): one for one in found}
        held = {(one.sort, one.record, one.to): one for one in self.all() if one.sort in sorts}
        ended = [one.id for key, one in held.items() if one.state == PROPOSED and key not in wanted]
        fresh = [self._row(one, now) for key, one in wanted.items() if key not in held]
        with self._database.begin() as connection:
            for part in in_parts(ended):
                waits = matches.c.id.in_(part) & (matches.c.state == PROPOSED)
                connection.execute(update(matches).where(waits).values(state=LAPSED, reason="no longer so"))
            if fresh:
                connection.execute(insert(matches), fresh)
            again = [(held[key], one) for key, one in wanted.items() if key in held and _changed(held[key], one)]
            for kept, one in again:
                mine = (matches.c.id == kept.id) & (matches.c.state == kept.state)
                connection.execute(update(matches).where(mine).values(self._row(one, now)))
        return len(fresh) + sum(kept.state == LAPSED for kept, _ in again)

    def decide(self, decisions: Sequence[Decision], now: datetime) -> list[Kept]:
        """Put them on record, all or none.

        Errors   NeedsHuman
        """
        held = {one.id: one for one in self.named({one.number for one in decisions})}
        problems = [why for one in decisions if (why := _cannot(one, held.get(one.number)))]
        if problems:
            raise NeedsHuman("\n".join(problems), next_step="`callplan matches` lists what waits, with its numbers.")
        with self._database.begin() as connection, connection.begin_nested() as trial:
            self._set_all(connection, decisions, now)
            self._demand_all_hold(connection, decisions, held)
            trial.rollback()
        with self._journal.writing([_entry(one, held[one.number], now) for one in decisions]) as connection:
            self._set_all(connection, decisions, now)
        return [held[one.number] for one in decisions]

    def _set_all(self, connection: Connection, decisions: Sequence[Decision], now: datetime) -> None:
        """In one statement for all: a workbook brings thousands, and other writers wait."""
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("state", "by", "reason")}
        mine = (matches.c.crm == self._crm) & (matches.c.id == bindparam("number"))
        rows = [{"number": one.number, **{f"new_{name}": getattr(one, name) for name in values}} for one in decisions]
        connection.execute(update(matches).where(mine).values(**values, decided=now), rows)

    def _demand_all_hold(self, connection: Connection, decisions: Sequence[Decision], held: dict[int, Kept]) -> None:
        found, visits = standing(connection, self._crm), accounts_of_interactions(connection, self._crm)
        problems = []
        for one in decisions:
            kept = held[one.number]
            why = found.lapsed.get(one.number, "")
            if kept.sort == Sort.VISIT and visits.get(kept.record) != kept.to:
                why = f"interaction {kept.record} counts for another account"
            if why and one.state == ACCEPTED:
                problems.append(f"Match {one.number} cannot be accepted: {why}.")
        if problems:
            raise NeedsHuman(
                "\n".join(problems), next_step="Reject it, or take back the other: `callplan matches reject`."
            )

    def _row(self, one: Suggestion, now: datetime) -> dict[str, Any]:
        values = {
            "sort": one.sort.value,
            "record": one.record,
            "to": one.to,
            "own": one.own,
            "confidence": one.confidence,
        }
        return {
            **values,
            "crm": self._crm,
            "evidence": one.evidence,
            "state": PROPOSED,
            "proposed": now,
            "reason": None,
        }

    def _set(self, connection: Connection, number: int, **values: Any) -> None:
        mine = (matches.c.crm == self._crm) & (matches.c.id == number)
        connection.execute(update(matches).where(mine).values(**values))


def _entry(one: Decision, kept: Kept, now: datetime) -> dict[str, Any]:
    told = {"match": one.number, "sort": kept.sort, "record": kept.record, "to": kept.to}
    return {"event": f"match {one.state}", "at": now.isoformat(), **told, "by": one.by, "reason": one.reason}


def _changed(kept: Kept, one: Suggestion) -> bool:
    says = (kept.confidence, kept.evidence, kept.own) != (one.confidence, one.evidence, one.own)
    return kept.state == LAPSED or (kept.state == PROPOSED and says)


def _cannot(one: Decision, kept: Kept | None) -> str:
    if kept is None:
        return f"There is no match {one.number}."
    if kept.state == LAPSED:
        return f"Match {one.number} has lapsed: {kept.reason}."
    if one.state == ACCEPTED and (kept.sort == Sort.ABSENT or not kept.to):
        what = (
            f"NPI {kept.record} has no account"
            if kept.sort == Sort.ABSENT
            else f"account {kept.record} has no suggestion"
        )
        return f"Match {one.number} cannot be accepted: {what}. Mend it in the CRM, or reject it to hear no more of it."
    return ""
