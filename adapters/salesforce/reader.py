"""All rows of one object that changed since a cursor, at least once, in windows that no late transaction can enter.

Few rows come page by page in the order of (SystemModstamp, Id), so that a reading that broke off goes on behind its
last row. Many come as a bulk query, whose id and place are in the cursor.

Source   REST API Developer Guide v67.0: Query All, Get Updated; Bulk API 2.0 Developer Guide, query
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from adapters.salesforce import bulk
from adapters.salesforce.errors import NotThere, TooLarge, Unready
from adapters.salesforce.fields import literal, rows_of_csv
from adapters.salesforce.interactions import moment
from adapters.salesforce.wire import AnswerLost, Wire
from connector.contract import CrmId, Cursor, Shape
from connector.errors import Forgotten, NeedsHuman, StopForTonight, TryAgain

MANY = 10_000  # rows that cost more calls page by page than as a bulk query
PAGE = 2_000  # rows in memory at once
MEMORY = timedelta(days=14)  # of what was deleted: it lies in the recycle bin for 15
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Window:
    """Stamps from `since` to below `upto`; after (stamp, id), or in a job's file, where a reading broke off."""

    since: str | None = None
    upto: str | None = None
    stamp: str | None = None
    id: str | None = None
    job: str | None = None
    locator: str | None = None

    def place(self) -> dict[str, str]:
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in told.items() if value is not None}


class Reader:
    """`places` is where each object stands, and goes into every cursor."""

    def __init__(self, wire: Wire, kind: str, shape: Shape, places: dict[str, Any]) -> None:
        self._wire, self._kind, self._shape, self._places = wire, kind, shape, places

    def pages(self, fields: Sequence[str]) -> Iterator[tuple[Rows, Cursor]]:
        window = Window(**self._places.get(self._kind, {}))
        if window.since and moment(window.since) < self._wire.now() - MEMORY:
            raise Forgotten("Salesforce tells of deleted records for 15 days, and the last reading is longer ago.")
        window = replace(window, upto=window.upto or self._covered())
        where = _where(window)
        soql = f"SELECT {', '.join(fields)} FROM {self._kind} WHERE {where}"  # noqa: S608  (names are checked)
        if window.job:
            yield from self._files(window, soql)
            return
        try:
            first = read(self._wire, "queryAll", params={"q": f"{soql} ORDER BY SystemModstamp, Id"})
        except TooLarge:
            yield from self._files(window, soql)
            return
        if first["totalSize"] > MANY:
            try:
                yield from self._files(window, soql)
                return
            except (StopForTonight, NeedsHuman):
                """No bulk query is to be had here or today."""
        yield from self._from_first(window, first)

    def _from_first(self, window: Window, answer: dict[str, Any]) -> Iterator[tuple[Rows, Cursor]]:
        while True:
            rows, more = answer["records"], answer.get("nextRecordsUrl")
            place = Window(since=window.upto)
            if more and rows:
                place = replace(window, stamp=rows[-1]["SystemModstamp"], id=rows[-1]["Id"])
            yield rows, self._at(place)
            if not more:
                return
            answer = read(self._wire, path_of(more))

    def _files(self, window: Window, soql: str) -> Iterator[tuple[Rows, Cursor]]:
        """A bulk query's rows, in no order. Of a job that is not there any more, all are read again.

        A file comes in several pages; until its last one, the place is its beginning.
        """
        job, locator, fresh = window.job or bulk.start_query(self._wire, soql), window.locator, window.job is None
        while True:
            try:
                text, more = bulk.fetch_rows(self._wire, job, locator)
            except (Unready, NotThere):
                if fresh:
                    raise
                job, locator, fresh = bulk.start_query(self._wire, soql), None, True
                continue
            here = replace(window, job=job, locator=locator)
            behind = replace(window, job=job, locator=more) if more else Window(since=window.upto)
            rows = rows_of_csv(io.StringIO(text, newline=""), self._shape)
            page = list(islice(rows, PAGE))
            while following := list(islice(rows, PAGE)):
                yield page, self._at(here)
                page = following
            yield page, self._at(behind)
            if not more:
                return
            locator = more

    def _at(self, window: Window) -> Cursor:
        self._places[self._kind] = window.place()
        return Cursor(json.dumps(self._places))

    def _covered(self) -> str:
        """Below this stamp nothing can appear any more, by the server's own clock."""
        now = self._wire.now()
        span = {"start": literal(now - timedelta(minutes=10)), "end": literal(now + timedelta(seconds=1))}
        answer = read(self._wire, f"sobjects/{self._kind}/updated/", params=span)
        return literal(moment(answer["latestDateCovered"]))


def _where(window: Window) -> str:
    where = [f"SystemModstamp < {window.upto}"]
    if window.since:
        where.append(f"SystemModstamp >= {window.since}")
    if window.stamp:
        at = literal(moment(window.stamp))
        where.append(f"(SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{window.id}'))")
    return " AND ".join(where)


def rows_by_ids(wire: Wire, kind: str, fields: Sequence[str], ids: Sequence[CrmId] | Sequence[str]) -> Rows:
    """Rows of these ids, also those gone."""
    named = ", ".join(f"'{id_}'" for id_ in ids)
    soql = f"SELECT {', '.join(fields)} FROM {kind} WHERE Id IN ({named})"  # noqa: S608  (ids and names are checked)
    answer = read(wire, "queryAll", params={"q": soql})
    rows = list(answer["records"])
    while more := answer.get("nextRecordsUrl"):
        answer = read(wire, path_of(more))
        rows += answer["records"]
    return rows


def read(wire: Wire, path: str, **given: Any) -> Any:
    try:
        return wire.ask("GET", path, **given)
    except AnswerLost as error:
        raise TryAgain(f"Salesforce did not finish its answer ({error}).", after=5) from error


def path_of(url: str) -> str:
    """/services/data/v67.0/query/0r8... -> query/0r8..."""
    return url.split("/", 4)[4]
