"""HubSpot's five verbs: describe, accounts, interactions, records, write.

The first reading lists everything by id. Later ones search by the time of change, in the order of ids, from ten
minutes before the last reading began: search lags behind, and lists cannot be asked for changes. What was archived
has a list of its own, except for meetings, whose deletion HubSpot tells no reader.
Writing is by batch/update, a hundred rows a call, each with a trace id, so that a bad row refuses only itself.

Source   developers.hubspot.com: Objects, Search, Batch operations, Associations
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import urllib3

from adapters.hubspot import Settings
from adapters.hubspot.errors import GONE, OF_EVERY_ROW, codes, said, translate
from adapters.hubspot.fields import (
    INTERACTION_FIELDS,
    MERGED,
    account_of,
    interaction_of,
    merged_away,
    moment,
    record_of,
    shape_of,
)
from adapters.hubspot.rows import row_remedy
from adapters.hubspot.wire import AnswerLost, Refused, Wire
from connector.contract import (
    Account,
    Change,
    Clock,
    CrmId,
    Cursor,
    Interaction,
    Limits,
    Meter,
    Outcome,
    Page,
    Reading,
    SetUp,
    Shape,
    Verdict,
    WritePath,
    demand_writable,
)
from connector.errors import Forgotten, NeedsHuman, TryAgain

ROWS = 100  # inputs in an object batch, and rows on a list's page
PATHS = (WritePath("batch update", ROWS),)
FOUND = 200  # rows on a page of search
LINKS = 1000  # inputs when associations are read
MEMORY = timedelta(days=80)  # of what was deleted: it can be restored for 90
OVERLAP = timedelta(minutes=10)  # how far search may lag behind
NO_ARCHIVE = ("meetings", "communications")  # HubSpot does not page through what was deleted of these
NAME = re.compile(r"^[a-z][a-z0-9_]*$")
ID = re.compile(r"^[0-9]+$")

Rows = list[dict[str, Any]]


class HubSpot:
    def __init__(
        self, settings: Settings, reading: Reading, clock: Clock, meter: Meter, transport: urllib3.PoolManager | None
    ) -> None:
        self._wire, self._reading = Wire(settings, clock, PATHS, meter, transport), reading
        self._shapes: dict[str, Shape] = {}
        self._owners: dict[str, str] = {}
        self._finished: dict[str, Any] = {}
        for name in (reading.object, *reading.fields, *reading.interactions):
            if not NAME.match(name):
                raise NeedsHuman(f'"{name}" is not a name in HubSpot.', next_step="Correct the mapping.")

    @property
    def limits(self) -> Limits:
        return self._wire.limits

    def describe(self, object: str) -> Shape:
        if object not in self._shapes:
            self._shapes[object] = shape_of(object, self._wire.read("GET", "properties", kind=object)["results"])
        return self._shapes[object]

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        for rows, cursor in self._pages(self._reading.object, self._fields(), json.loads(since) if since else {}):
            held = [self._account(row) for row in rows]
            yield Page((*held, *(old for row in rows for old in merged_away(row))), cursor)

    def _fields(self) -> tuple[str, ...]:
        only = (self._reading.only,) if self._reading.only else ()
        return tuple(dict.fromkeys((*self._reading.fields, *only, "hubspot_owner_id", MERGED)))

    def _account(self, row: dict[str, Any]) -> Account:
        return account_of(row, self._reading, self.describe(self._reading.object), self._read_owners())

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
        if kind not in INTERACTION_FIELDS:
            known = ", ".join(INTERACTION_FIELDS)
            raise NeedsHuman(f"HubSpot's {kind} are not read.", next_step=f"`interactions:` takes {known}.")
        owners = self._read_owners()
        for rows, cursor in _gathered(self._pages(kind, INTERACTION_FIELDS[kind], places)):
            accounts = self._accounts_of(kind, rows)
            yield Page(tuple(interaction_of(kind, row, accounts, owners) for row in rows), cursor)

    def first_contact(self) -> Iterator[str]:
        yield from ()

    def set_up(self, asked: SetUp) -> Iterator[str]:
        raise NeedsHuman(
            "HubSpot's properties are made by hand so far.",
            next_step="Settings, Properties: `callplan check` names those that are missing.",
        )

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        rest = iter(list(ids))
        while some := list(islice(rest, ROWS)):
            body = {"inputs": [{"id": id_} for id_ in some], "properties": list(self._fields())}
            answer = self._wire.read("POST", "read", kind=self._reading.object, body=body)
            yield from (self._account(row) for row in answer["results"] if row["id"] in some)

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        rest = iter(list(self._checked(changes)))
        while call := list(islice(rest, ROWS)):
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
            body = {"inputs": [record_of(change) for change in changes]}
            answer = self._wire.try_asking("POST", "update", kind=self._reading.object, body=body)
        except AnswerLost:
            yield from (Outcome(change.id, Verdict.UNKNOWN) for change in changes)
        except Refused as refused:
            yield from self._write_halves(changes, refused)
        else:
            outcomes = list(_outcomes(changes, answer))
            yield from (outcome for outcome in outcomes if not outcome.gone)
            yield from (self._where_it_went(outcome) for outcome in outcomes if outcome.gone)

    def _write_halves(self, changes: Sequence[Change], refused: Refused) -> Iterator[Outcome]:
        """A batch refused whole for a row in it: by halves, until the row stands alone."""
        told = said(refused.body)
        row_at_fault = refused.status in (400, 404, 409) and not OF_EVERY_ROW & set(codes(told)) and told
        if not row_at_fault or "object type" in str(told.get("message")):
            raise translate(refused.status, refused.headers, refused.body) from None
        if len(changes) == 1:
            yield self._where_it_went(_refusal(changes[0].id, told))
            return
        middle = len(changes) // 2
        yield from self._write_call(changes[:middle])
        yield from self._write_call(changes[middle:])

    def _where_it_went(self, outcome: Outcome) -> Outcome:
        """An id that was merged away still leads to its survivor; without an answer, the next reading tells."""
        if not outcome.gone:
            return outcome
        try:
            found = self._wire.try_asking("GET", "one", kind=self._reading.object, id=outcome.id)
        except (AnswerLost, Refused, TryAgain):
            return outcome
        moved = CrmId(found["id"]) if found["id"] != outcome.id else None
        return replace(outcome, moved_to=moved)

    def _pages(self, kind: str, fields: Sequence[str], places: dict[str, Any]) -> Iterator[tuple[Rows, Cursor]]:
        """`places` is where each object stands, and goes into every cursor: since when, begun when, after which row."""
        place = places.get(kind) or {"since": None}
        if place["since"] and moment(place["since"]) < self._wire.now() - MEMORY:
            raise Forgotten("HubSpot tells of deleted records for 90 days, and the last reading is longer ago.")
        if "began" not in place:
            place = {**place, "began": _stamp(self._wire.now()), "after": "0"}
        more: str | None = place["after"]
        while more is not None:
            place = {**place, "after": more}
            rows, more = self._found(kind, fields, place) if place["since"] else self._listed(kind, fields, more)
            if more is None:
                rows = [*rows, *self._archived(kind, fields)]
            done = {"since": _stamp(moment(place["began"]) - OVERLAP)}
            places[kind] = {**place, "after": more} if more is not None else done
            yield rows, Cursor(json.dumps(places))

    def _listed(self, kind: str, fields: Sequence[str], after: str, archived: bool = False) -> tuple[Rows, str | None]:
        query = [("limit", ROWS), ("archived", str(archived).lower()), ("properties", ",".join(fields))]
        query += [("after", after)] if after != "0" else []
        answer = self._wire.read("GET", "list", kind=kind, query=query)
        return answer["results"], _next(answer)

    def _found(self, kind: str, fields: Sequence[str], place: dict[str, Any]) -> tuple[Rows, str | None]:
        """Each page is a search of its own that starts after the last id: none lies behind the ten thousandth row."""
        modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        filters = [
            {"propertyName": modified, "operator": "GTE", "value": place["since"]},
            {"propertyName": "hs_object_id", "operator": "GT", "value": place["after"]},
        ]
        body = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": list(fields),
            "limit": FOUND,
        }
        answer = self._wire.read("POST", "search", kind=kind, body=body)
        rows = answer["results"]
        if _next(answer) and not rows:
            raise TryAgain("HubSpot's search shows an empty page and says that there is more.", after=5)
        return rows, rows[-1]["id"] if _next(answer) else None

    def _archived(self, kind: str, fields: Sequence[str]) -> Rows:
        rows: Rows = []
        after: str | None = None if kind in NO_ARCHIVE else "0"
        while after is not None:
            page, after = self._listed(kind, fields, after, archived=True)
            rows += page
        return rows

    def _accounts_of(self, kind: str, rows: Rows) -> dict[str, CrmId]:
        """The account that each engagement is logged on: the first, where there are several."""
        live = [row["id"] for row in rows if not row.get("archived")]
        if not live:
            return {}
        body = {"inputs": [{"id": id_} for id_ in live]}
        answer = self._wire.read("POST", "associations", kind=kind, to=self._reading.object, body=body)
        return {str(link["from"]["id"]): CrmId(str(link["to"][0]["toObjectId"])) for link in answer["results"]}

    def _read_owners(self) -> dict[str, str]:
        """Owner ids to e-mails, read once."""
        after: str | None = None if self._owners else "0"
        while after is not None:
            query = [("limit", ROWS)] + ([("after", after)] if after != "0" else [])
            answer = self._wire.read("GET", "owners", query=query)
            self._owners |= {row["id"]: row["email"].lower() for row in answer["results"] if row.get("email")}
            after = _next(answer)
        return self._owners


def _gathered(pages: Iterator[tuple[Rows, Cursor]]) -> Iterator[tuple[Rows, Cursor]]:
    """As many pages together as one call can be asked the associations of; those before a break are not lost."""
    gathered: Rows = []
    cursor = None
    try:
        for rows, cursor in pages:
            gathered += rows
            if len(gathered) > LINKS - FOUND:
                yield gathered, cursor
                gathered, cursor = [], None
    except TryAgain:
        if cursor:
            yield gathered, cursor
        raise
    if cursor:
        yield gathered, cursor


def _next(answer: dict[str, Any]) -> str | None:
    return ((answer.get("paging") or {}).get("next") or {}).get("after")


def _outcomes(changes: Sequence[Change], answer: dict[str, Any]) -> Iterator[Outcome]:
    """By trace id or id, never by place: HubSpot answers in an order of its own."""
    written = {str(row.get("objectWriteTraceId") or row["id"]) for row in answer.get("results") or []}
    refused = {id_: error for error in answer.get("errors") or [] for id_ in _named(error)}
    for change in changes:
        if change.id in refused:
            yield _refusal(change.id, refused[change.id])
        elif change.id in written:
            yield Outcome(change.id, Verdict.WRITTEN)
        else:
            yield Outcome(change.id, Verdict.UNKNOWN)


def _named(error: dict[str, Any]) -> list[str]:
    context = error.get("context") or {}
    return [str(id_) for key in ("objectWriteTraceId", "ids", "id") for id_ in context.get(key) or []]


def _refusal(id_: CrmId, told: dict[str, Any]) -> Outcome:
    category = str(told.get("category") or "")
    code = next(iter(codes(told)), category)
    passing, remedy = row_remedy(code, category)
    message = str(told.get("message") or "")
    return Outcome(id_, Verdict.REFUSED, code, message, category in GONE, passing=passing, remedy=remedy)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
