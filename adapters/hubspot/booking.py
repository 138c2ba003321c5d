"""Appointments as meetings: what is there is asked for by key, then changed by id; what is not there is made.

Made is by batch/create, which ties the meeting to its account in the same call; upsert cannot, and a meeting on nobody
would be left where a call came between. The key is a property with unique values, so that HubSpot refuses a second one
of it. Changed is by id: a meeting that was deleted is missed under the id that it had, and none is made again. Nothing
is deleted: one that is cancelled says so. Tasks (tasks.py) are put the same way.

Source   developers.hubspot.com, "Meetings", "Batch operations", "Properties" (unique values), "Associations" (2026-09)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

from adapters.hubspot.errors import codes, names_a_row, reasons, said
from adapters.hubspot.fields import literal
from adapters.hubspot.interactions import PROFILES, Row, named
from adapters.hubspot.reader import read
from adapters.hubspot.rows import named_in, row_remedy
from adapters.hubspot.wire import AnswerLost, Refused, Wire
from connector.contract import Appointment, Calendar, CrmId, Outcome, Result, Shape, Todo, Verdict
from connector.errors import NeedsHuman

PLANNED = "SCHEDULED"
CANCELLED = ("CANCELED", "CANCELLED")  # portals spell it one way or the other
LINKS = {  # from a meeting or a task (Associations, default types)
    ("meetings", "companies"): 188,
    ("meetings", "contacts"): 200,
    ("tasks", "companies"): 192,
    ("tasks", "contacts"): 204,
}
TAKEN = "CONFLICTING_UNIQUE_VALUE"
ROWS = 100  # inputs in a batch
Input = dict[str, Any]
One = TypeVar("One", Appointment, Todo)


@dataclass(frozen=True, slots=True)
class Form(Generic[One]):
    """What an appointment and a task differ in."""

    object: str
    key: str
    ended: Result  # what one says that we have ended ourselves
    values: Callable[[One], dict[str, Any]]
    begins: Mapping[str, str] = field(default_factory=dict)  # what is written at the beginning alone

    @property
    def noun(self) -> str:
        return self.object.removesuffix("s")


@dataclass(frozen=True, slots=True)
class Desk(Generic[One]):
    """Where we book, as it is described here."""

    wire: Wire
    form: Form[One]
    link: int  # the type of its association with an account
    owners: Mapping[str, str]  # ids to e-mails

    def book(self, wanted: Sequence[One]) -> Iterator[Outcome]:
        held = {str(row["properties"][self.form.key]): row for row in self._held(wanted)}
        owners = {email: id_ for id_, email in sorted(self.owners.items(), reverse=True)}
        changed, made = list[tuple[One, Input]](), list[tuple[One, Input]]()
        for one in wanted:
            row, owner = held.get(one.key), owners.get(one.owner.lower())
            if settled := self._settled(one, row):
                yield settled
            elif row and one.over:
                changed.append((one, {"id": row["id"], **self._input(one)}))  # whoever has it, also who has left
            elif owner is None:
                yield _unknown_owner(one)
            elif row:
                changed.append((one, {"id": row["id"], **self._input(one, hubspot_owner_id=owner)}))
            else:
                made.append((one, self._new(one, owner)))
        yield from self._send("update", changed)
        yield from self._send("create", made)

    def _held(self, wanted: Sequence[One]) -> Iterator[Row]:
        """Without those deleted."""
        fields = [*PROFILES[self.form.object].fields, self.form.key]
        for at in range(0, len(wanted), ROWS):
            inputs = [{"id": one.key} for one in wanted[at : at + ROWS]]
            body = {"inputs": inputs, "idProperty": self.form.key, "properties": fields}
            yield from read(self.wire, "POST", "read", kind=self.form.object, body=body)["results"]

    def _settled(self, one: One, row: Row | None) -> Outcome | None:
        """What is not to be written: it is gone, or somebody has said what became of it, or it never was."""
        key, noun = CrmId(one.key), self.form.noun
        if row is None and one.record is None:
            return Outcome(key, Verdict.WRITTEN) if one.over else None
        if row is None:
            said = f"Somebody deleted the {noun}."
            return Outcome(key, Verdict.REFUSED, "DELETED", said, gone=True, record=one.record)
        told, record = PROFILES[self.form.object].of(row["properties"])["result"], self._record(row["id"])
        if told is self.form.ended and one.over:
            return Outcome(key, Verdict.WRITTEN, record=record)
        if told is not Result.PLANNED:
            return Outcome(key, Verdict.LEFT, told.value, f"The {noun} says {told.value}.", record=record)
        return None

    def _input(self, one: One, **more: str) -> Input:
        return {"objectWriteTraceId": one.key, "properties": {**more, **self.form.values(one)}}

    def _new(self, one: One, owner: str) -> Input:
        told = self._input(one, hubspot_owner_id=owner)
        told["properties"] |= {**self.form.begins, self.form.key: one.key}
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": self.link}
        return {**told, "associations": [{"to": {"id": one.account}, "types": [kind]}]}

    def _send(self, path: str, rows: Sequence[tuple[One, Input]], most: int = ROWS) -> Iterator[Outcome]:
        for at in range(0, len(rows), most):
            part = rows[at : at + most]
            try:
                body = {"inputs": [given for _, given in part]}
                answer = self.wire.fetch("POST", path, kind=self.form.object, body=body)
            except AnswerLost:
                yield from (Outcome(CrmId(one.key), Verdict.UNKNOWN, record=one.record) for one, _ in part)
            except Refused as refused:
                yield from self._send_halves(path, part, refused)
            else:
                yield from self._outcomes([one for one, _ in part], answer)

    def _send_halves(self, path: str, rows: Sequence[tuple[One, Input]], refused: Refused) -> Iterator[Outcome]:
        """A batch refused whole for a row in it: by halves, until the row stands alone."""
        told = said(refused.body)
        if not names_a_row(refused.status, told):
            raise refused.translated() from None
        if len(rows) > 1:
            yield from self._send(path, rows, most=-(-len(rows) // 2))
        else:
            yield _refusal(rows[0][0], told)

    def _outcomes(self, sent: Sequence[One], answer: Mapping[str, Any]) -> Iterator[Outcome]:
        """By trace id, never by place: HubSpot answers in an order of its own."""
        written = {str(row.get("objectWriteTraceId")): str(row["id"]) for row in answer.get("results") or []}
        refused = {key: error for error in answer.get("errors") or [] for key in named_in(error)}
        for one in sent:
            if one.key in refused:
                yield _refusal(one, refused[one.key])
            elif one.key in written:
                yield Outcome(CrmId(one.key), Verdict.WRITTEN, record=self._record(written[one.key]))
            else:
                yield Outcome(CrmId(one.key), Verdict.UNKNOWN, record=one.record)

    def _record(self, id_: str) -> CrmId:
        return named(self.form.object, id_)


def form_of(calendar: Calendar, shape: Shape) -> Form[Appointment]:
    off = words_of(shape, calendar)[-1]

    def values(one: Appointment) -> dict[str, Any]:
        return {
            "hs_timestamp": literal(one.starts),
            "hs_meeting_start_time": literal(one.starts),
            "hs_meeting_end_time": literal(one.starts + timedelta(minutes=one.minutes)),
            "hs_meeting_title": one.subject,
            calendar.outcome: off if one.cancelled else PLANNED,
        }

    return Form(calendar.object, calendar.key, Result.CANCELED, values)


def link_to(kind: str, object: str) -> int:
    """Errors   NeedsHuman"""
    if (link := LINKS.get((kind, object))) is None:
        takes = " and ".join(to for of, to in LINKS if of == kind)
        raise NeedsHuman(
            f"HubSpot's {kind} go with {takes}, and not with {object}.",
            next_step="Set week.appointments and cold.flag.tasks: false for this portal.",
        )
    return link


def words_of(shape: Shape, calendar: Calendar) -> tuple[str, ...]:
    """As this portal spells them."""
    options = shape.fields[calendar.outcome].options if calendar.outcome in shape.fields else ()
    return PLANNED, next((word for word in CANCELLED if word in options), CANCELLED[0])


def _unknown_owner(one: Appointment | Todo) -> Outcome:
    return Outcome(
        CrmId(one.key),
        Verdict.REFUSED,
        "UNKNOWN_OWNER",
        f"No owner has the e-mail {one.owner}.",
        remedy="Write the rep's e-mail as the portal has it, or add the user in Settings, Users & Teams.",
        record=one.record,
    )


def _refusal(one: Appointment | Todo, told: Mapping[str, Any]) -> Outcome:
    """One that another process has made meanwhile is found the next time."""
    category = str(told.get("category") or "")
    code = next(iter(codes(told)), category)
    passing, remedy = row_remedy(code, category)
    gone = category == "OBJECT_NOT_FOUND" and one.record is not None
    return Outcome(
        CrmId(one.key),
        Verdict.REFUSED,
        code,
        reasons(told),
        gone,
        passing=passing or code == TAKEN,
        remedy=remedy,
        record=one.record,
    )
