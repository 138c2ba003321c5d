"""Salesforce's verbs: describe, accounts, interactions, interactions_named, records, page, write, book, remind.

Reading is by queryAll, which shows deleted, merged and archived rows too, in windows of SystemModstamp that end at
`latestDateCovered`: below it no transaction is still open, so nothing can appear behind the cursor. Many rows are read
as a bulk query.
Writing is by sObject Collections, five of them in one composite request, which counts as one call; more than
a few thousand are a bulk job.

Source   REST API Developer Guide v67.0: Query All, Get Updated, sObject Collections, Composite
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from requests.adapters import HTTPAdapter

from adapters.salesforce import Settings, booking, bulk, first_contact, setup, tasks
from adapters.salesforce.errors import GONE
from adapters.salesforce.fields import account_fields, account_of, fits_csv, record_of, shape_of
from adapters.salesforce.interactions import PROFILES, Profile, Row, interaction_of, keeps, marks
from adapters.salesforce.pages import Pages
from adapters.salesforce.parties import Parties
from adapters.salesforce.reader import Reader, read, rows_by_ids
from adapters.salesforce.rows import row_remedy
from adapters.salesforce.wire import AnswerLost, Wire
from connector.contract import (
    Account,
    Appointment,
    Change,
    Clock,
    CrmId,
    Cursor,
    Interaction,
    Keep,
    Kind,
    Limits,
    Meter,
    Outcome,
    Page,
    Reading,
    SetUp,
    Shape,
    Todo,
    Verdict,
    WritePath,
    demand_bookable,
    demand_calendar,
    demand_markable,
    demand_notes,
    demand_tasks,
    demand_writable,
    vanished,
)
from connector.errors import NeedsHuman, TryAgain

ROWS = 200  # records in a collection (REST guide, sObject Collections)
MOST_IDS = 500  # in one query, whose URL must stay short
COLLECTIONS = 5  # collections in one composite request (REST guide, Composite)
BULK = "Bulk API 2.0"
PATHS = (
    WritePath("sObject Collections", ROWS),
    WritePath("Composite", ROWS * COLLECTIONS),
    WritePath(BULK, bulk.MOST_ROWS, bulk.CALLS),
)
NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_.]*$")
ID = re.compile(r"^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$")


class Salesforce:
    def __init__(
        self,
        settings: Settings,
        reading: Reading,
        clock: Clock,
        meter: Meter,
        keep: Keep,
        transport: HTTPAdapter | None,
    ) -> None:
        self._wire = Wire(settings, clock, PATHS, meter, keep, transport)
        self._keep, self._reading, self._version = keep, reading, settings.api_version
        self._pages = Pages(settings, reading.object)
        self._described: dict[str, dict[str, Any]] = {}
        self._finished: dict[str, Any] = {}
        booked = [getattr(reading.calendar, name) for name in ("object", "key", "outcome") if reading.calendar]
        booked += [reading.tasks.object, reading.tasks.key] if reading.tasks else []
        booked += [name for kind, names in reading.notes.items() for name in (kind, *names)]
        for name in (reading.object, *reading.fields, *reading.interactions, *filter(None, [reading.only]), *booked):
            if not NAME.match(name):
                raise NeedsHuman(f'"{name}" is not a name in Salesforce.', next_step="Correct the mapping.")

    @property
    def limits(self) -> Limits:
        return self._wire.limits

    @property
    def unlisted(self) -> frozenset[Kind]:
        return frozenset()

    def describe(self, object: str) -> Shape:
        return shape_of(self._describe(object))

    def _describe(self, object: str) -> dict[str, Any]:
        if object not in self._described:
            self._described[object] = read(self._wire, f"sobjects/{object}/describe")
        return self._described[object]

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        bulk.end_left_job(self._wire, self._keep)
        for rows, cursor in self._reader(self._reading.object, since).pages(self._fields()):
            yield Page(tuple(account_of(row, self._reading) for row in rows), cursor)

    def interactions(self, since: Cursor | None) -> Iterator[Page[Interaction]]:
        """Objects that were read to their end before a reading broke off are not read again: the rest would starve."""
        places, ended = json.loads(since) if since else {}, dict[str, Any]()
        finished, self._finished = self._finished, {}
        try:
            for kind in self._reading.interactions:
                if kind not in finished or finished[kind] != places.get(kind):
                    yield from self._interactions_of(kind, places)
                ended[kind] = places[kind]
        except TryAgain:
            self._finished = ended
            raise

    def _interactions_of(self, kind: str, places: dict[str, Any]) -> Iterator[Page[Interaction]]:
        profile, fields = self._profile(kind)
        parties = Parties(self._wire, self._reading.object, self._describe)
        for rows, cursor in Reader(self._wire, kind, self.describe(kind), places).pages(fields):
            yield Page(tuple(self._interactions(rows, profile, parties)), cursor)

    def interactions_named(self, ids: Iterable[CrmId]) -> Iterator[Interaction]:
        """An id begins with three characters that are its object's, in every org."""
        rest = list(dict.fromkeys(ids))
        for kind in self._reading.interactions:
            prefix = str(self._describe(kind).get("keyPrefix") or "?")
            yield from self._named(kind, [id_ for id_ in rest if id_.startswith(prefix)])
            rest = [id_ for id_ in rest if not id_.startswith(prefix)]
        yield from (vanished(id_, self._wire.now()) for id_ in rest)

    def _named(self, kind: str, ids: Sequence[CrmId]) -> Iterator[Interaction]:
        profile, fields = self._profile(kind)
        parties, rest = Parties(self._wire, self._reading.object, self._describe), iter(ids)
        while some := list(islice(rest, ROWS)):
            rows = self._by_ids(kind, fields, some)
            yield from self._interactions(rows, profile, parties)
            there = {row["Id"] for row in rows}
            yield from (vanished(id_, self._wire.now()) for id_ in some if id_ not in there)

    def _profile(self, kind: str) -> tuple[Profile, tuple[str, ...]]:
        """What is read of an object of interactions, and by which of its fields here."""
        if kind not in PROFILES:
            known = ", ".join(PROFILES)
            raise NeedsHuman(f"Salesforce's {kind} is not read.", next_step=f"`interactions:` takes {known}.")
        reading, shape, profile = self._reading, self.describe(kind), PROFILES[kind]
        if reading.calendar and reading.calendar.object == kind:
            profile = keeps(profile, reading.calendar)
        if reading.tasks and reading.tasks.object == kind:
            profile = marks(profile, reading.tasks)
        profile = replace(profile, notes=reading.notes.get(kind, ()))
        demand_notes(shape, profile.notes)
        some = (name for name in profile.optional if name in shape.fields)
        return profile, tuple(dict.fromkeys((*profile.fields, *some, *profile.notes)))

    def _interactions(self, rows: Sequence[Row], profile: Profile, parties: Parties) -> Iterator[Interaction]:
        behind = parties.behind(rows, profile.parties)
        for row in rows:
            yield interaction_of(row, profile, behind.get(row["Id"]), self._reading.interactions)

    def book(self, appointments: Iterable[Appointment]) -> Iterator[Outcome]:
        calendar = demand_calendar(self._reading.calendar)
        if calendar.object != "Event":
            raise NeedsHuman("Salesforce's appointments are events.", next_step="Correct the mapping.")
        booking.demand_object(self._describe(calendar.object))
        demand_bookable(self.describe(calendar.object), calendar, booking.WORDS)
        party = "WhoId" if self._reading.object == "Contact" else "WhatId"
        if rows := list(appointments):
            form = booking.form_of(calendar)
            yield from booking.Desk(self._wire, form, *self._profile(calendar.object), party).book(rows)

    def remind(self, todos: Iterable[Todo]) -> Iterator[Outcome]:
        where = demand_tasks(self._reading.tasks)
        if where.object != "Task":
            raise NeedsHuman("Salesforce's tasks are in Task.", next_step="Correct the mapping.")
        booking.demand_object(self._describe(where.object))
        tasks.demand_closing(self._describe(where.object))
        demand_markable(self.describe(where.object), where)
        party = "WhoId" if self._reading.object == "Contact" else "WhatId"
        if rows := list(todos):
            form = tasks.form_of(where)
            yield from booking.Desk(self._wire, form, *self._profile(where.object), party).book(rows)

    def first_contact(self) -> Iterator[str]:
        return first_contact.report(self._wire, self._reading, self._version)

    def set_up(self, asked: SetUp) -> Iterator[str]:
        yield from setup.bring(self._wire, self._reading, self._version, asked)
        self._described.clear()

    def _reader(self, kind: str, since: Cursor | None) -> Reader:
        return Reader(self._wire, kind, self.describe(kind), json.loads(since) if since else {})

    def _fields(self) -> tuple[str, ...]:
        return account_fields(self._reading, self.describe(self._reading.object))

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        bulk.end_left_job(self._wire, self._keep)
        rest, fields = iter(list(ids)), self._fields()
        while some := list(islice(rest, ROWS)):
            for row in self._by_ids(self._reading.object, fields, some):
                account = account_of(row, self._reading)
                if not account.gone:
                    yield account

    def page(self, id: CrmId) -> str | None:
        return self._pages.of(id)

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        rows = list(self._checked(changes))
        if self.limits.cheapest(len(rows)).api == BULK:
            yield from self._write_job([change for change in rows if fits_csv(change)])
            rows = [change for change in rows if not fits_csv(change)]
        rest = iter(rows)
        while call := list(islice(rest, ROWS * COLLECTIONS)):
            yield from self._write_call(call)

    def _write_job(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        gone = []
        for outcome in bulk.update(self._wire, self._keep, self._reading.object, changes):
            if outcome.gone:
                gone.append(outcome)
            else:
                yield outcome
        yield from self._where_they_went(gone)

    def _checked(self, changes: Iterable[Change]) -> Iterator[Change]:
        shape = self.describe(self._reading.object)
        for change in changes:
            demand_writable(shape, change)
            if not ID.match(change.id):
                raise NeedsHuman(f"{change.id!r} is not a Salesforce id.")
            yield change

    def _write_call(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        try:
            answers = self._collections(changes)
        except AnswerLost:
            yield from (Outcome(change.id, Verdict.UNKNOWN) for change in changes)
            return
        outcomes = [_outcome(change, answer) for change, answer in zip(changes, answers, strict=True)]
        yield from (outcome for outcome in outcomes if not outcome.gone)
        yield from self._where_they_went([outcome for outcome in outcomes if outcome.gone])

    def _collections(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """One call for up to a thousand records; the answers in the order of the records."""
        records = [record_of(change, self._reading.object) for change in changes]
        bodies = [{"allOrNone": False, "records": records[at : at + ROWS]} for at in range(0, len(records), ROWS)]
        if len(bodies) == 1:
            return list(self._wire.ask("PATCH", "composite/sobjects", json=bodies[0]))
        url = f"/services/data/v{self._version}/composite/sobjects"
        parts = [
            {"method": "PATCH", "url": url, "referenceId": f"part{at}", "body": body} for at, body in enumerate(bodies)
        ]
        answer = self._wire.ask("POST", "composite", json={"allOrNone": False, "compositeRequest": parts})
        return [
            row for part, body in zip(answer["compositeResponse"], bodies, strict=True) for row in _part(part, body)
        ]

    def _where_they_went(self, gone: Sequence[Outcome]) -> Iterator[Outcome]:
        """Merged records name their survivor; without an answer, the next reading tells."""
        known = "MasterRecordId" in self.describe(self._reading.object).fields
        try:
            ids = [outcome.id for outcome in gone[:MOST_IDS]]
            rows = self._by_ids(self._reading.object, ("Id", "MasterRecordId"), ids) if ids and known else []
        except TryAgain:
            rows = []
        survivors = {row["Id"]: row["MasterRecordId"] for row in rows}
        for outcome in gone:
            moved = survivors.get(outcome.id)
            yield replace(outcome, moved_to=CrmId(moved) if moved else None)

    def _by_ids(self, kind: str, fields: Sequence[str], ids: Sequence[CrmId]) -> list[dict[str, Any]]:
        """Rows of these ids, also those gone."""
        if not all(ID.match(id_) for id_ in ids):
            raise NeedsHuman("Not all of these are Salesforce ids.")
        return rows_by_ids(self._wire, kind, fields, ids)


def _part(part: dict[str, Any], body: dict[str, Any]) -> list[dict[str, Any]]:
    """A collection refused whole gives every row of it the same error."""
    if part["httpStatusCode"] < 300:
        return list(part["body"])
    error = part["body"][0]
    refusal = {"success": False, "errors": [{"statusCode": error["errorCode"], "message": error["message"]}]}
    return [refusal] * len(body["records"])


def _outcome(change: Change, answer: dict[str, Any]) -> Outcome:
    if answer["success"]:
        return Outcome(change.id, Verdict.WRITTEN)
    error = answer["errors"][0]
    code, message = error["statusCode"], error["message"]
    passing, remedy = row_remedy(code, message)
    return Outcome(change.id, Verdict.REFUSED, code, message, code in GONE, passing=passing, remedy=remedy)
