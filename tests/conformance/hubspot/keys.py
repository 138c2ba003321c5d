"""Keys that are missing, or written in another letter case."""

from __future__ import annotations

from tests.conformance.hubspot.made import KEY
from tests.conformance.hubspot.portal import OBJECTS
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

COMPANIES = f"{OBJECTS}/companies"


@asks("401 INVALID_AUTHENTICATION; 401 INVALID_AUTHENTICATION")
def bearer(shop: Workshop) -> str:
    """How is a key answered that comes after `bearer` in small letters, and how after two spaces?"""
    headers = [shop.portal.bearer(word) for word in ("bearer", "Bearer ")]
    return "; ".join(shop.portal.ask("GET", COMPANIES, headers=given, limit=1).told for given in headers)


@asks("read 400 VALIDATION_ERROR; update 400 VALIDATION_ERROR; upsert 400 VALIDATION_ERROR")
def missing(shop: Workshop) -> str:
    """How is a row of a batch answered that has no id?"""
    row, told = shop.row(), []
    for verb, by in (("read", {}), ("update", {}), ("upsert", {"idProperty": KEY})):
        body = {"inputs": [{"properties": row, **by}]}
        told.append(f"{verb} {shop.portal.ask('POST', f'{COMPANIES}/batch/{verb}', body).told}")
    return "; ".join(told)


@asks("another record's")
def other_case(shop: Workshop) -> str:
    """Is a unique value in capitals the same record's as in small letters, or another record's?"""
    row = shop.row()
    shop.send(row)
    capitals = shop.own_key("companies", row[KEY].upper())
    body = {"inputs": [{"id": capitals, "idProperty": KEY, "properties": {"name": row["name"]}}]}
    made = shop.portal.ask("POST", f"{COMPANIES}/batch/upsert", body).demand(200, 201, 207).said["results"]
    return "another record's" if [row["new"] for row in made] == [True] else "the same record's"


@asks("not found")
def other_case_read(shop: Workshop) -> str:
    """Is a record found by its unique value in capitals?"""
    row = shop.row()
    shop.send(row)
    return "found" if shop.there("companies", {KEY: row[KEY].upper()}) else "not found"
