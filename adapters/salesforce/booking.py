"""Appointments as events: what is there is asked for by key, then changed by id; what is not there is made by key.

An event that was deleted is found too, in the recycle bin, or missed under the id that it had: none is made again. Made
is by upsert on the key, which is unique: of two that make the same one at once, or of one whose answer was lost, one
event comes. Changed is by id, since an upsert would bring back what was deleted since it was asked for. Nothing is
deleted: one that is cancelled is marked so, and free in the calendar. Tasks (tasks.py) are put the same way.

Source   REST API Developer Guide v67.0: sObject Collections, Upsert by External ID; Object Reference, Event
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from adapters.salesforce.fields import literal
from adapters.salesforce.interactions import CANCELLED, PLANNED, Profile, Row
from adapters.salesforce.reader import path_of, read
from adapters.salesforce.rows import row_remedy
from adapters.salesforce.wire import AnswerLost, Wire
from connector.contract import Appointment, Calendar, CrmId, Outcome, Result, Todo, Verdict
from connector.errors import NeedsHuman

WORDS = (PLANNED, CANCELLED)
OFF = "Canceled: "  # how calendars mark the subject of a meeting that is off
LONGEST = 255  # characters of a subject
ROWS = 200  # in a collection
PART = 100  # keys in one query, whose URL must stay short
One = TypeVar("One", Appointment, Todo)


@dataclass(frozen=True, slots=True)
class Form(Generic[One]):
    """What an appointment and a task differ in."""

    object: str
    key: str
    ended: Result  # what one says that we have ended ourselves
    values: Callable[[One], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Desk(Generic[One]):
    """Where we book, as it is described here."""

    wire: Wire
    form: Form[One]
    profile: Profile
    fields: tuple[str, ...]
    party: str  # the field that names the account

    def book(self, wanted: Sequence[One]) -> Iterator[Outcome]:
        form, held = self.form, {str(row[self.form.key]): row for row in self._held(wanted)}
        owners = self._owners(sorted({one.owner.lower() for one in wanted}))
        changed, made = list[tuple[One, Row]](), list[tuple[One, Row]]()
        for one in wanted:
            row, owner = held.get(one.key), owners.get(one.owner.lower())
            if settled := self._settled(one, row):
                yield settled
            elif row and one.over:
                changed.append((one, {"id": row["Id"], **self._values(one)}))  # whoever has it, also who has left
            elif owner is None:
                yield _unknown_owner(one)
            elif row:
                changed.append((one, {"id": row["Id"], "OwnerId": owner, **self._values(one)}))
            else:
                new = {form.key: one.key, self.party: one.account, "OwnerId": owner}
                made.append((one, {**new, **self._values(one)}))
        yield from self._send("composite/sobjects", changed)
        yield from self._send(f"composite/sobjects/{form.object}/{form.key}", made)

    def _held(self, wanted: Sequence[One]) -> Iterator[Row]:
        """Also those deleted; one that stands wins over one in the bin under the same key."""
        names = ", ".join(dict.fromkeys([*self.fields, self.form.key]))
        for at in range(0, len(wanted), PART):
            keys = ", ".join(_quoted(one.key) for one in wanted[at : at + PART])
            where = f"{self.form.key} IN ({keys}) ORDER BY IsDeleted DESC"
            soql = f"SELECT {names} FROM {self.form.object} WHERE {where}"  # noqa: S608  (names are checked)
            yield from _rows(self.wire, "queryAll", soql)

    def _settled(self, one: One, row: Row | None) -> Outcome | None:
        """What is not to be written: it is gone, or somebody has said what became of it, or it never was."""
        key, noun = CrmId(one.key), self.form.object.lower()
        if row is None and one.record is None:
            return Outcome(key, Verdict.WRITTEN) if one.over else None
        if row is None or row["IsDeleted"]:
            record = CrmId(row["Id"]) if row else one.record
            return Outcome(key, Verdict.REFUSED, "DELETED", f"Somebody deleted the {noun}.", gone=True, record=record)
        told = self.profile.of(row)["result"]
        if told is self.form.ended and one.over:
            return Outcome(key, Verdict.WRITTEN, record=CrmId(row["Id"]))
        if told is not Result.PLANNED:
            return Outcome(key, Verdict.LEFT, told.value, f"The {noun} says {told.value}.", record=CrmId(row["Id"]))
        return None

    def _owners(self, emails: Sequence[str]) -> dict[str, str]:
        """Active users by e-mail; of several with the same, the one made first."""
        found: dict[str, str] = {}
        for at in range(0, len(emails), PART):
            named = ", ".join(_quoted(email) for email in emails[at : at + PART])
            where = f"IsActive = true AND Email IN ({named}) ORDER BY CreatedDate, Id"
            for row in _rows(self.wire, "query", f"SELECT Id, Email FROM User WHERE {where}"):  # noqa: S608  (quoted)
                found.setdefault(row["Email"].lower(), row["Id"])
        return found

    def _values(self, one: One) -> dict[str, Any]:
        return {"attributes": {"type": self.form.object}, **self.form.values(one)}

    def _send(self, path: str, rows: Sequence[tuple[One, Row]], most: int = ROWS) -> Iterator[Outcome]:
        for at in range(0, len(rows), most):
            part = rows[at : at + most]
            try:
                body = {"allOrNone": False, "records": [record for _, record in part]}
                answers = self.wire.ask("PATCH", path, json=body)
            except AnswerLost:
                yield from (Outcome(CrmId(one.key), Verdict.UNKNOWN, record=one.record) for one, _ in part)
                continue
            for (one, record), answer in zip(part, answers, strict=True):
                yield _outcome(one, record.get("id"), answer)


def form_of(calendar: Calendar) -> Form[Appointment]:
    def values(one: Appointment) -> dict[str, Any]:
        return {
            "Subject": f"{OFF if one.cancelled else ''}{one.subject}"[:LONGEST],
            "StartDateTime": literal(one.starts),
            "DurationInMinutes": one.minutes,
            "ShowAs": "Free" if one.cancelled else "Busy",
            calendar.outcome: CANCELLED if one.cancelled else PLANNED,
        }

    return Form(calendar.object, calendar.key, Result.CANCELED, values)


def _unknown_owner(one: Appointment | Todo) -> Outcome:
    return Outcome(
        CrmId(one.key),
        Verdict.REFUSED,
        "UNKNOWN_OWNER",
        f"No active user has the e-mail {one.owner}.",
        remedy="Write the rep's e-mail as the user has it, or activate the user in Setup, Users.",
        record=one.record,
    )


def _outcome(one: Appointment | Todo, id_: str | None, answer: Mapping[str, Any]) -> Outcome:
    record = CrmId(answer["id"]) if answer.get("id") else CrmId(id_) if id_ else one.record
    if answer["success"]:
        return Outcome(CrmId(one.key), Verdict.WRITTEN, record=record)
    error = answer["errors"][0]
    code, message = error["statusCode"], error["message"]
    passing, remedy = row_remedy(code, message)
    gone = code == "ENTITY_IS_DELETED" and id_ is not None  # else it is the account that is
    return Outcome(CrmId(one.key), Verdict.REFUSED, code, message, gone, passing=passing, remedy=remedy, record=record)


def _rows(wire: Wire, how: str, soql: str) -> Iterator[Row]:
    answer = read(wire, how, params={"q": soql})
    yield from answer["records"]
    while more := answer.get("nextRecordsUrl"):
        answer = read(wire, path_of(more))
        yield from answer["records"]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def demand_object(described: Mapping[str, Any]) -> None:
    """Errors   NeedsHuman: the login may not make or change these records"""
    lacks = [what for what, key in (("create", "createable"), ("edit", "updateable")) if not described[key]]
    if lacks:
        raise NeedsHuman(
            f"This login may not {' or '.join(lacks)} {described['name']} records.",
            next_step=f"Give the integration user the permissions Access Activities and Edit {described['name']}s.",
        )
