"""Around the list of cold accounts: of whom it is, what each of them has at risk, and what is not on it and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from sqlalchemy import Connection

from connector.host.web.here import Here
from connector.host.web.who import Absent, Role, managers, team_of
from connector.store.reads.cold import Share, Silent, Snoozed, Wait, named, shares, silent, snoozed, waiting
from connector.store.reads.sees import Sees
from connector.store.waits import FIRST

MOST_GROUPS = 50  # managers or reps that the table names


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Whose accounts are listed: all that whoever asks sees, a manager's team, or one rep's."""

    sees: Sees
    manager: str | None = None
    rep: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    who: str  # e-mail of a manager or rep, "" where none is named
    flags: int
    at_risk: float
    unknown: int


@dataclass(frozen=True, slots=True)
class Groups:
    by: str  # manager or rep
    shown: list[Group]
    more: int
    all: Group


@dataclass(frozen=True, slots=True)
class Aside:
    """What is not on the list."""

    silent: list[Silent]
    waits: list[Wait]  # by reason, of all reps together
    called: dict[str, str | None]
    snoozed: list[Snoozed]


def narrowed(at: Here) -> Narrowed:
    """By the address: an admin chooses a manager; whoever sees a rep chooses the rep."""
    manager, rep = request.args.get("manager"), request.args.get("rep")
    if rep is not None:
        if not at.sees.rep(rep):
            raise Absent
        return Narrowed(Sees(frozenset({rep.lower()})), manager, rep.lower())
    if manager is not None and at.viewer.may(Role.ADMIN):
        return Narrowed(of_manager(at, manager.lower()), manager.lower())
    return Narrowed(at.sees)


def of_manager(at: Here, manager: str) -> Sees:
    """Their team; with "", the reps who have no manager."""
    if manager:
        return team_of(manager, at.config)
    theirs, others = managers(at.config)
    return Sees(frozenset()) if others else Sees(but=frozenset(rep for rep, has in theirs.items() if has))


def by_group(at: Here, connection: Connection, of: Narrowed) -> Groups | None:
    """By manager for an admin who has chosen none, else by rep; of one rep there is nothing to compare."""
    if of.rep is not None or at.viewer.role is Role.REP:
        return None
    found = shares(connection, at.crm, of.sees)
    theirs, others = managers(at.config)
    by_manager = at.viewer.may(Role.ADMIN) and of.manager is None and bool(others or any(theirs.values()))
    groups = _summed((theirs.get(one.rep, others) if by_manager else one.rep, one) for one in found)
    whole = Group("", sum(g.flags for g in groups), sum(g.at_risk for g in groups), sum(g.unknown for g in groups))
    return Groups("manager" if by_manager else "rep", groups[:MOST_GROUPS], len(groups[MOST_GROUPS:]), whole)


def _summed(found: Iterable[tuple[str, Share]]) -> list[Group]:
    """Those with the most at risk first."""
    groups: dict[str, Group] = {}
    for who, one in found:
        was = groups.get(who, Group(who, 0, 0.0, 0))
        groups[who] = Group(who, was.flags + one.flags, was.at_risk + one.at_risk, was.unknown + one.unknown)
    return sorted(groups.values(), key=lambda group: (-group.at_risk, group.who))


def standing_aside(at: Here, connection: Connection, sees: Sees) -> Aside:
    by_why = dict[str, Wait]()
    for one in waiting(connection, at.crm, sees):
        was = by_why.get(one.why, Wait("", one.why, 0, []))
        by_why[one.why] = Wait("", one.why, was.accounts + one.accounts, [*was.first, *one.first][:FIRST])
    waits = sorted(by_why.values(), key=lambda one: -one.accounts)
    called = named(connection, at.crm, [npi for one in waits for npi in one.first])
    return Aside(silent(connection, at.crm, sees), waits, called, list(snoozed(connection, at.crm, sees, at.today)))
