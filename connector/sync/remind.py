"""Tasks: which flag lacks its own, and which task has outlived its flag.

A flag has one task, for as long as it is open, with whoever has the account. What a person has completed or deleted is
not made again for that flag. An account has one open task at most: the next flag waits until the last task is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from callplan.model import Npi
from connector.contract import CrmId, Todo, Verdict
from connector.store.flags import Flag
from connector.store.todos import Kept, key_of

TIME = timedelta(days=7)  # until the task is due, from the flag; of one that is older, from when its task is made
WEEKLY = timedelta(days=7)  # how long a refused one is held back, unless something about it changes


@dataclass(frozen=True, slots=True)
class Whose:
    """The account of one NPI, as the CRM has it today."""

    account: CrmId
    owner: str
    name: str


def to_close(flags: Iterable[Flag], held: Mapping[str, Kept], now: datetime) -> list[Todo]:
    """The tasks that stand, or may stand, for flags that have ended."""
    ended = {key_of(flag) for flag in flags if flag.ended}
    left = (one for key, one in held.items() if key in ended and not one.over)
    return [replace(_todo(one), done=True) for one in left if not (one.done and _waits(one, now))]


def to_open(
    flags: Iterable[Flag], held: Mapping[str, Kept], accounts: Mapping[Npi, Whose], now: datetime
) -> list[Todo]:
    """What open flags lack: their task, or the right owner for it."""
    stand = {one.npi: key for key, one in held.items() if not one.over}
    send = list[Todo]()
    for flag in flags:
        key, whose = key_of(flag), accounts.get(flag.npi)
        kept = held.get(key)
        if flag.ended or whose is None or stand.get(flag.npi, key) != key or (kept and kept.over):
            continue
        owner = whose.owner or flag.rep
        if kept is None:
            subject, due = f"Going cold: {whose.name or f'NPI {flag.npi}'}", max(flag.raised, now.date()) + TIME
            send.append(Todo(key, whose.account, owner, subject, due))
        elif kept.owner != owner or (kept.state != Verdict.WRITTEN and not _waits(kept, now)):
            send.append(replace(_todo(kept), owner=owner))
    return send


def _waits(kept: Kept, now: datetime) -> bool:
    return kept.state == Verdict.REFUSED and kept.settled is not None and now - kept.settled < WEEKLY


def _todo(kept: Kept) -> Todo:
    return Todo(kept.key, kept.account, kept.owner, kept.subject, kept.due, kept.done, kept.record)
