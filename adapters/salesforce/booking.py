"""Appointments as events: what is there is asked for by key, then changed by id; what is not there is made by key.

An event that was deleted is found too, in the recycle bin, or missed under the id that it had: none is made again. Made
is by upsert on the key, which is unique: of two that make the same one at once, or of one whose answer was lost, one
event comes. Changed is by id, since an upsert would bring back what was deleted since it was asked for. Nothing is
deleted: one that is cancelled is marked so, and free in the calendar.

Source   REST API Developer Guide v67.0: sObject Collections, Upsert by External ID; Object Reference, Event
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.salesforce.fields import literal
from adapters.salesforce.interactions import CANCELLED, PLANNED, Profile, Row
from adapters.salesforce.reader import path_of, read
from adapters.salesforce.rows import row_remedy
from adapters.salesforce.wire import AnswerLost, Wire
from connector.contract import Appointment, Calendar, CrmId, Outcome, Result, Verdict
from connector.errors import NeedsHuman

WORDS = (PLANNED, CANCELLED)
OFF = "Canceled: "  # how calendars mark the subject of a meeting that is off
LONGEST = 255  # characters of a subject
ROWS = 200  # in a collection
PART = 100  # keys in one query, whose URL must stay short
Sent = tuple[Appointment, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where we book, as it is described here."""

    wire: Wire
    calendar: Calendar
    profile: Profile
    fields: tuple[str, ...]
    party: str  # the field that names the account

    def book(self, appointments: Sequence[Appointment]) -> Iterator[Outcome]:
        held = {str(row[self.calendar.key]): row for row in self._held(appointments)}
        owners = self._owners(sorted({one.owner.lower() for one in appointments}))
        changed, made = list[Sent](), list[Sent]()
        for one in appointments:
            row, owner = held.get(one.key), owners.get(one.owner.lower())
            if settled := _settled(one, row, self.profile):
                yield settled
            elif owner is None:
                yield _unknown_owner(one)
            elif row:
                changed.append((one, {"id": row["Id"], **self._values(one, owner)}))
            else:
                made.append((one, {self.calendar.key: one.key, self.party: one.account, **self._values(one, owner)}))
        yield from self._send("composite/sobjects", changed)
        yield from self._send(f"composite/sobjects/{self.calendar.object}/{self.calendar.key}", made)

    def _held(self, appointments: Sequence[Appointment]) -> Iterator[Row]:
        """Also those deleted; one that stands wins over one in the bin under the same key."""
        names = ", ".join(dict.fromkeys([*self.fields, self.calendar.key]))
        for at in range(0, len(appointments), PART):
            keys = ", ".join(_quoted(one.key) for one in appointments[at : at + PART])
            where = f"{self.calendar.key} IN ({keys}) ORDER BY IsDeleted DESC"
            soql = f"SELECT {names} FROM {self.calendar.object} WHERE {where}"  # noqa: S608  (names are checked)
            yield from _rows(self.wire, "queryAll", soql)

    def _owners(self, emails: Sequence[str]) -> dict[str, str]:
        """Active users by e-mail; of several with the same, the one made first."""
        found: dict[str, str] = {}
        for at in range(0, len(emails), PART):
            named = ", ".join(_quoted(email) for email in emails[at : at + PART])
            where = f"IsActive = true AND Email IN ({named}) ORDER BY CreatedDate, Id"
            for row in _rows(self.wire, "query", f"SELECT Id, Email FROM User WHERE {where}"):  # noqa: S608  (quoted)
                found.setdefault(row["Email"].lower(), row["Id"])
        return found

    def _values(self, one: Appointment, owner: str) -> dict[str, Any]:
        return {
            "attributes": {"type": self.calendar.object},
            "OwnerId": owner,
            "Subject": f"{OFF if one.cancelled else ''}{one.subject}"[:LONGEST],
            "StartDateTime": literal(one.starts),
            "DurationInMinutes": one.minutes,
            "ShowAs": "Free" if one.cancelled else "Busy",
            self.calendar.outcome: CANCELLED if one.cancelled else PLANNED,
        }

    def _send(self, path: str, rows: Sequence[Sent], most: int = ROWS) -> Iterator[Outcome]:
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


def _settled(one: Appointment, row: Row | None, profile: Profile) -> Outcome | None:
    """What is not to be written: it is gone, or somebody has said what became of it, or it never was."""
    key = CrmId(one.key)
    if row is None and one.record is None:
        return Outcome(key, Verdict.WRITTEN) if one.cancelled else None
    if row is None or row["IsDeleted"]:
        record = CrmId(row["Id"]) if row else one.record
        return Outcome(key, Verdict.REFUSED, "DELETED", "Somebody deleted the event.", gone=True, record=record)
    told = profile.of(row)["result"]
    if told is Result.CANCELED and one.cancelled:
        return Outcome(key, Verdict.WRITTEN, record=CrmId(row["Id"]))
    if told is not Result.PLANNED:
        return Outcome(key, Verdict.LEFT, told.value, f"The event says {told.value}.", record=CrmId(row["Id"]))
    return None


def _unknown_owner(one: Appointment) -> Outcome:
    return Outcome(
        CrmId(one.key),
        Verdict.REFUSED,
        "UNKNOWN_OWNER",
        f"No active user has the e-mail {one.owner}.",
        remedy="Write the rep's e-mail as the user has it, or activate the user in Setup, Users.",
        record=one.record,
    )


def _outcome(one: Appointment, id_: str | None, answer: Mapping[str, Any]) -> Outcome:
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
            next_step="Give the integration user the permissions Access Activities and Edit Events.",
        )
