"""Properties: options and names that come back, unique ones on tasks, and standard ones that Callplan counts on."""

from __future__ import annotations

from typing import Any

from tests.conformance.hubspot.made import KEY, LABEL, NAME
from tests.conformance.hubspot.portal import OBJECTS, PROPERTIES
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import TIER, Workshop

OURS = f"{PROPERTIES}/companies"
BRIEF = f"{NAME}_brief"
OUTCOMES = ("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED", "CANCELLED")
READ_BY_CALLPLAN = (("tasks", "hs_task_completion_date"), ("emails", "hs_email_status"))


def _options(shop: Workshop, **changed: Any) -> str:
    shop.portal.ask("PATCH", f"{OURS}/{TIER}", changed).demand(200)
    told = shop.portal.ask("GET", f"{OURS}/{TIER}").demand(200).said["options"]
    return " ".join(option["value"] for option in told)


@asks("A B C without, A with")
def options(shop: Workshop) -> str:
    """Which of a property's options A, B and C are left after a change without options, and after one with A alone?"""
    shop.tier()
    every = [{"label": tier, "value": tier, "displayOrder": at, "hidden": False} for at, tier in enumerate("ABC")]
    _options(shop, options=every)
    without, one = _options(shop, label=f"{LABEL} tier"), _options(shop, options=every[:1])
    _options(shop, options=every)
    return f"{without} without, {one} with"


@asks("409 OBJECT_ALREADY_EXISTS while it is there; 404 once archived; 201 anew; 200 then")
def name_anew(shop: Workshop) -> str:
    """How is a property answered that is made a second time, before and after it was archived?"""
    name = shop.define("companies", BRIEF)
    wire = {"name": name, "label": f"{LABEL} brief", "type": "string", "fieldType": "text", "groupName": NAME}
    there = shop.portal.ask("POST", OURS, wire)
    shop.portal.ask("DELETE", f"{OURS}/{name}").demand(204)
    gone = shop.portal.ask("GET", f"{OURS}/{name}").status
    anew = shop.portal.ask("POST", OURS, wire)
    back = 200 if shop.wait_for(lambda: shop.portal.ask("GET", f"{OURS}/{name}").status == 200) is not None else 404
    return f"{there.told} while it is there; {gone} once archived; {anew.told} anew; {back} then"


@asks("made, then found: one task")
def unique_on_tasks(shop: Workshop) -> str:
    """Do tasks take a unique property of ours, so that a task can be upserted by it?"""
    row = shop.row("tasks")
    body = {"inputs": [{"id": row[KEY], "idProperty": KEY, "properties": row}]}
    told = [shop.portal.ask("POST", f"{OBJECTS}/tasks/batch/upsert", body).demand(200, 201) for _ in range(2)]
    made, found = (answer.said["results"][0] for answer in told)
    words = "made" if made["new"] else "found", "made" if found["new"] else "found"
    return f"{words[0]}, then {words[1]}: {'one task' if made['id'] == found['id'] else 'two tasks'}"


@asks("both")
def standard(shop: Workshop) -> str:
    """Are `hs_task_completion_date` and `hs_email_status` there?"""
    there = [name for kind, name in READ_BY_CALLPLAN if shop.portal.ask("GET", _path(kind, name)).status == 200]
    return "both" if len(there) == len(READ_BY_CALLPLAN) else " ".join(there) or "neither"


@asks("SCHEDULED COMPLETED RESCHEDULED NO_SHOW CANCELED")
def outcomes(shop: Workshop) -> str:
    """Which options does `hs_meeting_outcome` have?"""
    told = shop.portal.ask("GET", _path("meetings", "hs_meeting_outcome")).demand(200).said["options"]
    values = {option["value"] for option in told}
    own = len(values - set(OUTCOMES))  # an account may have added its own, which are nobody's business
    return " ".join([value for value in OUTCOMES if value in values] + ([f"and {own} others"] if own else []))


def _path(kind: str, name: str) -> str:
    return f"{PROPERTIES}/{kind}/{name}"
