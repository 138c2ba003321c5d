"""The org as a customer would have it: users for reps, accounts for providers, tasks and events for touches.

    visit   an event; how it went is in Outcome__c: Completed, No Show, Canceled, or nothing while planned
    call    a task of subtype Call; Completed with what came of it in CallDisposition, or Not Started
    email   a task of subtype Email, ListEmail where a machine sent it; CallType says which way it went
    note    a task of subtype Task, completed
A canceled call, mail or note is a task put off: Deferred, with the word Canceled in CallDisposition.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sandbox.salesforce.records import Records
from sandbox.salesforce.values import Record, stamp
from sandbox.world import Provider, Rep, Touch, World

INTEGRATION = Rep("Callplan Integration", "callplan@sandbox.example")
_OLD = timedelta(days=400)  # accounts were there long before the first night

_OUTCOMES = {"done": "Completed", "no_show": "No Show", "no_answer": "No Show", "canceled": "Canceled"}
_DISPOSITIONS = {"done": "Connected", "no_answer": "No Answer", "no_show": "No Show", "canceled": "Canceled"}
_STATUSES = {"planned": "Not Started", "canceled": "Deferred"}


def seed(records: Records, world: World, org: str) -> None:
    """Fill an empty org. What is there from the start is nobody's write and bears old stamps."""
    now = records.now()
    _add_org(records, org, now - _OLD)
    for rep in (INTEGRATION, *world.reps):
        _add_user(records, rep, now - _OLD)
    records.login = owner_id(records, INTEGRATION.email)
    owners = {str(user["Email"]): key for key, user in records.tables["User"].items()}
    accounts = {p.npi: _add_account(records, _account(p, owners), now - _OLD) for p in world.providers}
    for touch in world.touches:
        if touch.npi in accounts:
            add_touch(records, accounts[touch.npi], touch, None, min(touch.at, now - timedelta(minutes=10)))
    records.roll_up()


def owner_id(records: Records, email: str | None) -> str:
    """The user with this address, or the integration user where nobody has it."""
    user = records.find("User", "Email", email) if email else None
    return str(user["Id"]) if user else records.login


def add_touch(records: Records, account: str, touch: Touch, who: str | None, at: datetime | None) -> str:
    kind = "Event" if touch.kind == "visit" else "Task"
    values = _event(touch) if kind == "Event" else _task(touch)
    whose: Record = {"WhatId": account, "OwnerId": owner_id(records, touch.rep)}
    return records.insert(kind, {**values, **whose}, who, at)


def _add_org(records: Records, org: str, at: datetime) -> None:
    values: Record = {"Name": "Sandbox", "OrganizationType": "Enterprise Edition", "InstanceName": "NA1"}
    records.insert("Organization", {**values, "TimeZoneSidKey": "America/Chicago"}, None, at, key=org)


def _add_account(records: Records, values: Record, at: datetime) -> str:
    return records.insert("Account", named(records, values), None, at)


def named(records: Records, values: Record) -> Record:
    """An org with person accounts holds providers as persons, by their last name."""
    if "IsPersonAccount" not in records.kinds["Account"].fields:
        return values
    return {name: value for name, value in values.items() if name != "Name"} | {"LastName": values["Name"]}


def _add_user(records: Records, rep: Rep, at: datetime) -> None:
    alias = rep.name.replace(" ", "").lower()[:8]
    user: Record = {"Name": rep.name, "Alias": alias, "Username": rep.email, "Email": rep.email, "IsActive": True}
    records.insert("User", user, None, at)


def _account(provider: Provider, owners: dict[str, str]) -> Record:
    values: Record = {
        "Name": provider.name,
        "NPI__c": provider.npi,
        "BillingCity": provider.city,
        "BillingState": provider.state,
        "BillingPostalCode": provider.zip,
        "BillingLatitude": provider.latitude,
        "BillingLongitude": provider.longitude,
    }
    owner = owners.get(provider.rep)
    return {**values, "OwnerId": owner} if owner else values


def _event(touch: Touch) -> Record:
    return {
        "Subject": "Visit",
        "Type": "Meeting",
        "StartDateTime": stamp(touch.at),
        "DurationInMinutes": round(touch.minutes),
        "Outcome__c": _OUTCOMES.get(touch.result),
        "Description": touch.note or None,
    }


def _task(touch: Touch) -> Record:
    status = _STATUSES.get(touch.result, "Completed")
    is_call, has_way = touch.kind == "call", touch.kind in ("call", "email")
    return {
        "Subject": touch.kind.capitalize(),
        "Type": touch.kind.capitalize() if has_way else "Other",
        "TaskSubtype": "ListEmail" if touch.machine else touch.kind.capitalize() if has_way else "Task",
        "Description": touch.note or None,
        "Status": status,
        "ActivityDate": touch.at.astimezone(UTC).date().isoformat(),
        "CompletedDateTime": stamp(touch.at) if status == "Completed" else None,
        "CallType": touch.direction.capitalize() if has_way else None,
        "CallDurationInSeconds": round(touch.minutes * 60) if is_call and status == "Completed" else None,
        "CallDisposition": _DISPOSITIONS.get(touch.result) if is_call or status == "Deferred" else None,
    }
