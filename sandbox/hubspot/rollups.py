"""What HubSpot counts on accounts by itself: last contact, last activity, the next one, and how many there were.

Source   developers.hubspot.com, descriptions of notes_last_contacted, notes_last_updated, num_notes and their like
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from sandbox.hubspot.kinds import ENGAGEMENTS
from sandbox.hubspot.links import Key
from sandbox.hubspot.standard import ROLLUPS
from sandbox.hubspot.tables import Record
from sandbox.hubspot.values import iso

if TYPE_CHECKING:
    from sandbox.hubspot.records import Portal

ACCOUNTS = frozenset({"companies", "contacts", "deals"})
CONTACTED = frozenset({"calls", "meetings", "emails"})
UPDATED = CONTACTED | {"notes", "tasks"}
PLANNED = frozenset({"calls", "meetings", "tasks"})
Values = dict[str, str | None]


def roles(one: Key, other: Key) -> list[tuple[Key, Key]]:
    """Which of the two is the account and which was logged on it, where that is so."""
    return [(a, e) for a, e in ((one, other), (other, one)) if a[0] in ACCOUNTS and e[0] in ENGAGEMENTS]


def count_in(portal: Portal, account: Record, engagement: Record) -> None:
    """One engagement more."""
    _count(account.properties, engagement, iso(portal.now()))
    _wait_for(portal, account, engagement)


def count_anew(portal: Portal, account: Record) -> bool:
    """All of an account's engagements; whether anything is other than before."""
    told: Values = {}
    for key, _ in portal.links.all_of(account.key):
        if key[0] in ENGAGEMENTS and (engagement := portal.exact(*key)):
            _count(told, engagement, iso(portal.now()))
            _wait_for(portal, account, engagement)
    before = {p.name: value for p in ROLLUPS if (value := account.properties.pop(p.name, None))}
    account.properties.update(told)
    return before != told


def catch_up(portal: Portal) -> None:
    """What was planned has become the past in the meantime."""
    now = iso(portal.now())
    while portal.due and portal.due[0][0] <= now:
        _, kind, id_ = heappop(portal.due)
        if account := portal.exact(kind, id_):
            count_anew(portal, account)


def _count(told: Values, engagement: Record, now: str) -> None:
    kind, at = engagement.kind, engagement.properties.get("hs_timestamp") or ""
    _add(told, "num_notes")
    if at <= now:
        if kind in CONTACTED:
            _add(told, "num_contacted_notes")
            told["notes_last_contacted"] = max(told.get("notes_last_contacted") or "", at)
        if kind in UPDATED:
            told["notes_last_updated"] = max(told.get("notes_last_updated") or "", at)
    elif kind in PLANNED:
        told["notes_next_activity_date"] = min(told.get("notes_next_activity_date") or at, at)


def _add(told: Values, name: str) -> None:
    told[name] = str(int(told.get(name) or 0) + 1)


def _wait_for(portal: Portal, account: Record, engagement: Record) -> None:
    at = engagement.properties.get("hs_timestamp") or ""
    if at > iso(portal.now()):
        heappush(portal.due, (at, *account.key))
