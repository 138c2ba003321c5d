"""What people do in the CRM, between nights and in the middle of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from connector.contract import CrmId, Mark
from connector.store.overrides import ACCEPTED, PROPOSED, REJECTED
from sandbox.world import Provider, Touch

if TYPE_CHECKING:
    from tests.nights.sim.world import World

FEWEST = 8  # accounts; below it nobody merges or deletes any


def visit(world: World, rng: Random, kind: str = "visit") -> None:
    """Logged a day or more after it happened."""
    one = rng.choice(there(world))
    at = datetime.combine(world.today - timedelta(days=rng.randint(1, 3)), time(16), UTC)
    world.vendor.log_touch(record(world, one), Touch(one.npi, one.rep, kind, at, 30, "outbound", "done"))


def call(world: World, rng: Random) -> None:
    visit(world, rng, "call")


def unlog(world: World, rng: Random) -> None:
    """Delete a call that was logged by mistake."""
    if world.crm == "hubspot":
        logged = list(world.vendor.portal.all("calls"))
        world.vendor.portal.archive(rng.choice(logged)) if logged else None
    elif logged := [row for row in world.vendor.records.tables["Task"].values() if not row["IsDeleted"]]:
        world.vendor.delete(rng.choice(logged)["Id"])


def unlog_visit(world: World, rng: Random) -> None:
    """Delete a visit of the last weeks, or a planned one; half of the time HubSpot's notice of it arrives."""
    since = world.clock.now() - timedelta(days=100)
    if world.crm == "salesforce":
        events = [row for row in world.vendor.records.tables["Event"].values() if not row["IsDeleted"]]
        if recent := [row for row in events if datetime.fromisoformat(row["StartDateTime"]) > since]:
            world.vendor.delete(rng.choice(recent)["Id"])
        return
    meetings = list(world.vendor.portal.all("meetings"))
    if recent := [row for row in meetings if datetime.fromisoformat(row.properties["hs_timestamp"]) > since]:
        one = rng.choice(recent)
        world.vendor.portal.archive(one)
        if rng.random() < 0.5:
            mark = Mark("meetings", CrmId(f"meetings/{one.id}"))
            world.store.marks.hear(f"{one.id} {world.clock.now()}", [mark], world.clock.now())


def correct(world: World, rng: Random) -> None:
    """A visit was on another day than was logged."""
    at = datetime.combine(world.today - timedelta(days=rng.randint(1, 9)), time(15), UTC)
    if world.crm == "hubspot":
        if meetings := list(world.vendor.portal.all("meetings")):
            times = {"hs_timestamp": at, "hs_meeting_start_time": at, "hs_meeting_end_time": at + timedelta(minutes=30)}
            given = {name: moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") for name, moment in times.items()}
            world.vendor.portal.update(rng.choice(meetings), given)
    elif events := [row for row in world.vendor.records.tables["Event"].values() if not row["IsDeleted"]]:
        world.vendor.edit(rng.choice(events)["Id"], StartDateTime=at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"))


def edit_ours(world: World, rng: Random) -> None:
    """Another tier than the account has, or none; rather where the plan has one that is not in the CRM yet."""
    one = rng.choice(_about_to_change(world) or there(world))
    tier, id_ = world.owned()["tier"], record(world, one)
    edited = rng.choice([value for value in ("A", "B", "C", "") if value != (world.vendor.record(id_).get(tier) or "")])
    world.vendor.edit(id_, **{tier: edited})


def edit_theirs(world: World, rng: Random) -> None:
    name = {"salesforce": "Name", "hubspot": "name"}[world.crm]
    world.vendor.edit(record(world, rng.choice(there(world))), **{name: f"Dr. {rng.randint(100, 999)}"})


def move(world: World, rng: Random) -> None:
    """To another owner."""
    name = {"salesforce": "OwnerId", "hubspot": "hubspot_owner_id"}[world.crm]
    one, other = (record(world, provider) for provider in rng.sample(there(world), 2))
    world.vendor.edit(one, **{name: world.vendor.record(other)[name]})


def merge(world: World, rng: Random) -> None:
    if len(there(world)) > FEWEST:
        loser, winner = (record(world, provider) for provider in rng.sample(there(world), 2))
        world.vendor.merge(loser, winner)


def delete(world: World, rng: Random) -> None:
    if len(there(world)) > FEWEST:
        world.vendor.delete(record(world, rng.choice(there(world))))


def open_account(world: World, rng: Random) -> None:
    """For a provider that has none any more."""
    missing = [p for p in world.ground.people.providers if not world.vendor.find(p.npi)]
    if missing:
        one = rng.choice(missing)
        world.vendor.add_account(one.npi, one.name, one.rep)


def load_for_long(world: World, rng: Random) -> None:
    """A load that runs for an hour and stamps what it writes with the moment at which it began (Salesforce)."""
    if world.crm == "salesforce" and world.vendor.long_transaction is None:
        world.vendor.long_transaction = world.clock.now()
        world.loading = rng.choice(there(world))


def end_load(world: World) -> None:
    """What it wrote appears, with a stamp that lies an hour or a night back."""
    if world.loading and (began := world.vendor.long_transaction):
        world.vendor.long_transaction = None
        if id_ := world.vendor.find(world.loading.npi):
            one = Touch(
                world.loading.npi, world.loading.rep, "visit", began - timedelta(days=1), 30, "outbound", "done"
            )
            world.vendor.backdate(world.vendor.log_touch(id_, one), began)
        world.loading = None


def lose_number(world: World, rng: Random) -> None:
    """Somebody empties the field that says which provider the account is."""
    if len(there(world)) > FEWEST:
        name = {"salesforce": "NPI__c", "hubspot": "npi"}[world.crm]
        empty = {"salesforce": None, "hubspot": ""}[world.crm]
        world.vendor.edit(record(world, rng.choice(there(world))), **{name: empty})


def decide(world: World, rng: Random) -> None:
    """A manager says yes or no to each edit that waits for it."""
    for override in world.store.overrides.newest().values():
        if override.state == PROPOSED:
            state = rng.choice((ACCEPTED, REJECTED))
            world.store.overrides.decide(override.id, state, "Dana", "", None, world.clock.now())


DAILY = (
    *("visit", "visit", "call", "unlog", "correct", "edit_ours", "edit_ours", "edit_theirs", "move", "merge", "delete"),
    *("open_account", "open_account", "lose_number", "decide", "unlog_visit"),
)
LATE = (  # also during a night
    *("visit", "call", "unlog", "edit_ours", "edit_ours", "edit_ours", "edit_theirs"),
    *("merge", "delete", "load_for_long"),
)
DEEDS: dict[str, Callable[[World, Random], None]] = {
    deed.__name__: deed
    for deed in (
        *(visit, call, unlog, correct, edit_ours, edit_theirs, move, merge, delete, open_account),
        *(lose_number, decide, load_for_long, unlog_visit),
    )
}


def _about_to_change(world: World) -> list[Provider]:
    tier = world.owned()["tier"]
    with closing(sqlite3.connect(world.file)) as store:
        planned = dict(store.execute("SELECT npi, tier FROM assignments"))
    return [
        p for p in there(world) if planned.get(p.npi) not in (None, world.vendor.record(record(world, p)).get(tier))
    ]


def there(world: World) -> list[Provider]:
    return [provider for provider in world.ground.people.providers if world.vendor.find(provider.npi)]


def record(world: World, provider: Provider) -> Any:
    return world.vendor.find(provider.npi)
