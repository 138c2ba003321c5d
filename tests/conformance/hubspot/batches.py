"""Batches: what one bad row does to the others, in which order they are answered, and how many there may be."""

from __future__ import annotations

from typing import Any

from tests.conformance.hubspot.made import KEY, Row
from tests.conformance.hubspot.portal import OBJECTS, Answer
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import TIER, Workshop

BATCH = f"{OBJECTS}/companies/batch"
MOST = 100


def _rows(shop: Workshop, verb: str, *rows: Row, traced: bool) -> tuple[Answer, int]:
    """How the rows are answered, and how many are there then."""
    inputs: list[dict[str, Any]] = [{"properties": row} for row in rows]
    for given in inputs:
        given |= {"objectWriteTraceId": given["properties"][KEY]} if traced else {}
        given |= {"id": given["properties"][KEY], "idProperty": KEY} if verb == "upsert" else {}
    answer = shop.portal.ask("POST", f"{BATCH}/{verb}", {"inputs": inputs})
    return answer, shop.there("companies", *rows)


def _bad(shop: Workshop, verb: str, *, traced: bool) -> tuple[Answer, int, str]:
    """Two good rows and a bad one between them; also the bad one's key."""
    shop.tier()
    rows = [shop.row(**{TIER: tier}) for tier in "AZB"]
    return *_rows(shop, verb, *rows, traced=traced), rows[1][KEY]


def _all_or_nothing(shop: Workshop, verb: str) -> str:
    answer, written, _ = _bad(shop, verb, traced=False)
    return f"{answer.told}, {written} written"


@asks("400 VALIDATION_ERROR INVALID_OPTION, 0 written")
def create_untraced(shop: Workshop) -> str:
    """What does one bad row of three do where rows are created without trace ids?"""
    return _all_or_nothing(shop, "create")


@asks("400 VALIDATION_ERROR INVALID_OPTION, 0 written")
def upsert_untraced(shop: Workshop) -> str:
    """What does one bad row of three do where rows are upserted without trace ids?"""
    return _all_or_nothing(shop, "upsert")


def _row_by_row(shop: Workshop, verb: str) -> str:
    answer, written, bad = _bad(shop, verb, traced=True)
    told = [error.get("context") or {} for error in answer.row.get("errors") or []]
    named = [key for context in told for key in context.get("objectWriteTraceId") or []]
    found = "the bad one named" if named == [bad] else f"{len(named)} named"
    return f"{answer.told} {answer.row.get('status')}, {written} written, {found}"


@asks("207 COMPLETE, 2 written, the bad one named")
def create_traced(shop: Workshop) -> str:
    """What does one bad row of three do where rows are created with trace ids?"""
    return _row_by_row(shop, "create")


@asks("207 COMPLETE, 2 written, the bad one named")
def upsert_traced(shop: Workshop) -> str:
    """What does one bad row of three do where rows are upserted with trace ids?"""
    return _row_by_row(shop, "upsert")


@asks("404 OBJECT_NOT_FOUND; 207 COMPLETE OBJECT_NOT_FOUND; 0 made")
def update_unknown(shop: Workshop) -> str:
    """How is a batch update by the unknown value of a unique property answered, without and with a trace id?"""
    row = shop.row()
    key = row[KEY]
    given = {"id": key, "idProperty": KEY, "properties": {"city": "Des Moines"}}
    plain = shop.portal.ask("POST", f"{BATCH}/update", {"inputs": [given]})
    traced = shop.portal.ask("POST", f"{BATCH}/update", {"inputs": [{**given, "objectWriteTraceId": key}]})
    errors = [str(error.get("category")) for error in traced.row.get("errors") or []]
    said = " ".join([traced.told, str(traced.row.get("status")), *errors])
    return f"{plain.told}; {said}; {shop.there('companies', row)} made"


@asks("another")
def order(shop: Workshop) -> str:
    """Are twenty rows of a batch answered in their order or in another?"""
    rows = [shop.row() for _ in range(20)]
    answer, _ = _rows(shop, "create", *rows, traced=False)
    answered = [row["properties"]["name"] for row in answer.demand(201).said["results"]]
    asked = [row["name"] for row in rows]
    if sorted(answered) != sorted(asked):
        return f"{len(answered)} rows"
    return "their own" if answered == asked else "another"


@asks("read 400 VALIDATION_ERROR; create 400 VALIDATION_ERROR, 0 written")
def too_many(shop: Workshop) -> str:
    """How are 101 rows in a batch answered?"""
    read = shop.portal.ask("POST", f"{BATCH}/read", {"inputs": [{"id": str(at)} for at in range(1, MOST + 2)]})
    rows = [shop.row() for _ in range(MOST + 1)]
    answer = shop.portal.ask("POST", f"{BATCH}/create", {"inputs": [{"properties": row} for row in rows]})
    return f"read {read.told}; create {answer.told}, {shop.there('companies', *rows)} written"


@asks("207 COMPLETE, 1 row, 1 error OBJECT_NOT_FOUND")
def not_there(shop: Workshop) -> str:
    """How is a batch read answered of whose two ids one leads nowhere?"""
    body = {"inputs": [{"id": shop.make()}, {"id": "1"}]}
    answer = shop.portal.ask("POST", f"{BATCH}/read", body)
    errors = " ".join(error["category"] for error in answer.row.get("errors") or [])
    told = f"{answer.told} {answer.row.get('status')}, {len(answer.row.get('results') or [])} row"
    return f"{told}, {answer.row.get('numErrors', 'no')} error {errors}".strip()


@asks("400 VALIDATION_ERROR")
def twice(shop: Workshop) -> str:
    """How is a batch update answered that has an id twice?"""
    given = {"id": shop.make(), "properties": {"city": "Des Moines"}}
    return shop.portal.ask("POST", f"{BATCH}/update", {"inputs": [given, given]}).told


@asks("400 VALIDATION_ERROR, 0 made")
def not_unique(shop: Workshop) -> str:
    """How is an upsert by a property answered whose values are not unique?"""
    row = shop.row()
    given = {"id": row["name"], "idProperty": "name", "properties": row}
    answer = shop.portal.ask("POST", f"{BATCH}/upsert", {"inputs": [given]})
    return f"{answer.told}, {shop.there('companies', row)} made"
