"""All rows of one object that changed since a cursor, at least once, though search lags behind and forgets nothing.

The first reading lists everything by id. Later ones search by the time of change, in the order of ids, from ten
minutes before the last reading began: lists cannot be asked for changes. Each page is a search of its own that starts
behind the last id, so that no number of equal stamps and no ten thousandth row is in the way. What was archived has a
list of its own, except where HubSpot has none.

Source   developers.hubspot.com: Objects, Search
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from adapters.hubspot.fields import MERGED, literal
from adapters.hubspot.interactions import moment
from adapters.hubspot.wire import AnswerLost, Wire
from connector.contract import CrmId, Cursor
from connector.errors import Forgotten, TryAgain

PAGE = 100  # rows on a list's page, and inputs in a batch
FOUND = 200  # rows on a page of search
NAMES = 2_500  # characters of fields' names, with which the body of a search stays under its 3,000
OVERLAP = timedelta(minutes=10)  # how far search may lag behind
MEMORY = timedelta(days=80)  # of what was deleted: it can be restored for 90
Rows = list[dict[str, Any]]


class Reader:
    """`places` is where each object stands, and goes into every cursor: since when, begun when, after which row."""

    def __init__(self, wire: Wire, kind: str, places: dict[str, Any], *, archive: bool = True) -> None:
        self._wire, self._kind, self._places, self._archive = wire, kind, places, archive

    def pages(self, fields: Sequence[str]) -> Iterator[tuple[Rows, Cursor]]:
        place = self._places.get(self._kind) or {"since": None}
        if place["since"] and moment(place["since"]) < self._wire.now() - MEMORY:
            raise Forgotten("HubSpot tells of deleted records for 90 days, and the last reading is longer ago.")
        if "began" not in place:
            place = {**place, "began": literal(self._wire.now()), "after": "0"}
        more: dict[str, Any] | None = place
        while more is not None:
            rows, more = self._page(fields, more)
            yield rows, self._at(more or {"since": literal(moment(place["began"]) - OVERLAP)})

    def _page(self, fields: Sequence[str], place: dict[str, Any]) -> tuple[Rows, dict[str, Any] | None]:
        """And the place behind it, or None at the end. The archive comes last, its first page with the last living."""
        asked = fields if len(json.dumps(fields)) <= NAMES else (MERGED,)
        if "archived" in place:
            rows, more = self._listed(asked, place["archived"], archived=True)
            return rows, {**place, "archived": more} if more else None
        rows, more = self._found(asked, place) if place["since"] else self._listed(asked, place["after"])
        rows = rows if asked is fields else self._filled(fields, rows)
        if more:
            return rows, {**place, "after": more}
        if not self._archive:
            return rows, None
        gone, more = self._listed(asked, "0", archived=True)
        return [*rows, *gone], {**place, "archived": more} if more else None

    def _at(self, place: dict[str, Any]) -> Cursor:
        self._places[self._kind] = place
        return Cursor(json.dumps(self._places))

    def _filled(self, fields: Sequence[str], rows: Rows) -> Rows:
        """Fields too many for a search are read by the rows' ids; what is gone since comes with the next reading."""
        ids, held = [row["id"] for row in rows], dict[str, dict[str, Any]]()
        for at in range(0, len(ids), PAGE):
            held |= {row["id"]: row for row in rows_by_ids(self._wire, self._kind, fields, ids[at : at + PAGE])}
        return [held[id_] for id_ in ids if id_ in held]

    def _listed(self, fields: Sequence[str], after: str, archived: bool = False) -> tuple[Rows, str | None]:
        query = [("limit", PAGE), ("archived", str(archived).lower()), ("properties", ",".join(fields))]
        query += [("after", after)] if after != "0" else []
        answer = read(self._wire, "GET", "list", kind=self._kind, query=query)
        return answer["results"], following(answer)

    def _found(self, fields: Sequence[str], place: dict[str, Any]) -> tuple[Rows, str | None]:
        modified = "lastmodifieddate" if self._kind == "contacts" else "hs_lastmodifieddate"
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
        answer = read(self._wire, "POST", "search", kind=self._kind, body=body)
        rows = answer["results"]
        if following(answer) and not rows:
            raise TryAgain("HubSpot's search shows an empty page and says that there is more.", after=5)
        return rows, rows[-1]["id"] if following(answer) else None


def gathered(pages: Iterator[tuple[Rows, Cursor]], most: int) -> Iterator[tuple[Rows, Cursor]]:
    """As many pages together as hold so many rows; those before a break are not lost."""
    rows: Rows = []
    cursor = None
    try:
        for page, cursor in pages:
            rows += page
            if len(rows) > most - FOUND:
                yield rows, cursor
                rows, cursor = [], None
    except TryAgain:
        if cursor:
            yield rows, cursor
        raise
    if cursor:
        yield rows, cursor


def rows_by_ids(wire: Wire, kind: str, fields: Sequence[str], ids: Sequence[CrmId] | Sequence[str]) -> Rows:
    """Rows of these ids, without those gone; a merged one comes under its new id."""
    body = {"inputs": [{"id": id_} for id_ in ids], "properties": list(fields)}
    return list(read(wire, "POST", "read", kind=kind, body=body)["results"])


def read(wire: Wire, method: str, path: str, **given: Any) -> Any:
    """A call that changes nothing: a lost answer is asked for again."""
    try:
        return wire.ask(method, path, **given)
    except AnswerLost as error:
        raise TryAgain(f"HubSpot did not finish its answer ({error}).", after=5) from error


def following(answer: dict[str, Any]) -> str | None:
    """Where the next page begins."""
    return ((answer.get("paging") or {}).get("next") or {}).get("after")
