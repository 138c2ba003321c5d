"""What an org is made with: four objects and their fields, as an administrator would see them in Setup.

The standard fields are the part of Salesforce's own that a call plan meets. Custom are those that our
package deploys (`Call_Tier__c` to `Volume_At_Risk__c` on accounts, `Callplan_Key__c` and `Call_Outcome__c` on
activities), `NPI__c`, the customer's key, and `Outcome__c` on activities, the picklist in which this org's reps say
how a meeting went: Salesforce has no such field.
The org logs mails as tasks and says in `CallType` which way they went.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

TEXTS = frozenset({"string", "textarea", "picklist", "combobox", "email", "phone", "url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    label: str
    type: str = "string"
    length: int = 0
    precision: int = 0
    scale: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    filterable: bool = True
    options: tuple[str, ...] = ()
    restricted: bool = False
    key: bool = False  # external id
    unique: bool | None = None  # as `key` says, unless told otherwise
    to: tuple[str, ...] = ()  # the objects a reference may name
    default: str | bool | None = None

    @property
    def relation(self) -> str | None:
        """The name by which a query reaches the parent: Owner for OwnerId, Plan__r for Plan__c."""
        if self.type != "reference":
            return None
        return f"{self.name[:-1]}r" if self.name.endswith("__c") else self.name.removesuffix("Id")

    @property
    def is_unique(self) -> bool:
        return self.key if self.unique is None else self.unique

    def protected(self) -> Field:
        return replace(self, createable=False, updateable=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """One object: Account, User, Task, Event, or one that was deployed."""

    name: str
    label: str
    prefix: str
    fields: dict[str, Field]
    writable: bool = True

    def find(self, name: str) -> Field | None:
        """Salesforce does not mind the case of a field's name."""
        return self.fields.get(name) or next((f for f in self.fields.values() if f.name.lower() == name.lower()), None)

    def parent(self, relation: str) -> Field | None:
        return next((f for f in self.fields.values() if (f.relation or "").lower() == relation.lower()), None)


def _text(name: str, label: str, length: int = 255, **more: Any) -> Field:
    return Field(name=name, label=label, length=length, **more)


def _pick(name: str, label: str, *options: str, **more: Any) -> Field:
    return Field(name=name, label=label, type="picklist", length=255, options=options, **more)


def _number(name: str, label: str, precision: int, scale: int = 0, **more: Any) -> Field:
    return Field(name=name, label=label, type="double", precision=precision, scale=scale, **more)


def _of(name: str, label: str, type: str, **more: Any) -> Field:
    return Field(name=name, label=label, type=type, **more)


def _check(name: str, label: str, **more: Any) -> Field:
    return Field(name=name, label=label, type="boolean", nillable=False, default=False, **more)


def _link(name: str, label: str, *to: str, **more: Any) -> Field:
    return Field(name=name, label=label, type="reference", length=18, to=to, **more)


_SET_BY_SALESFORCE: dict[str, Any] = {"createable": False, "updateable": False}

_SYSTEM = (
    _of("Id", "Record ID", "id", length=18, nillable=False, **_SET_BY_SALESFORCE),
    _check("IsDeleted", "Deleted", **_SET_BY_SALESFORCE),
    _of("CreatedDate", "Created Date", "datetime", nillable=False, **_SET_BY_SALESFORCE),
    _of("LastModifiedDate", "Last Modified Date", "datetime", nillable=False, **_SET_BY_SALESFORCE),
    _of("SystemModstamp", "System Modstamp", "datetime", nillable=False, **_SET_BY_SALESFORCE),
)

_ACCOUNT = (
    *_SYSTEM,
    _link("MasterRecordId", "Master Record ID", "Account", **_SET_BY_SALESFORCE),
    _text("Name", "Account Name", nillable=False),
    _link("OwnerId", "Owner ID", "User", nillable=False),
    _of("BillingStreet", "Billing Street", "textarea", length=255),
    _text("BillingCity", "Billing City", 40),
    _text("BillingState", "Billing State/Province", 80),
    _text("BillingPostalCode", "Billing Zip/Postal Code", 20),
    _number("BillingLatitude", "Billing Latitude", 18, 15),
    _number("BillingLongitude", "Billing Longitude", 18, 15),
    _of("LastActivityDate", "Last Activity", "date", **_SET_BY_SALESFORCE),
    _text("NPI__c", "NPI", 10, key=True),
    _pick("Call_Tier__c", "Call Tier", "A", "B", "C", restricted=True),
    _text("Tier_Reason__c", "Tier Reason"),
    _of("Tier_Since__c", "Tier Since", "date"),
    _number("Call_Order__c", "Call Order", 5),
    _number("Procedure_Volume__c", "Procedure Volume", 9),
    _of("Next_Visit_Date__c", "Next Visit", "date"),
    _of("Call_Week__c", "Call Week", "date"),
    _pick("Slot_Kind__c", "Slot Kind", "committed", "fill", "released", restricted=True),
    _pick("Touch_Channel__c", "Channel", "visit", "call", "email", "message", restricted=True),
    _of("Next_Touch_Date__c", "Next Touch", "date"),
    _check("Going_Cold__c", "Going Cold"),
    _text("Going_Cold_Reason__c", "Going Cold Reason"),
    _of("Cold_Since__c", "Cold Since", "date"),
    _of("Last_Visit_Date__c", "Last Visit", "date"),
    _pick(
        "Touch_State__c",
        "Touch State",
        "on_track",
        "due",
        "overdue",
        "cold",
        "lost_contact",
        "never_visited",
        "new",
        "waiting",
        restricted=True,
    ),
    _pick("Relationship_State__c", "Relationship", "warm", "quiet", "little_known", restricted=True),
    _pick("Activity_State__c", "Activity", "steady", "down", "not_known", restricted=True),
    _text("Next_Step__c", "Next Step"),
    _number("Volume_At_Risk__c", "Volume at Risk", 9),
    _number("Cycle_Goal__c", "Cycle Goal", 5),
    _number("Cycle_Calls__c", "Cycle Calls", 5),
    _number("Cycle_Remaining__c", "Cycle Remaining", 5),
)

_USER = (
    *(f for f in _SYSTEM if f.name != "IsDeleted"),
    _text("Name", "Full Name", 121, nillable=False, **_SET_BY_SALESFORCE),
    _text("Alias", "Alias", 8, nillable=False, **_SET_BY_SALESFORCE),
    _text("Username", "Username", 80, nillable=False, **_SET_BY_SALESFORCE),
    _of("Email", "Email", "email", length=128, nillable=False, **_SET_BY_SALESFORCE),
    _check("IsActive", "Active", **_SET_BY_SALESFORCE),
)

_ACTIVITY = (
    *_SYSTEM,
    _link("WhoId", "Name ID", "Contact", "Lead"),
    _link("WhatId", "Related To ID", "Account"),
    _link("AccountId", "Account ID", "Account", **_SET_BY_SALESFORCE),
    _link("OwnerId", "Assigned To ID", "User", nillable=False),
    _of("Subject", "Subject", "combobox", length=255),
    _pick("Type", "Type", "Call", "Email", "Meeting", "Other"),
    _of("Description", "Description", "textarea", length=32000, filterable=False),
    _check("IsArchived", "Archived", **_SET_BY_SALESFORCE),
    _link("RecurrenceActivityId", "Recurrence Activity ID", "Task", "Event", **_SET_BY_SALESFORCE),
    _check("IsRecurrence", "Create Recurring Series", updateable=False),
    _pick("Outcome__c", "Outcome", "Completed", "No Show", "Canceled", restricted=True),
    _text("Callplan_Key__c", "Callplan Key", 80, key=True),
    _pick("Call_Outcome__c", "Call Outcome", "Planned", "Done", "No show", "Cancelled", restricted=True),
)

_STATUSES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
_SUBTYPES = ("Task", "Email", "ListEmail", "Cadence", "Call")

_TASK = (
    *_ACTIVITY,
    _of("ActivityDate", "Due Date Only", "date"),
    _pick("Status", "Status", *_STATUSES, nillable=False, default="Not Started"),
    _pick("Priority", "Priority", "High", "Normal", "Low", nillable=False, default="Normal"),
    _check("IsClosed", "Closed", **_SET_BY_SALESFORCE),
    _of("CompletedDateTime", "Completed Date/Time", "datetime", **_SET_BY_SALESFORCE),
    _pick("TaskSubtype", "Task Subtype", *_SUBTYPES, restricted=True, updateable=False, default="Task"),
    _pick("CallType", "Call Type", "Internal", "Inbound", "Outbound", restricted=True),
    _of("CallDurationInSeconds", "Call Duration", "int"),
    _text("CallDisposition", "Call Result"),
)

_EVENT = (
    *_ACTIVITY,
    _of("StartDateTime", "Start Date Time", "datetime"),
    _of("EndDateTime", "End Date Time", "datetime"),
    _of("ActivityDateTime", "Due Date Time", "datetime"),
    _of("ActivityDate", "Due Date Only", "date"),
    _of("DurationInMinutes", "Duration", "int"),
    _check("IsAllDayEvent", "All-Day Event"),
    _text("Location", "Location"),
    _pick("ShowAs", "Show Time As", "Busy", "OutOfOffice", "Free", restricted=True, default="Busy"),
    _check("IsPrivate", "Private"),
    _check("IsChild", "Is Child", **_SET_BY_SALESFORCE),
    _check("IsRecurrence2", "Repeat", **_SET_BY_SALESFORCE),
    _pick("EventSubtype", "Event Subtype", "Event", restricted=True, updateable=False, default="Event"),
)


def _kind(name: str, prefix: str, fields: tuple[Field, ...], writable: bool = True) -> Kind:
    return Kind(name, name, prefix, {field.name: field for field in fields}, writable)


KINDS: dict[str, Kind] = {
    "Account": _kind("Account", "001", _ACCOUNT),
    "User": _kind("User", "005", _USER, writable=False),
    "Task": _kind("Task", "00T", _TASK),
    "Event": _kind("Event", "00U", _EVENT),
}
