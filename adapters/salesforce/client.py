"""Salesforce's five verbs: describe, accounts, interactions, records, write.

Reading is by queryAll, which shows deleted, merged and archived rows too, in windows of SystemModstamp that end at
`latestDateCovered`: below it no transaction is still open, so nothing can appear behind the cursor.
Writing is by sObject Collections, five of them in one composite request, which counts as one call.

Source   REST API Developer Guide v67.0: Query All, Get Updated, sObject Collections, Composite
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from requests.adapters import HTTPAdapter

from adapters.salesforce import Settings
from adapters.salesforce.errors import GONE
from adapters.salesforce.fields import (
    ACCOUNT_FIELDS,
    INTERACTION_FIELDS,
    OUTCOME,
    account_of,
    interaction_of,
    literal,
    moment,
    record_of,
    shape_of,
)
from adapters.salesforce.rows import row_remedy
from adapters.salesforce.wire import AnswerLost, Wire
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
    Shape,
    Verdict,
    WritePath,
    demand_writable,
)
from connector.errors import NeedsHuman, TryAgain

ROWS = 200  # records in a collection (REST guide, sObject Collections)
MOST_IDS = 500  # in one query, whose URL must stay short
COLLECTIONS = 5  # collections in one composite request (REST guide, Composite)
PATHS = (WritePath("sObject Collections", ROWS), WritePath("Composite", ROWS * COLLECTIONS))
NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_.]*$")
ID = re.compile(r"^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$")

Row = TypeVar("Row", Account, Interaction)


class Salesforce:
    def __init__(
        self, settings: Settings, reading: Reading, clock: Clock, meter: Meter, transport: HTTPAdapter | None
    ) -> None:
        self._wire = Wire(settings, clock, PATHS, meter, transport)
        self._reading, self._version = reading, settings.api_version
        self._shapes: dict[str, Shape] = {}
        for name in (reading.object, *reading.fields, *reading.interactions):
            if not NAME.match(name):
                raise NeedsHuman(f'"{name}" is not a name in Salesforce.', next_step="Correct the mapping.")

    @property
    def limits(self) -> Limits:
        return self._wire.limits

    def describe(self, object: str) -> Shape:
        if object not in self._shapes:
            self._shapes[object] = shape_of(self._read("GET", f"sobjects/{object}/describe"))
        return self._shapes[object]

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        places = json.loads(since) if since else {}
        names = self._reading.fields
        yield from self._pages(self._reading.object, self._fields(), places, lambda row: account_of(row, names))

    def _fields(self) -> tuple[str, ...]:
        return (*ACCOUNT_FIELDS, *(name for name in self._reading.fields if name not in ACCOUNT_FIELDS))

    def interactions(self, since: Cursor | None) -> Iterator[Page[Interaction]]:
        places = json.loads(since) if since else {}
        for kind in self._reading.interactions:
            if kind not in INTERACTION_FIELDS:
                known = ", ".join(INTERACTION_FIELDS)
                raise NeedsHuman(f"Salesforce's {kind} is not read.", next_step=f"`interactions:` takes {known}.")
            yield from self._interactions_of(kind, places)

    def _interactions_of(self, kind: str, places: dict[str, Any]) -> Iterator[Page[Interaction]]:
        fields = INTERACTION_FIELDS[kind]
        if OUTCOME in self.describe(kind).fields:
            fields = (*fields, OUTCOME)
        yield from self._pages(kind, fields, places, lambda row: interaction_of(kind, row))

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        rest = iter(list(ids))
        while some := list(islice(rest, ROWS)):
            for row in self._by_ids(self._fields(), some):
                account = account_of(row, self._reading.fields)
                if not account.gone:
                    yield account

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        rest = iter(list(self._checked(changes)))
        while call := list(islice(rest, ROWS * COLLECTIONS)):
            yield from self._write_call(call)

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
        try:
            rows = self._by_ids(("Id", "MasterRecordId"), [outcome.id for outcome in gone[:MOST_IDS]]) if gone else []
        except TryAgain:
            rows = []
        survivors = {row["Id"]: row["MasterRecordId"] for row in rows}
        for outcome in gone:
            moved = survivors.get(outcome.id)
            yield replace(outcome, moved_to=CrmId(moved) if moved else None)

    def _by_ids(self, fields: Sequence[str], ids: Sequence[CrmId]) -> list[dict[str, Any]]:
        """Rows of these ids, also those gone."""
        if not all(ID.match(id_) for id_ in ids):
            raise NeedsHuman("Not all of these are Salesforce ids.")
        named = ", ".join(f"'{id_}'" for id_ in ids)
        soql = f"SELECT {', '.join(fields)} FROM {self._reading.object} WHERE Id IN ({named})"  # noqa: S608  (ids and names are checked)
        answer = self._read("GET", "queryAll", params={"q": soql})
        rows = list(answer["records"])
        while more := answer.get("nextRecordsUrl"):
            answer = self._read("GET", self._path_of(more))
            rows += answer["records"]
        return rows

    def _path_of(self, url: str) -> str:
        return url.split(f"/v{self._version}/", 1)[1]

    def _pages(
        self, kind: str, fields: Sequence[str], places: dict[str, Any], row_of: Callable[[dict[str, Any]], Row]
    ) -> Iterator[Page[Row]]:
        """One window, page by page. `places` is where each object stands, and goes into every cursor."""
        window = Window(**places[kind]) if kind in places else Window()
        upto = window.upto or self._covered(kind)
        path, given = "queryAll", {"params": {"q": _soql(kind, fields, window, upto)}}
        while True:
            answer = self._read("GET", path, **given)
            rows, more = answer["records"], answer.get("nextRecordsUrl")
            place: dict[str, str | None] = {"since": upto}
            if more and rows:
                last = rows[-1]
                place = {"since": window.since, "upto": upto, "stamp": last["SystemModstamp"], "id": last["Id"]}
            places[kind] = place
            yield Page(tuple(row_of(row) for row in rows), Cursor(json.dumps(places)))
            if not more:
                return
            path, given = self._path_of(more), {}

    def _covered(self, kind: str) -> str:
        """Below this stamp nothing can appear any more."""
        if not self._shapes:
            self.describe(self._reading.object)  # for the server's clock
        now = self._wire.now()
        span = {"start": literal(now - timedelta(minutes=10)), "end": literal(now + timedelta(seconds=1))}
        covered = self._read("GET", f"sobjects/{kind}/updated/", params=span)["latestDateCovered"]
        return literal(moment(covered))

    def _read(self, method: str, path: str, **given: Any) -> Any:
        try:
            return self._wire.ask(method, path, **given)
        except AnswerLost as error:
            raise TryAgain(f"Salesforce did not finish its answer ({error}).", after=5) from error


@dataclass(frozen=True, slots=True)
class Window:
    """Stamps from `since` to below `upto`; after (stamp, id) where a reading broke off."""

    since: str | None = None
    upto: str | None = None
    stamp: str | None = None
    id: str | None = None


def _soql(kind: str, fields: Sequence[str], window: Window, upto: str) -> str:
    where = [f"SystemModstamp < {upto}"]
    if window.since:
        where.append(f"SystemModstamp >= {window.since}")
    if window.stamp:
        at = literal(moment(window.stamp))
        where.append(f"(SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{window.id}'))")
    chosen, conditions = ", ".join(fields), " AND ".join(where)
    return f"SELECT {chosen} FROM {kind} WHERE {conditions} ORDER BY SystemModstamp, Id"  # noqa: S608  (names are checked)


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
