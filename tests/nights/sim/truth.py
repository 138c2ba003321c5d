"""What is true in the CRM, read from its own tables and not through any adapter, and the plan that follows from it.

The rules of tiers and of going cold are those of `callplan`, which have tests of their own; nothing of `connector` is
asked but how claims are read, and what a tier was before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from callplan.assess import of_accounts
from callplan.cold import GONE_COLD, cadence_days, find_cold
from callplan.model import Channel, Npi, Tier
from callplan.tiers import Accounts, assign_tiers
from callplan.touches import Touches, last_touch, qualifies, took_place
from callplan.workload import load
from connector.store.plan import Assignment
from sandbox.hubspot.seed import NO_ANSWER
from tests.nights.sim.world import World

A_LOOK_COMES_WITHIN = timedelta(days=8)  # a week, and the night after it

_WENT = {  # the CRMs' words for how it went
    **dict.fromkeys(("No Show", "NO_SHOW"), "no_show"),
    **dict.fromkeys(("Canceled", "CANCELED"), "canceled"),
    **dict.fromkeys(("No Answer", "NO_ANSWER"), "no_answer"),
    **dict.fromkeys(("SCHEDULED", "QUEUED"), "planned"),
}


@dataclass(frozen=True)
class Account:
    id: str
    npi: str
    owner: str  # e-mail, "" for nobody


@dataclass(frozen=True)
class Logged:
    """One interaction, as its row says it."""

    id: str
    account: str  # "" where that account is gone
    kind: str
    at: datetime
    result: str
    minutes: float


def accounts(world: World, *, numbered: bool = True) -> list[Account]:
    """Those that are there; `numbered`: of which the number is known and stands on no other."""
    if world.crm == "hubspot":
        rows = [(row.id, row.properties) for row in world.vendor.portal.all("companies")]
    else:
        tables = world.vendor.records.tables
        rows = [(row["Id"], row) for row in tables["Account"].values() if not row["IsDeleted"]]
    name = {"salesforce": "NPI__c", "hubspot": "npi"}[world.crm]
    found = [Account(id_, str(held.get(name) or ""), _owner(world, held)) for id_, held in rows]
    times = Counter(account.npi for account in found)
    return [account for account in found if not numbered or (account.npi and times[account.npi] == 1)]


def _owner(world: World, held: dict[str, Any]) -> str:
    if world.crm == "hubspot":
        emails = {id_: email for email, id_ in world.vendor.owners.ids.items()}
        return str(emails.get(held.get("hubspot_owner_id"), ""))
    users = world.vendor.records.tables["User"]
    return str((users.get(held.get("OwnerId")) or {}).get("Email") or "").lower()


def logged(world: World) -> list[Logged]:
    """Every interaction that is not deleted; on no account where its account is gone."""
    live = {account.id for account in accounts(world, numbered=False)}
    found = _of_hubspot(world) if world.crm == "hubspot" else _of_salesforce(world)
    return [one if one.account in live else replace(one, account="") for one in found]


def archived(world: World) -> int:
    """Rows that HubSpot shows as archived at every reading; merged ids come with each row that swallowed them."""
    if world.crm == "salesforce":
        return 0
    portal = world.vendor.portal
    lists = (portal.all(kind, archived=True) for kind in ("companies", "calls", "emails", "notes"))
    return sum(1 for rows in lists for _ in rows) + len(portal.survivors)


def _of_salesforce(world: World) -> Iterator[Logged]:
    tables = world.vendor.records.tables
    for row in tables["Event"].values():
        if not row["IsDeleted"]:
            at, result = _moment(row["StartDateTime"]), _WENT.get(row.get("Outcome__c") or "", "done")
            yield Logged(row["Id"], row["AccountId"] or "", "visit", at, result, float(row["DurationInMinutes"]))
    for row in tables["Task"].values():
        if not row["IsDeleted"]:
            kind = {"Call": "call", "Email": "email"}.get(row["TaskSubtype"], "task")
            at = _moment(row["CompletedDateTime"] or row["ActivityDate"] or row["SystemModstamp"])
            planned = {"Deferred": "canceled", "Not Started": "planned"}.get(row["Status"])
            result = planned or _WENT.get(row["CallDisposition"] or "", "done")
            seconds = row["CallDurationInSeconds"]
            yield Logged(
                row["Id"], row["AccountId"] or "", kind, at, result, np.nan if seconds is None else seconds / 60
            )


def _of_hubspot(world: World) -> Iterator[Logged]:
    portal = world.vendor.portal
    for kind, ours in {"meetings": "visit", "calls": "call", "emails": "email", "notes": "note"}.items():
        for row in portal.all(kind):
            held = row.properties
            account = min(portal.linked(kind, row.id, "companies"), key=int, default="")
            at = _moment(held.get("hs_meeting_start_time") or held.get("hs_timestamp") or "")
            result = _WENT.get(held.get("hs_meeting_outcome") or held.get("hs_call_status") or "", "done")
            if held.get("hs_call_disposition") == NO_ANSWER and result == "done":
                result = "no_answer"
            yield Logged(f"{kind}/{row.id}", account, ours, at, result, _minutes(held))
    yield from _told_by_nobody(world)


def _told_by_nobody(world: World) -> Iterator[Logged]:
    """Deleted meetings that may still stand with us, and stand: deleted within the week, or too old to decide."""
    now = world.clock.now()
    decides = now - timedelta(days=world.config.value.decisive_days())
    archived = {f"meetings/{row.id}": row.properties for row in world.vendor.portal.all("meetings", archived=True)}
    seen = world.store.mirror.interactions()
    columns = (seen.id, seen.account, seen.kind, seen.at, seen.result, seen.minutes)
    for id_, account, kind, at, *rest in zip(*(column.tolist() for column in columns), strict=True):
        if id_ in archived:
            deleted, then = _moment(archived[id_]["hs_lastmodifieddate"] or ""), at.replace(tzinfo=UTC)
            if now - deleted < A_LOOK_COMES_WITHIN or then < decides:
                yield Logged(id_, account, kind, then, *rest)


def _minutes(held: dict[str, Any]) -> float:
    if length := held.get("hs_call_duration"):
        return float(length) / 60_000
    end = held.get("hs_meeting_end_time")
    return (_moment(end) - _moment(held["hs_meeting_start_time"])).total_seconds() / 60 if end else np.nan


def _moment(text: str) -> datetime:
    if len(text) == 10:
        return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True)
class Said:
    """What must stand in the plan of one account."""

    tier: str
    volume: float | None
    last_visit: str
    last_touch: str  # of any channel, which counts where an account is not visited
    state: str
    wanted_since: date | None  # from when it is to be flagged, were its tier


def plan(world: World) -> dict[str, Said]:
    """By NPI: tiers that stay as they are when they are dealt once more, and coverage from the touches in the CRM.

    What a tier was before decides who stays inside the band, so that is taken from the store, with the day since when.
    """
    config, held, there = world.config.value, world.store.plan.assignments(), accounts(world)
    owner = {one.npi: one.owner or "nobody" for one in there}
    assessed = of_accounts(world.ground.assessed, np.array(sorted(owner), dtype=np.str_))
    dealt = assign_tiers(assessed, _before(world, owner, held), config.tier_rules(), world.today)
    rows = {npi: row for row, npi in enumerate(sorted(owner))}
    tier = np.array([str(dealt.tier[rows[one.npi]]) for one in there])
    volume = np.array([float(assessed.volume[rows[one.npi]]) for one in there])
    return dict(_covered(world, there, tier, volume, held))


def _before(world: World, owner: dict[str, str], held: dict[Npi, Assignment]) -> Accounts:
    npis, kept, reps = sorted(owner), _kept(world), sorted(set(owner.values()))
    known = [held.get(Npi(npi)) for npi in npis]
    return Accounts(
        territory=np.array([reps.index(owner[npi]) for npi in npis], dtype=np.int64),
        territories=tuple(reps),
        tier=np.array([one.tier.value if one else "" for one in known], dtype=np.str_),
        since=np.array([one.since if one else None for one in known], dtype="datetime64[D]"),
        moved=np.array([one is not None and one.previous_tier is not None for one in known], dtype=np.bool_),
        nominated=np.zeros(len(npis), dtype=np.int64),
        hard=np.zeros(len(npis), dtype=np.bool_),
        locked=np.array([kept.get(npi, "") for npi in npis], dtype=np.str_),
    )


def _kept(world: World) -> dict[str, str]:
    """Tiers that a person set and a manager let stand."""
    found = world.store.overrides.standing(world.today).values()
    ours = world.owned()["tier"]
    return {one.npi: str(one.edited) for one in found if one.field == ours and one.edited}


def _covered(
    world: World, there: list[Account], tier: Any, volume: Any, held: dict[Npi, Assignment]
) -> Iterator[tuple[str, Said]]:
    config, seen = world.config.value, logged(world)
    row, zone = {one.id: at for at, one in enumerate(there)}, ZoneInfo(config.time_zone)
    touches = Touches(
        account=np.array([row.get(one.account, -1) for one in seen], dtype=np.int64),
        at=np.array([one.at.astimezone(zone).date() for one in seen], dtype="datetime64[D]"),
        kind=np.array([one.kind for one in seen]),
        direction=np.array(["" for _ in seen]),
        result=np.array([one.result for one in seen]),
        minutes=np.array([one.minutes for one in seen]),
        outcome=np.array(["" for _ in seen]),
        status=np.array(["" for _ in seen]),
        automated=np.array([False for _ in seen]),
        owner=np.array(["" for _ in seen]),
    )
    counted = qualifies(touches, tier, config.cold_rules().touches, world.today)
    last = last_touch(touches, counted, len(there))
    since = np.array(
        [held[Npi(one.npi)].since if Npi(one.npi) in held else world.today for one in there], "datetime64[D]"
    )
    rules, days = config.cold_rules(), _days(world, there, tier)
    cold = find_cold(last, since, days, rules, world.today)
    everything = np.isin(touches.kind, [channel.value for channel in Channel]) & took_place(touches, world.today)
    latest = last_touch(touches, everything, len(there))
    wanted = np.where(np.isin(cold.state, GONE_COLD), cold.cold_since, np.datetime64("NaT", "D"))
    for at, one in enumerate(there):
        amount = None if np.isnan(volume[at]) else float(volume[at])
        told = (_day(last[at]), _day(latest[at]), str(cold.state[at]), wanted[at].item())
        yield one.npi, Said(str(tier[at]), amount, *told)


def _days(world: World, there: list[Account], tier: Any) -> Any:
    """Between two visits, as the week of each rep holds them."""
    rules, counts = world.config.value.tier_rules(), defaultdict[str, Counter[Tier]](Counter)
    for one, letter in zip(there, tier.tolist(), strict=True):
        counts[one.owner or "nobody"][Tier(letter)] += 1
    stretch = {owner: load(accounts, rules, owner).stretch for owner, accounts in counts.items()}
    return np.round(cadence_days(tier, rules.cadence) * np.array([stretch[one.owner or "nobody"] for one in there]))


def _day(value: Any) -> str:
    return "" if np.isnat(value) else str(value.astype("datetime64[D]"))
