"""Associations of many records in one call: read a thousand, create two thousand, take apart a hundred.

Source   developers.hubspot.com, "Associations": batch endpoints
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.hubspot import linking
from sandbox.hubspot.answers import Answer, complete, row_error, with_errors
from sandbox.hubspot.asking import id_in
from sandbox.hubspot.errors import Body, Refusal, validation
from sandbox.hubspot.links import Types
from sandbox.hubspot.linktypes import LinkType, Pair
from sandbox.hubspot.records import Portal

READ, CREATE, ARCHIVE = 1_000, 2_000, 100


@dataclass(frozen=True, slots=True)
class Between:
    """The two types of records that are associated."""

    portal: Portal
    pair: Pair

    def ends(self, given: Body) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.pair[0], id_in(given, "from")), (self.pair[1], id_in(given, "to"))

    def types(self, specs: Any) -> list[LinkType]:
        return [linking.type_of(self.portal, self.pair, spec) for spec in specs or []]

    def labels(self, one: tuple[str, str], other: tuple[str, str]) -> Body:
        held = self.portal.links.of(one, other[0]).get(other[1], {})
        kinds = self.portal.schema.kinds
        return {
            "fromObjectTypeId": kinds[one[0]].id,
            "fromObjectId": int(one[1]),
            "toObjectTypeId": kinds[other[0]].id,
            "toObjectId": int(other[1]),
            "labels": [t.label for t in held.values() if t.label],
        }


def read(between: Between, inputs: list[Body]) -> Answer:
    """Records without any are errors of their own; a record with many has pages of its own."""
    results, errors = [], []
    for given in inputs:
        id_, after = str(given.get("id") or ""), str(given.get("after") or "")
        if not id_ or not (after or "0").isdigit():
            raise validation("Some required fields were not set: [id]" if not id_ else f"after is no number: {after}")
        rows, more = page(between, id_, int(after or 0), between.portal.policy.links_on_page)
        if not rows and not after:
            errors.append(_none_found(between, id_))
            continue
        paging = {"paging": {"next": {"after": more}}} if more else {}
        results.append({"from": {"id": id_}, "to": rows, **paging})
    return with_errors(200, complete(between.portal, results), errors)


def page(between: Between, id_: str, after: int, size: int) -> tuple[list[Body], str | None]:
    """What one record is associated with, from behind an id; the cursor is the last id shown."""
    kind, to = between.pair
    held = between.portal.links.of((kind, id_), to) if between.portal.exact(kind, id_) else {}
    live = [(o, types) for o, types in held.items() if int(o) > after and between.portal.exact(to, o)]
    shown = live[:size]
    return [_row(o, types) for o, types in shown], shown[-1][0] if len(live) > size else None


def create(between: Between, inputs: list[Body]) -> Answer:
    def one(given: Body) -> list[Body]:
        here, there = between.ends(given)
        linking.link(between.portal, here, there, between.types(given.get("types")))
        return [between.labels(here, there)]

    return _each(between, inputs, one, 201)


def associate(between: Between, inputs: list[Body]) -> Answer:
    def one(given: Body) -> list[Body]:
        here, there = between.ends(given)
        return default(between, here, there)

    return _each(between, inputs, one, 200)


def default(between: Between, here: tuple[str, str], there: tuple[str, str]) -> list[Body]:
    """With the type without a label, told once for each direction."""
    types = between.portal.types
    plain = linking.default_type(between.portal, between.pair)
    linking.link(between.portal, here, there, [])
    told = [(here, there, plain), (there, here, types.opposite(between.pair, plain))]
    return [
        {
            "from": {"id": one[1]},
            "to": {"id": other[1]},
            "associationSpec": {"associationCategory": t.category, "associationTypeId": t.id},
        }
        for one, other, t in told
    ]


def archive(between: Between, inputs: list[Body]) -> None:
    for given in inputs:
        here = (between.pair[0], id_in(given, "from"))
        for end in given.get("to") or []:
            linking.unlink(between.portal, here, (between.pair[1], str(end.get("id"))))


def archive_labels(between: Between, inputs: list[Body]) -> None:
    for given in inputs:
        here, there = between.ends(given)
        linking.unlink(between.portal, here, there, between.types(given.get("types")))


def _each(between: Between, inputs: list[Body], one: Callable[[Body], list[Body]], status: int) -> Answer:
    """Row by row: a bad one keeps no other from being associated."""
    done, errors = list[Body](), list[Body]()
    for given in inputs:
        try:
            with between.portal.whole():
                done += one(given)
        except Refusal as refusal:
            told = refusal.body if isinstance(refusal.body, dict) else {}
            errors.append(row_error(told.get("category", "VALIDATION_ERROR"), told.get("message", ""), {}))
    return with_errors(status, complete(between.portal, done), errors)


def _row(id_: str, types: Types) -> Body:
    """The id is a number here, unlike everywhere else; the order of types is nobody's promise."""
    told = [given.wire() for given in types.values()]
    Random(id_).shuffle(told)
    return {"toObjectId": int(id_), "associationTypes": told}


def _none_found(between: Between, id_: str) -> Body:
    one, other = (between.portal.schema.kinds[kind].singular for kind in between.pair)
    context = {"fromObjectId": [id_], "fromObjectType": [one], "toObjectType": [other]}
    text = f"No {other} is associated with {one} {id_}."
    return row_error("OBJECT_NOT_FOUND", text, context, "crm.associations.NO_ASSOCIATIONS_FOUND")
