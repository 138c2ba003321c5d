"""Ledgerly's words and ours: fields, clinics, entries of the log, answers to a batch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connector.contract import (
    Account,
    CrmId,
    Direction,
    Field,
    FieldType,
    Interaction,
    Kind,
    Outcome,
    Reading,
    Result,
    Shape,
    Verdict,
    vanished,
)

TYPES = {
    "text": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "yesno": FieldType.CHECKBOX,
    "day": FieldType.DATE,
    "choice": FieldType.PICKLIST,
}
KINDS = {"visit": Kind.VISIT, "call": Kind.CALL, "mail": Kind.EMAIL, "todo": Kind.TASK}
RESULTS = {"held": Result.DONE, "missed": Result.NO_SHOW, "off": Result.CANCELED, "no reply": Result.NO_ANSWER}
REMEDIES = {
    "UNKNOWN_OWNER": "Write the rep's e-mail as Ledgerly has it.",
    "BAD_VALUE": "Add the value to the field's choices, or make the field longer.",
}


def shape_of(name: str, told: list[dict[str, Any]]) -> Shape:
    return Shape(name, {row["name"]: _field(row) for row in told})


def _field(row: Mapping[str, Any]) -> Field:
    kind, options = TYPES.get(row["type"], FieldType.OTHER), tuple(row["choices"])
    return Field(row["name"], kind, row["editable"], row["max"], options, row["unique"], row["title"])


def account_of(row: Mapping[str, Any], reading: Reading) -> Account:
    into = row["merged_into"]
    return Account(
        id=CrmId(row["id"]),
        modified=moment(row["changed"]),
        owner=(row["owner"] or "").lower() or None,
        fields={name: row["fields"].get(name) for name in reading.fields},
        gone=row["deleted"] or bool(reading.only and not row["fields"].get(reading.only)),
        merged_into=CrmId(into) if into else None,
    )


def interaction_of(row: Mapping[str, Any], reading: Reading) -> Interaction:
    id_, held, changed = CrmId(row["id"]), row["fields"], moment(row["changed"])
    if row["deleted"]:
        return vanished(id_, changed)
    kind, notes = KINDS[held["kind"]], reading.notes.get("entries", ())
    account = held.get("clinic")
    return Interaction(
        id=id_,
        account=CrmId(account) if account else None,
        kind=kind,
        at=moment(held["at"]),
        modified=changed,
        result=_result(held),
        direction=Direction.OUTBOUND if kind is Kind.CALL else None,
        minutes=held.get("minutes"),
        owner=(row["owner"] or "").lower() or None,
        created=moment(row["created"]),
        outcome=held.get("outcome"),
        status=held.get("status"),
        automated=bool(held.get("robot")) or bool(kind is Kind.TASK and held.get("key")),
        noted=any(held.get(name) for name in notes) if notes and kind is Kind.VISIT else None,
    )


def _result(held: Mapping[str, Any]) -> Result:
    """An open entry is a plan, also when its day is over."""
    return RESULTS.get(held.get("outcome") or "held", Result.DONE) if held["status"] == "closed" else Result.PLANNED


def outcome_of(id_: str, told: Mapping[str, Any]) -> Outcome:
    code = told["code"]
    if not code:
        return Outcome(CrmId(id_), Verdict.WRITTEN, record=CrmId(told["id"]))
    moved = told.get("merged_into")
    return Outcome(
        CrmId(id_),
        Verdict.REFUSED,
        code,
        told["message"],
        gone=code == "GONE",
        moved_to=CrmId(moved) if moved else None,
        passing=code == "LOCKED",
        remedy=REMEDIES.get(code, ""),
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
