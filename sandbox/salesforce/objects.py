"""The org's other objects, and which of them this org has.

Every org has contacts, permission sets and itself. The rest are there where a customer bought or made them:
mails and calls as records of their own, visits of Life Sciences Cloud, Veeva's calls, and `Practice__c`, an
object of the customer's own. `PersonAccount` is no object: with it, an account may be a person.
Source   Object Reference v67.0; the prefixes of Visit, ProviderVisit and VoiceCall are not documented: made up
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sandbox.salesforce.schema import KINDS, Field, Kind

SET_BY_SALESFORCE: dict[str, Any] = {"createable": False, "updateable": False}
PERSON_ACCOUNT = "PersonAccount"


def _text(name: str, label: str, length: int = 255, **more: Any) -> Field:
    return Field(name=name, label=label, length=length, **more)


def _of(type: str, name: str, label: str, **more: Any) -> Field:
    return Field(name=name, label=label, type=type, **more)


def _pick(name: str, label: str, *options: str, **more: Any) -> Field:
    return _of("picklist", name, label, length=255, options=options, **more)


def _check(name: str, label: str, **more: Any) -> Field:
    return _of("boolean", name, label, nillable=False, default=False, **more)


def _link(name: str, label: str, *to: str, **more: Any) -> Field:
    return _of("reference", name, label, length=18, to=to, **more)


def _kind(name: str, label: str, prefix: str, *fields: Field, writable: bool = True) -> Kind:
    return Kind(name, label, prefix, {field.name: field for field in fields}, writable)


_ID, _DELETED, *_TIMES = (
    KINDS["Account"].fields[name] for name in ("Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp")
)
_SYSTEM = (_ID, _DELETED, *_TIMES)
_OWNER = _link("OwnerId", "Owner ID", "User", nillable=False)

STANDARD = {
    "Contact": _kind(
        "Contact",
        "Contact",
        "003",
        *_SYSTEM,
        _link("MasterRecordId", "Master Record ID", "Contact", **SET_BY_SALESFORCE),
        _link("AccountId", "Account ID", "Account"),
        _OWNER,
        _text("Name", "Full Name", 121, **SET_BY_SALESFORCE),
        _pick("Salutation", "Salutation", "Mr.", "Ms.", "Dr.", "Prof."),
        _text("FirstName", "First Name", 40),
        _text("LastName", "Last Name", 80, nillable=False),
        _of("email", "Email", "Email", length=80),
        _text("Title", "Title", 128),
        _text("NPI__c", "NPI", 10, key=True, unique=False),
    ),
    "PermissionSet": _kind(
        "PermissionSet",
        "Permission Set",
        "0PS",
        _ID,
        *_TIMES,
        _text("Name", "Permission Set Name", 80, nillable=False),
        _text("Label", "Permission Set Label", 80, nillable=False),
        _check("IsOwnedByProfile", "Is Owned By Profile", **SET_BY_SALESFORCE),
        writable=False,
    ),
    "PermissionSetAssignment": _kind(
        "PermissionSetAssignment",
        "Permission Set Assignment",
        "0Pa",
        _ID,
        _TIMES[-1],
        _link("AssigneeId", "User ID", "User", nillable=False, updateable=False),
        _link("PermissionSetId", "Permission Set ID", "PermissionSet", nillable=False, updateable=False),
    ),
    "Organization": _kind(
        "Organization",
        "Organization",
        "00D",
        _ID,
        *_TIMES,
        _text("Name", "Name", 80, nillable=False),
        _text("OrganizationType", "Edition", 40),
        _check("IsSandbox", "Is Sandbox"),
        _text("InstanceName", "Instance Name", 5),
        _text("TimeZoneSidKey", "Time Zone", 40),
        _text("NamespacePrefix", "Namespace Prefix", 15),
        _of("datetime", "TrialExpirationDate", "Trial Expiration Date"),
        writable=False,
    ),
}

_VISIT = (
    _SYSTEM[0],
    *_SYSTEM[1:],
    _OWNER,
    _link("AccountId", "Account ID", "Account"),
    _link("PlaceId", "Place ID", "Account"),
    _of("datetime", "PlannedVisitStartTime", "Planned Start Time", nillable=False),
    _of("datetime", "PlannedVisitEndTime", "Planned End Time"),
    _of("datetime", "ActualVisitStartTime", "Actual Start Time"),
    _of("datetime", "ActualVisitEndTime", "Actual End Time"),
    _pick("Status", "Status", "Planned", "InProgress", "Completed", "Abandoned", "Canceled", default="Planned"),
)
_CHANNELS = ("In Person", "Phone", "Video", "Email")

OPTIONAL = {
    "EmailMessage": _kind(
        "EmailMessage",
        "Email Message",
        "02s",
        *_SYSTEM,
        _link("RelatedToId", "Related To ID", "Account", "Contact"),
        _link("ActivityId", "Activity ID", "Task"),
        _text("Subject", "Subject", 3000),
        _check("Incoming", "Is Incoming"),
        _of("datetime", "MessageDate", "Message Date"),
        # 0 New, 1 Read, 2 Replied, 3 Sent, 4 Forwarded, 5 Draft
        _pick("Status", "Status", "0", "1", "2", "3", "4", "5", restricted=True, nillable=False, default="5"),
    ),
    "VoiceCall": _kind(
        "VoiceCall",
        "Voice Call",
        "0LQ",
        *_SYSTEM,
        _OWNER,
        _link("RelatedRecordId", "Related Record ID", "Account", "Contact"),
        _pick("CallType", "Call Type", "Inbound", "Outbound", "Callback", "Transfer", restricted=True, nillable=False),
        _of("datetime", "CallStartDateTime", "Call Start Time", nillable=False),
        _of("datetime", "CallEndDateTime", "Call End Time"),
        _of("int", "CallDurationInSeconds", "Call Duration in Seconds"),
    ),
    "Visit": _kind("Visit", "Visit", "0Z5", *_VISIT),
    "ProviderVisit": _kind(
        "ProviderVisit", "Provider Visit", "0nV", *_VISIT, _pick("Channel", "Channel", *_CHANNELS, restricted=True)
    ),
    "Call2_vod__c": _kind(
        "Call2_vod__c",
        "Call",
        "a02",
        *_SYSTEM,
        _OWNER,
        _text("Name", "Call Name", 80, **SET_BY_SALESFORCE),
        _link("Account_vod__c", "Account", "Account"),
        _link("User_vod__c", "User", "User"),
        _of("date", "Call_Date_vod__c", "Date"),
        _of("datetime", "Call_Datetime_vod__c", "Datetime"),
        _pick("Status_vod__c", "Status", "Planned_vod", "Saved_vod", "Submitted_vod", default="Planned_vod"),
        _check("Is_Parent_Call_vod__c", "Is Parent Call"),
        _link("Parent_Call_vod__c", "Parent Call", "Call2_vod__c"),
        _pick("Call_Channel_vod__c", "Channel", "Face_to_face_vod", "Phone_vod", "Email_vod", "Video_vod"),
    ),
    "Practice__c": _kind(
        "Practice__c",
        "Practice",
        "a01",
        *_SYSTEM,
        _OWNER,
        _text("Name", "Practice Name", 80, nillable=False),
        _link("Account__c", "Account", "Account"),
        _text("NPI__c", "NPI", 10, key=True),
        _pick("Call_Tier__c", "Call Tier", "A", "B", "C", restricted=True),
    ),
}

_PERSON = (
    _check("IsPersonAccount", "Is Person Account", **SET_BY_SALESFORCE),
    _link("PersonContactId", "Contact ID", "Contact", **SET_BY_SALESFORCE),
    _pick("Salutation", "Salutation", "Mr.", "Ms.", "Dr.", "Prof."),
    _text("FirstName", "First Name", 40),
    _text("LastName", "Last Name", 80),
    _of("email", "PersonEmail", "Email", length=80),
    _text("PersonTitle", "Title", 128),
)


def kinds_of(has: Collection[str]) -> dict[str, Kind]:
    """The objects of one org, its own to change."""
    unknown = set(has) - {*OPTIONAL, PERSON_ACCOUNT}
    if unknown:
        raise ValueError(f"The sandbox knows no {', '.join(sorted(unknown))}")
    kinds = {**KINDS, **STANDARD, **{name: kind for name, kind in OPTIONAL.items() if name in has}}
    kinds = {name: replace(kind, fields=dict(kind.fields)) for name, kind in kinds.items()}
    if PERSON_ACCOUNT in has:
        _allow_persons(kinds)
    custom = tuple(name for name in kinds if name.endswith("__c"))
    for activity in ("Task", "Event"):
        fields = kinds[activity].fields
        fields["WhatId"] = replace(fields["WhatId"], to=("Account", *custom))
    return kinds


def _allow_persons(kinds: dict[str, Kind]) -> None:
    """A contact's own fields appear on the account as X__pc."""
    contact = kinds["Contact"].fields
    own = [replace(f, name=f"{f.name[:-1]}pc", key=False) for f in contact.values() if f.name.endswith("__c")]
    kinds["Account"].fields.update({field.name: field for field in (*_PERSON, *own)})
    contact["IsPersonAccount"] = _PERSON[0]
