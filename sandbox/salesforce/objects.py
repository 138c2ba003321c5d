"""The org's other objects, and which of them this org has.

Every org has contacts, permission sets and itself. The rest (addons.py) are there where a customer bought or
made them. `PersonAccount` is no object: with it, an account may be a person.
Source   Object Reference v67.0
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sandbox.salesforce.addons import OPTIONAL
from sandbox.salesforce.makings import ID, OWNER, SET_BY_SALESFORCE, SYSTEM, TIMES, check, kind, link, of, pick, text
from sandbox.salesforce.schema import KINDS, Kind
from sandbox.salesforce.setup import KINDS as SETUP

PERSON_ACCOUNT = "PersonAccount"
OURS = (  # fields of Account that our package brings; NPI__c and Outcome__c are the customer's own
    *("Call_Tier__c", "Tier_Reason__c", "Tier_Since__c", "Call_Order__c", "Procedure_Volume__c"),
    *("Next_Visit_Date__c", "Going_Cold__c", "Going_Cold_Reason__c", "Cold_Since__c", "Last_Visit_Date__c"),
    *("Call_Week__c", "Slot_Kind__c", "Touch_Channel__c", "Next_Touch_Date__c"),
    *("Touch_State__c", "Relationship_State__c", "Activity_State__c", "Next_Step__c", "Volume_At_Risk__c"),
    *("Cycle_Goal__c", "Cycle_Calls__c", "Cycle_Remaining__c"),
)
OURS_OF_ACTIVITIES = ("Callplan_Key__c", "Call_Outcome__c")

STANDARD = {
    "Contact": kind(
        "Contact",
        "Contact",
        "003",
        *SYSTEM,
        link("MasterRecordId", "Master Record ID", "Contact", **SET_BY_SALESFORCE),
        link("AccountId", "Account ID", "Account"),
        OWNER,
        text("Name", "Full Name", 121, **SET_BY_SALESFORCE),
        pick("Salutation", "Salutation", "Mr.", "Ms.", "Dr.", "Prof."),
        text("FirstName", "First Name", 40),
        text("LastName", "Last Name", 80, nillable=False),
        of("email", "Email", "Email", length=80),
        text("Title", "Title", 128),
        text("NPI__c", "NPI", 10, key=True, unique=False),
    ),
    "Organization": kind(
        "Organization",
        "Organization",
        "00D",
        ID,
        *TIMES,
        text("Name", "Name", 80, nillable=False),
        text("OrganizationType", "Edition", 40),
        check("IsSandbox", "Is Sandbox"),
        text("InstanceName", "Instance Name", 5),
        text("TimeZoneSidKey", "Time Zone", 40),
        text("NamespacePrefix", "Namespace Prefix", 15),
        of("datetime", "TrialExpirationDate", "Trial Expiration Date"),
        writable=False,
    ),
}

_PERSON = (
    check("IsPersonAccount", "Is Person Account", **SET_BY_SALESFORCE),
    link("PersonContactId", "Contact ID", "Contact", **SET_BY_SALESFORCE),
    pick("Salutation", "Salutation", "Mr.", "Ms.", "Dr.", "Prof."),
    text("FirstName", "First Name", 40),
    text("LastName", "Last Name", 80),
    of("email", "PersonEmail", "Email", length=80),
    text("PersonTitle", "Title", 128),
)


def kinds_of(has: Collection[str], *, deployed: bool = True) -> dict[str, Kind]:
    """The objects of one org, its own to change; `deployed`: with the fields that our package brings."""
    unknown = set(has) - {*OPTIONAL, PERSON_ACCOUNT}
    if unknown:
        raise ValueError(f"The sandbox knows no {', '.join(sorted(unknown))}")
    kinds = {**KINDS, **SETUP, **STANDARD, **{name: OPTIONAL[name] for name in OPTIONAL if name in has}}
    kinds = {name: replace(one, fields=dict(one.fields)) for name, one in kinds.items()}
    for name in () if deployed else OURS:
        del kinds["Account"].fields[name]
    if PERSON_ACCOUNT in has:
        _allow_persons(kinds)
    custom = tuple(name for name in kinds if name.endswith("__c"))
    for activity in ("Task", "Event"):
        fields = kinds[activity].fields
        for name in () if deployed else OURS_OF_ACTIVITIES:
            del fields[name]
        fields["WhatId"] = replace(fields["WhatId"], to=("Account", *custom))
    return kinds


def _allow_persons(kinds: dict[str, Kind]) -> None:
    """A contact's own fields appear on the account as X__pc."""
    contact = kinds["Contact"].fields
    own = [replace(f, name=f"{f.name[:-1]}pc", key=False) for f in contact.values() if f.name.endswith("__c")]
    kinds["Account"].fields.update({field.name: field for field in (*_PERSON, *own)})
    contact["IsPersonAccount"] = _PERSON[0]
