"""Which of the CRM's fields say what: mappings/<crm>.yaml, checked against the live CRM before anything runs.

`account` names what Callplan reads, `fields` what it writes, `interactions` where reps log their work.

Errors   NeedsHuman: all problems at once, each at its line, with the nearest name
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from callplan.model import Activity, Channel, Relationship, SlotKind, Tier, TouchState
from connector.contract import Calendar, FieldType, Reading, Shape, Tasks
from connector.contract import Field as CrmField
from connector.errors import NeedsHuman
from connector.yamlfile import Loaded, nearest, read_yaml

Ours = Literal[
    "tier",
    "tier_reason",
    "tier_since",
    "call_order",
    "next_visit",
    "call_week",
    "slot_kind",
    "channel",
    "next_touch",
    "going_cold",
    "cold_reason",
    "cold_since",
    "last_visit",
    "touch_state",
    "relationship",
    "activity",
    "next_step",
    "at_risk",
    "volume",
    "cycle_goal",
    "cycle_calls",
    "cycle_remaining",
]
CARRY = "carry."  # before the name of a carried column, so that it is none of ours
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]

WANTED_TYPES: dict[str, tuple[FieldType, ...]] = {
    "tier": (FieldType.PICKLIST, FieldType.TEXT),
    "tier_reason": (FieldType.TEXT,),
    "tier_since": (FieldType.DATE,),
    "call_order": (FieldType.NUMBER,),
    "next_visit": (FieldType.DATE,),
    "call_week": (FieldType.DATE,),
    "slot_kind": (FieldType.PICKLIST, FieldType.TEXT),
    "channel": (FieldType.PICKLIST, FieldType.TEXT),
    "next_touch": (FieldType.DATE,),
    "going_cold": (FieldType.CHECKBOX,),
    "cold_reason": (FieldType.TEXT,),
    "cold_since": (FieldType.DATE,),
    "last_visit": (FieldType.DATE,),
    "touch_state": (FieldType.PICKLIST, FieldType.TEXT),
    "relationship": (FieldType.PICKLIST, FieldType.TEXT),
    "activity": (FieldType.PICKLIST, FieldType.TEXT),
    "next_step": (FieldType.TEXT,),
    "at_risk": (FieldType.NUMBER,),
    "volume": (FieldType.NUMBER,),
    "cycle_goal": (FieldType.NUMBER,),
    "cycle_calls": (FieldType.NUMBER,),
    "cycle_remaining": (FieldType.NUMBER,),
}
OPTIONS = {  # that a picklist must have
    "tier": tuple(Tier),
    "slot_kind": tuple(SlotKind),
    "channel": tuple(Channel),
    "touch_state": tuple(TouchState),
    "relationship": tuple(Relationship),
    "activity": tuple(Activity),
}


CARRIED_TYPES = (FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.CHECKBOX, FieldType.PICKLIST)


class Policy(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"
    CHALLENGE = "challenge"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountPart(Part):
    """The object that is an account, and the fields that are read of it."""

    object: Name = Field(description="The CRM's object: Account, companies, contacts.")
    npi: Name = Field(description="The field that holds the NPI: ten digits, as text.")
    name: Name | None = None
    street: Name | None = None
    city: Name | None = None
    state: Name | None = None
    zip: Name | None = None
    latitude: Name | None = None
    longitude: Name | None = None
    parent: Name | None = Field(None, description="The record above it: rows of one parent are sent together.")
    only: Name | None = Field(None, description="A checkbox: records in which it is not set are left out.")


class Target(Part):
    """One of the CRM's fields that Callplan writes."""

    field: Name = Field(description="The field's name in the CRM's API.")
    policy: Policy = Field(
        Policy.OURS,
        description="ours: a person's edit is put back. theirs: once a person has changed it, it stays. "
        "challenge: a person's edit stays as a proposal, until it is accepted or rejected.",
    )
    min_change: float = Field(0, ge=0, description="Of a number: a smaller move is not written.")
    min_change_share: float = Field(0, ge=0, le=1, description="The same as a share of what is there.")


class AppointmentPart(Part):
    """Where visits are booked, if the config asks for it."""

    object: Name = Field(description="One of the interactions: Event, meetings.")
    key: Name = Field(description="A unique text field in which Callplan marks what it booked.")
    outcome: Name = Field(description="The field in which reps say what became of it.")


class TaskPart(Part):
    """Where a task is put for each flag, if the config asks for it."""

    object: Name = Field(description="The object of tasks: Task, tasks.")
    key: Name = Field(description="A unique text field in which Callplan marks what it made.")


class Mapping(Part):
    crm: str = Field(description="The adapter that this mapping is for.")
    account: AccountPart
    interactions: tuple[Name, ...] = Field(min_length=1, description="The objects in which reps log their work.")
    fields: dict[Ours, Target] = Field(min_length=1, description="Ours to theirs: what Callplan writes.")
    carry: dict[Name, Target] = Field({}, description="Which field takes a column that a source carries.")
    notes: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(
        {}, description="By object of interactions, the fields that a well-kept log has filled."
    )
    appointment: AppointmentPart | None = Field(None, description="Where visits are booked (week.appointments).")
    task: TaskPart | None = Field(None, description="Where tasks are put (cold.flag.tasks).")

    @property
    def targets(self) -> dict[str, Target]:
        """All that is written, by our names; what is carried bears its mark."""
        ours: dict[str, Target] = {str(name): target for name, target in self.fields.items()}
        return ours | {f"{CARRY}{name}": target for name, target in self.carry.items()}


def read_mapping(path: Path) -> Loaded[Mapping]:
    return read_yaml(path, Mapping)


def reading(mapping: Mapping) -> Reading:
    """All fields that are read or written, once each, in the order of the file."""
    account = mapping.account.model_dump(exclude={"object", "only"}, exclude_none=True)
    names = dict.fromkeys([*account.values(), *(target.field for target in mapping.targets.values())])
    booked = Calendar(**mapping.appointment.model_dump()) if mapping.appointment else None
    tasks = Tasks(**mapping.task.model_dump()) if mapping.task else None
    account_object, only = mapping.account.object, mapping.account.only
    return Reading(account_object, tuple(names), mapping.interactions, only, booked, mapping.notes, tasks)


def check(mapping: Loaded[Mapping], shape: Shape) -> None:
    """Every field of the mapping against what the CRM says of itself."""
    problems = [*_reads(mapping, shape), *_writes(mapping, shape), *_doubles(mapping), *_unread(mapping)]
    if problems:
        raise NeedsHuman("\n".join(problems))


def check_notes(mapping: Loaded[Mapping], describe: Callable[[str], Shape]) -> None:
    """Every field that is named for notes, against what the CRM says of its object."""
    problems = list[str]()
    for kind, names in mapping.value.notes.items():
        if kind not in mapping.value.interactions:
            problems.append(f'{mapping.at("notes", kind)}: "{kind}" is not among `interactions:`. Add it there.')
            continue
        shape = describe(kind)
        missing = [(at, name) for at, name in enumerate(names) if name not in shape.fields]
        problems += [f"{mapping.at('notes', kind, at)}: {_unknown(shape, name, kind)}" for at, name in missing]
    if problems:
        raise NeedsHuman("\n".join(problems))


def _reads(mapping: Loaded[Mapping], shape: Shape) -> list[str]:
    account = mapping.value.account.model_dump(exclude={"object"}, exclude_none=True)
    return [
        f"{mapping.at('account', ours)}: {_unknown(shape, theirs, ours)}"
        for ours, theirs in account.items()
        if theirs not in shape.fields
    ]


def _writes(mapping: Loaded[Mapping], shape: Shape) -> list[str]:
    problems = []
    for ours, target in mapping.value.targets.items():
        field = shape.fields.get(target.field)
        what = _unknown(shape, target.field, ours) if field is None else unfit(ours, target, field, shape)
        if what:
            problems.append(f"{_where(mapping, ours)}: {what}")
    return problems


def _unknown(shape: Shape, theirs: str, ours: str) -> str:
    return (
        f'{shape.object} has no field "{theirs}", or this login may not see it. '
        f"{nearest(theirs, sorted(shape.fields))} Create it in the CRM, or change `{ours}:` here."
    )


def unfit(ours: str, target: Target, field: CrmField, shape: Shape) -> str | None:
    """Why this field cannot take it, with the next step."""
    wanted = WANTED_TYPES.get(ours, CARRIED_TYPES)
    if not field.writable:
        return f"{shape.object}.{field.name} is read-only for this login. Grant edit access, or change `{ours}:` here."
    if field.type not in wanted:
        kinds = " or ".join(kind.value for kind in wanted)
        return f"{shape.object}.{field.name} is a {field.type.value}, and {ours} needs a {kinds}. Name another field."
    if field.type is not FieldType.NUMBER and (target.min_change or target.min_change_share):
        return f"{shape.object}.{field.name} is no number, so that `min_change` means nothing. Take it out."
    missing = [value for value in OPTIONS.get(ours, ()) if field.options and value not in field.options]
    if missing:
        return f"{shape.object}.{field.name} has no option {', '.join(missing)}. Add {_all(OPTIONS[ours])} in the CRM."
    return None


def _all(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} and {values[-1]}"


def _where(mapping: Loaded[Mapping], ours: str) -> str:
    part, name = ("carry", ours.removeprefix(CARRY)) if ours.startswith(CARRY) else ("fields", ours)
    return mapping.at(part, name, "field")


def _doubles(mapping: Loaded[Mapping]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for ours, target in mapping.value.targets.items():
        if target.field in seen:
            problems.append(
                f'{_where(mapping, ours)}: "{target.field}" takes {seen[target.field]} already. Name another field.'
            )
        seen.setdefault(target.field, ours)
    return problems


def _unread(mapping: Loaded[Mapping]) -> list[str]:
    """What a rep does with an appointment is seen only where it is read."""
    booked, read = mapping.value.appointment, mapping.value.interactions
    if booked is None or booked.object in read:
        return []
    return [f'{mapping.at("appointment", "object")}: "{booked.object}" is not among `interactions:`. Add it there.']
