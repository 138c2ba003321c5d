"""HubSpot's verbs: describe, accounts, interactions, interactions_named, records, page, write, book, remind.

Reading is by lists and by search in the order of ids, from ten minutes before the last reading began; deletions come
from the lists of what was archived, except for meetings and communications, of which HubSpot lists none: they are asked
for by name, and what is missing then is gone.
Writing is by batch/update, a hundred rows a call, each with a trace id, so that a bad row refuses only itself. Never by
upsert: an account that was deleted meanwhile would come back.

Source   developers.hubspot.com: Objects, Search, Batch operations, Associations
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

import urllib3

from adapters.hubspot import Settings, booking, first_contact, setup, tasks
from adapters.hubspot.errors import names_a_row, said
from adapters.hubspot.fields import account_fields, account_of, merged_away, record_of, shape_of
from adapters.hubspot.interactions import PROFILES, Profile, Row, by_object, interaction_of, profile_of, row_of
from adapters.hubspot.pages import Pages
from adapters.hubspot.parties import PART, Parties
from adapters.hubspot.reader import PAGE, Reader, following, gathered, read, rows_by_ids
from adapters.hubspot.rows import outcomes as outcomes_of
from adapters.hubspot.rows import refusal
from adapters.hubspot.wire import AnswerLost, Refused, Wire
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

ROWS = 100  # inputs in a batch of objects
PATHS = (WritePath("batch update", ROWS),)
NAME = re.compile(r"^([a-z][a-z0-9_]*|[0-9]+-[0-9]+)$")  # a property or an object, which may be named by its type id
ID = re.compile(r"^[0-9]+$")
STANDARD = {"company": "companies", "0-2": "companies", "contact": "contacts", "0-1": "contacts"}  # names of one thing


class HubSpot:
    def __init__(
        self,
        settings: Settings,
        reading: Reading,
        clock: Clock,
        meter: Meter,
        keep: Keep,
        transport: urllib3.PoolManager | None,
    ) -> None:
        self._wire = Wire(settings, clock, PATHS, meter, keep, transport)
        self._reading = replace(reading, object=STANDARD.get(reading.object, reading.object))
        self._pages = Pages(self._wire, keep, settings, self._reading.object)
        self._shapes: dict[str, Shape] = {}
        self._owners: dict[str, str] = {}
        self._finished: dict[str, Any] = {}
        booked = [getattr(reading.calendar, name) for name in ("object", "key", "outcome") if reading.calendar]
        booked += [reading.tasks.object, reading.tasks.key] if reading.tasks else []
        booked += [name for kind, names in reading.notes.items() for name in (kind, *names)]
        for name in (reading.object, *reading.fields, *reading.interactions, *filter(None, [reading.only]), *booked):
            if not NAME.match(name):
                raise NeedsHuman(f'"{name}" is not a name in HubSpot.', next_step="Correct the mapping.")

    @property
    def limits(self) -> Limits:
        return self._wire.limits

    @property
    def unlisted(self) -> frozenset[Kind]:
        read_here = (PROFILES[kind] for kind in self._reading.interactions if kind in PROFILES)
        return frozenset(profile.of({})["kind"] for profile in read_here if not profile.archive)

    def describe(self, object: str) -> Shape:
        if object not in self._shapes:
            self._shapes[object] = shape_of(object, read(self._wire, "GET", "properties", kind=object)["results"])
        return self._shapes[object]

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        places = json.loads(since) if since else {}
        self.describe(self._reading.object)  # first: it tells the portal's time, and calls left, as a search does not
        self._learn_usage()
        for rows, cursor in Reader(self._wire, self._reading.object, places).pages(self._fields()):
            held = [self._account(row) for row in rows]
            yield Page((*held, *(old for row in rows for old in merged_away(row))), cursor)

    def _learn_usage(self) -> None:
        """A budget that is not known tonight stops nobody."""
        with suppress(NeedsHuman, AnswerLost):
            self._wire.learn_usage()

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
        if kind not in PROFILES:
            known = ", ".join(PROFILES)
            raise NeedsHuman(f"HubSpot's {kind} are not read.", next_step=f"`interactions:` takes {known}.")
        profile, owners = self._profile(kind), self._read_owners()
        reader = Reader(self._wire, kind, places, archive=profile.archive)
        for rows, cursor in gathered(reader.pages(profile.fields), PART):
            yield Page(tuple(self._interactions(rows, profile, owners)), cursor)

    def interactions_named(self, ids: Iterable[CrmId]) -> Iterator[Interaction]:
        """An id begins with its object; of one that is not read, nothing is there."""
        for kind, named in by_object(ids).items():
            rest = iter(named)
            while some := list(islice(rest, PART)):
                yield from self._named(kind, some)

    def _named(self, kind: str, ids: Sequence[CrmId]) -> Iterator[Interaction]:
        found = list[Interaction]()
        if kind in self._reading.interactions:
            profile = self._profile(kind)
            rows = list(self._rows_named(profile, [row_of(id_) for id_ in ids]))
            found = list(self._interactions(rows, profile, self._read_owners())) if rows else []
        yield from found
        there = {interaction.id for interaction in found}
        yield from (vanished(id_, self._wire.now()) for id_ in ids if id_ not in there)

    def _profile(self, kind: str) -> Profile:
        """What is read of an object of interactions here."""
        profile = profile_of(kind, self._reading)
        if profile.notes:
            demand_notes(self.describe(kind), profile.notes)
        return profile

    def _rows_named(self, profile: Profile, ids: Sequence[str]) -> Iterator[Row]:
        for at in range(0, len(ids), ROWS):
            some = ids[at : at + ROWS]
            rows = rows_by_ids(self._wire, profile.object, profile.fields, some)
            yield from (row for row in rows if row["id"] in some)

    def _interactions(self, rows: Sequence[Row], profile: Profile, owners: Mapping[str, str]) -> Iterator[Interaction]:
        behind = Parties(self._wire, self._reading.object).behind(rows, profile.object)
        return (interaction_of(row, profile, behind.get(row["id"]), owners) for row in rows)

    def book(self, appointments: Iterable[Appointment]) -> Iterator[Outcome]:
        calendar = demand_calendar(self._reading.calendar)
        if calendar.object != "meetings":
            raise NeedsHuman("HubSpot's appointments are meetings.", next_step="Correct the mapping.")
        link, shape = booking.link_to(calendar.object, self._reading.object), self.describe(calendar.object)
        demand_bookable(shape, calendar, booking.words_of(shape, calendar))
        if rows := list(appointments):
            form = booking.form_of(calendar, shape)
            yield from booking.Desk(self._wire, form, link, self._read_owners()).book(rows)

    def remind(self, todos: Iterable[Todo]) -> Iterator[Outcome]:
        where = demand_tasks(self._reading.tasks)
        if where.object != "tasks":
            raise NeedsHuman("HubSpot's tasks are in tasks.", next_step="Correct the mapping.")
        link = booking.link_to(where.object, self._reading.object)
        demand_markable(self.describe(where.object), where)
        if rows := list(todos):
            yield from booking.Desk(self._wire, tasks.form_of(where), link, self._read_owners()).book(rows)

    def first_contact(self) -> Iterator[str]:
        return first_contact.report(self._wire, self._reading)

    def set_up(self, asked: SetUp) -> Iterator[str]:
        yield from setup.bring(self._wire, self._reading, asked)
        self._shapes.clear()

    def _account(self, row: dict[str, Any]) -> Account:
        return account_of(row, self._reading, self.describe(self._reading.object), self._read_owners())

    def _fields(self) -> tuple[str, ...]:
        return account_fields(self._reading)

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        rest, fields = iter(list(ids)), self._fields()
        while some := list(islice(rest, ROWS)):
            for row in self._by_ids(fields, some):
                if row["id"] in some:
                    yield self._account(row)

    def page(self, id: CrmId) -> str | None:
        return self._pages.of(id)

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        rows = list(self._checked(changes))
        for call in _batches(rows):
            yield from self._write_call(call)

    def _checked(self, changes: Iterable[Change]) -> Iterator[Change]:
        shape = self.describe(self._reading.object)
        for change in changes:
            demand_writable(shape, change)
            if not ID.match(change.id):
                raise NeedsHuman(f"{change.id!r} is not a HubSpot id.")
            yield change

    def _write_call(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        try:
            answer = self._batch(changes)
        except AnswerLost:
            yield from (Outcome(change.id, Verdict.UNKNOWN) for change in changes)
        except Refused as refused:
            yield from self._write_halves(changes, refused)
        else:
            outcomes = list(outcomes_of(changes, answer))
            yield from (outcome for outcome in outcomes if not outcome.gone)
            yield from self._where_they_went([outcome for outcome in outcomes if outcome.gone])

    def _batch(self, changes: Sequence[Change]) -> dict[str, Any]:
        """One call for up to a hundred records; the answers in an order of HubSpot's own."""
        body = {"inputs": [record_of(change) for change in changes]}
        return dict(self._wire.fetch("POST", "update", kind=self._reading.object, body=body))

    def _write_halves(self, changes: Sequence[Change], refused: Refused) -> Iterator[Outcome]:
        """A batch refused whole for a row in it: by halves, until the row stands alone."""
        told = said(refused.body)
        if not names_a_row(refused.status, told):
            raise refused.translated() from None
        if len(changes) == 1:
            yield from self._where_they_went([refusal(changes[0].id, told)])
            return
        middle = len(changes) // 2
        yield from self._write_call(changes[:middle])
        yield from self._write_call(changes[middle:])

    def _where_they_went(self, gone: Sequence[Outcome]) -> Iterator[Outcome]:
        """An id that was merged away still leads to its survivor; without an answer, the next reading tells."""
        for outcome in gone:
            try:
                found = self._wire.fetch("GET", "one", kind=self._reading.object, id=outcome.id) if outcome.gone else {}
            except (AnswerLost, Refused, TryAgain):
                found = {}
            moved = found.get("id", outcome.id)
            yield replace(outcome, moved_to=CrmId(moved) if moved != outcome.id else None)

    def _by_ids(self, fields: Sequence[str], ids: Sequence[CrmId]) -> list[dict[str, Any]]:
        """Rows of these ids, without those gone."""
        if not all(ID.match(id_) for id_ in ids):
            raise NeedsHuman("Not all of these are HubSpot ids.")
        return rows_by_ids(self._wire, self._reading.object, fields, ids)

    def _read_owners(self) -> dict[str, str]:
        """Owner ids to e-mails, read once."""
        after: str | None = None if self._owners else "0"
        while after is not None:
            query = [("limit", PAGE)] + ([("after", after)] if after != "0" else [])
            answer = read(self._wire, "GET", "owners", query=query)
            self._owners |= {row["id"]: row["email"].lower() for row in answer["results"] if row.get("email")}
            after = following(answer)
        return self._owners


def _batches(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """No id twice in one call: HubSpot refuses the call whole."""
    call: dict[CrmId, Change] = {}
    for change in changes:
        if len(call) == ROWS or change.id in call:
            yield list(call.values())
            call = {}
        call[change.id] = change
    if call:
        yield list(call.values())
