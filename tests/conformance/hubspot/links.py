"""Associations as Callplan reads them: a contact with its companies, the primary one marked."""

from __future__ import annotations

from typing import Any

from tests.conformance.hubspot.portal import LINKS, ONE_S_LINKS, Answer
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

PLAIN, PRIMARY = 279, 1  # from a contact to a company


def _of(shop: Workshop, contact: str) -> Answer:
    body = {"inputs": [{"id": contact}]}
    return shop.portal.ask("POST", f"{LINKS}/contacts/companies/batch/read", body).demand(200, 207)


def _linked(shop: Workshop) -> tuple[list[str], dict[str, Any]]:
    """Two companies in the order in which a contact was put with them, and the contact's rows by company."""
    contact, companies = shop.make("contacts"), [shop.make(), shop.make()]
    for company in companies:
        path = f"{ONE_S_LINKS}/contacts/{contact}/associations/default/companies/{company}"
        shop.portal.ask("PUT", path).demand(200, 201)
    return companies, {str(row["toObjectId"]): row for row in _of(shop, contact).said["results"][0]["to"]}


@asks("1 279, then 279")
def primary(shop: Workshop) -> str:
    """Which types has a contact's first company among its `associationTypes`, and which the second one?"""
    companies, rows = _linked(shop)
    types = [sorted(given["typeId"] for given in rows[id_]["associationTypes"]) for id_ in companies]
    return ", then ".join(" ".join(str(id_) for id_ in some) for some in types)


@asks("a number")
def number(shop: Workshop) -> str:
    """Is `toObjectId` a number or a text?"""
    _, rows = _linked(shop)
    return "a number" if all(isinstance(row["toObjectId"], int) for row in rows.values()) else "a text"


@asks("207 COMPLETE, OBJECT_NOT_FOUND crm.associations.NO_ASSOCIATIONS_FOUND")
def none(shop: Workshop) -> str:
    """How is a batch read of a contact's companies answered that has none?"""
    answer = _of(shop, shop.make("contacts"))
    errors = [f"{error['category']} {error.get('subCategory')}" for error in answer.said.get("errors") or []]
    return f"{answer.told} {answer.said['status']}, {' '.join(errors) or 'no error'}"
