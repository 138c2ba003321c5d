"""What the set-up brings into a portal: a group with its properties, and the segments that managers work from.

Names are those of the mapping that comes with Callplan. Whoever names them otherwise there has made them already.

Source   developers.hubspot.com, "Properties" and "Lists" (2026-09): types and field types, filter branches
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GROUP, GROUP_LABEL = "callplan", "Callplan"
YES = ({"label": "Yes", "value": "true"}, {"label": "No", "value": "false"})
Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    label: str
    type: str
    field_type: str
    description: str
    options: tuple[dict[str, str], ...] = ()
    unique: bool = False

    def wire(self) -> Wire:
        told: Wire = {"name": self.name, "label": self.label, "type": self.type, "fieldType": self.field_type}
        told |= {"groupName": GROUP, "description": f"{self.description} Written by Callplan.", "formField": False}
        if self.options:
            told["options"] = [{**o, "displayOrder": at, "hidden": False} for at, o in enumerate(self.options)]
        return told | ({"hasUniqueValue": True} if self.unique else {})


@dataclass(frozen=True, slots=True)
class Segment:
    """Active: HubSpot keeps its members up to date by itself. `filters` are and-ed; each names a property."""

    name: str
    filters: tuple[tuple[str, Wire], ...]

    @property
    def properties(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.filters)

    def wire(self, object_type: str) -> Wire:
        return {
            "name": self.name,
            "objectTypeId": object_type,
            "processingType": "DYNAMIC",
            "filterBranch": self.branch(),
        }

    def branch(self) -> Wire:
        """HubSpot demands an OR on top, with ANDs in it."""
        filters = [{"filterType": "PROPERTY", "property": name, "operation": how} for name, how in self.filters]
        every = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": filters}
        return {"filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": [every], "filters": []}


def _date(name: str, label: str, description: str) -> Definition:
    return Definition(name, label, "date", "date", description)


def _number(name: str, label: str, description: str) -> Definition:
    return Definition(name, label, "number", "number", description)


def _text(name: str, label: str, description: str) -> Definition:
    return Definition(name, label, "string", "text", description)


def _options(*values: str) -> tuple[dict[str, str], ...]:
    return tuple({"label": value, "value": value} for value in values)


PROPERTIES = (
    Definition(
        "hcp_tier", "Call tier", "enumeration", "select", "A is visited most often, then B.", _options("A", "B", "C")
    ),
    _text("hcp_tier_reason", "Tier reason", "Why this tier and not another one, in one sentence."),
    _date("hcp_tier_since", "Tier since", "Since when the account has had this tier."),
    _number("hcp_call_order", "Call order", "The place in this week's call list, the smaller first; empty: not on it."),
    _date("hcp_next_visit", "Next visit", "The day for which this week's call list has a visit."),
    _date("hcp_call_week", "Call week", "The Monday of the week whose call list the account is on; empty: on none."),
    Definition(
        "hcp_slot_kind",
        "Slot kind",
        "enumeration",
        "select",
        "committed is Tier A and moves only for a reason; fill is Tier B; released was kept for Tier A.",
        _options("committed", "fill", "released"),
    ),
    Definition(
        "hcp_channel",
        "Channel",
        "enumeration",
        "select",
        "How a Tier B account is to be touched next; message is one on a professional network.",
        _options("visit", "call", "email", "message"),
    ),
    _date("hcp_next_touch", "Next touch", "From this day on that touch is due; it stays until one is logged."),
    Definition(
        "hcp_going_cold",
        "Going cold",
        "bool",
        "booleancheckbox",
        "A Tier A account that nobody has visited for too long; cleared on the night after a visit is logged.",
        YES,
    ),
    _text("hcp_cold_reason", "Going cold reason", "Since when nobody has been there, and what is at risk."),
    _date("hcp_cold_since", "Cold since", "The day on which the silence became too long for this tier."),
    _date("hcp_last_visit", "Last visit", "The last visit that took place and is logged here."),
    Definition(
        "hcp_touch_state",
        "Touch state",
        "enumeration",
        "select",
        "How long it went without a counted visit, against its cadence; new is within its grace, waiting is Tier C.",
        _options("on_track", "due", "overdue", "cold", "lost_contact", "never_visited", "new", "waiting"),
    ),
    Definition(
        "hcp_relationship",
        "Relationship",
        "enumeration",
        "select",
        "What comes from the account's side: warm, quiet for longer than is usual, or too little to say.",
        _options("warm", "quiet", "little_known"),
    ),
    Definition(
        "hcp_activity",
        "Activity",
        "enumeration",
        "select",
        "What the claims say lately: steady, down against those before, or not known. Down is never lost.",
        _options("steady", "down", "not_known"),
    ),
    _text("hcp_next_step", "Next step", "What to do about an account that is going cold; empty when it is not."),
    _number("hcp_volume_at_risk", "Volume at risk", "Relevant procedures a year of an account that is going cold."),
    _number("hcp_procedure_volume", "Procedure volume", "Relevant procedures a year, counted from claims."),
    _number("hcp_cycle_goal", "Cycle goal", "Touches that this cycle asks for; empty: the account is no target."),
    _number("hcp_cycle_calls", "Cycle calls", "Touches in this cycle that count, one a day."),
    _number("hcp_cycle_remaining", "Cycle remaining", "Touches that are missing to the goal."),
)
APPOINTMENT = Definition(
    "callplan_key", "Callplan key", "string", "text", "Names the visit that this meeting was booked for.", unique=True
)
TASK = Definition(
    "callplan_key", "Callplan key", "string", "text", "Names the flag that this task was made for.", unique=True
)
KEY = Definition("npi", "NPI", "string", "text", "The provider's ten-digit number.", unique=True)

_TIER_A: Wire = {"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["A"]}
_YES: Wire = {"operationType": "BOOL", "operator": "IS_EQUAL_TO", "value": True}
_KNOWN: Wire = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}
_EMPTY_IS_NONE: Wire = {"includeObjectsWithNoValueSet": False}
COLD = Segment(
    "Callplan: Tier A going cold",
    (("hcp_tier", _TIER_A | _EMPTY_IS_NONE), ("hcp_going_cold", _YES | _EMPTY_IS_NONE)),
)
SEGMENTS = (
    COLD,
    Segment("Callplan: Tier A", (("hcp_tier", _TIER_A | _EMPTY_IS_NONE),)),
    Segment("Callplan: this week's call list", (("hcp_call_order", _KNOWN | _EMPTY_IS_NONE),)),
)
