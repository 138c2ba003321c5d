"""Batches of a hundred: what is refused whole, what row by row, and answers in no order.

Without `objectWriteTraceId` one bad row refuses the whole batch and nothing is written; with it the good ones are
written, and the bad ones come back under their trace ids with status 207, which still says COMPLETE.

Source   developers.hubspot.com, "Batch operations" and "Multi-status errors"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.hubspot.answers import Answer, complete, row_error, with_errors
from sandbox.hubspot.asking import Wanted
from sandbox.hubspot.checking import Hand
from sandbox.hubspot.errors import Body, Refusal, envelope, validation
from sandbox.hubspot.linking import create_links
from sandbox.hubspot.records import Portal
from sandbox.hubspot.shape import shape
from sandbox.hubspot.tables import Record

MOST = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Who sends it, and to which records."""

    portal: Portal
    kind: str
    modern: bool

    def hand(self) -> Hand:
        return Hand("api", self.modern)

    @property
    def kind_id(self) -> str:
        return self.portal.schema.kinds[self.kind].id


def read(batch: Batch, body: Body, wanted: Wanted, *, archived: bool) -> Answer:
    """Each record once; those that are not there are told as errors."""
    by = body.get("idProperty")
    if by:
        _demand_unique(batch, str(by))
    ids = list(dict.fromkeys(_id(given) for given in _inputs(body)))
    found = {id_: _find(batch, by, id_) for id_ in ids}
    there = {r.key: r for r in found.values() if r and r.archived is archived}
    answer = complete(batch.portal, [shape(batch.portal, record, wanted) for record in there.values()])
    missing = [id_ for id_, record in found.items() if not record or record.key not in there]
    if not missing:
        return 200, answer
    singular = batch.portal.schema.kinds[batch.kind].singular.upper()
    text = f"Could not get some {singular} objects, they may be deleted or not exist. Check that ids are valid."
    return with_errors(200, answer, [row_error("OBJECT_NOT_FOUND", text, {"ids": missing})])


def create(batch: Batch, body: Body) -> Answer:
    def one(given: Body, hand: Hand) -> Record:
        record = batch.portal.create(batch.kind, given.get("properties") or {}, hand)
        create_links(batch.portal, record.key, given.get("associations") or [])
        return record

    return _each(batch, _rows(body), one, 201)


def update(batch: Batch, body: Body) -> Answer:
    inputs = _distinct(_rows(body))

    def one(given: Body, hand: Hand) -> Record:
        by, id_ = given.get("idProperty"), str(given["id"])
        if by:
            _demand_unique(batch, str(by))
        record = batch.portal.by_unique(batch.kind, by or "hs_object_id", id_)
        if record is None:
            raise Refusal(404, envelope(f"Could not find {id_}", "OBJECT_NOT_FOUND", context={"ids": [id_]}))
        batch.portal.update(record, given.get("properties") or {}, hand)
        return record

    return _each(batch, inputs, one)


def upsert(batch: Batch, body: Body) -> Answer:
    """By a property with unique values. By e-mail, one bad row refuses all even where rows have trace ids."""
    inputs, new = _distinct(_rows(body)), set[str]()

    def one(given: Body, hand: Hand) -> Record:
        by, value = str(given.get("idProperty")), str(given["id"])
        _demand_unique(batch, by)
        record = batch.portal.by_unique(batch.kind, by, value)
        if record is None:
            if by == "hs_object_id":
                raise Refusal(404, envelope(f"Could not find {value}", "OBJECT_NOT_FOUND", context={"ids": [value]}))
            record = batch.portal.create(batch.kind, {**(given.get("properties") or {}), by: value}, hand)
            new.add(record.id)
        else:
            batch.portal.update(record, given.get("properties") or {}, hand)
        return record

    by_email = any(given.get("idProperty") == "email" for given in inputs)
    status, answer = _each(batch, inputs, one, partial=not by_email)
    for row in answer["results"]:
        row["new"] = row["id"] in new
    return status, answer


def archive(batch: Batch, body: Body) -> Answer:
    for given in _inputs(body):
        if record := batch.portal.exact(batch.kind, _id(given)):
            batch.portal.archive(record)
    return 204, {}


def _find(batch: Batch, by: str | None, id_: str) -> Record | None:
    return batch.portal.by_unique(batch.kind, by, id_) if by else batch.portal.get(batch.kind, id_)


def _demand_unique(batch: Batch, name: str) -> None:
    found = batch.portal.schema.find(batch.kind, name)
    if name != "hs_object_id" and not (found and found.unique):
        raise validation(f"Unable to perform update/upsert by non-unique {batch.kind_id} property {name}")


def _inputs(body: Body) -> list[Any]:
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or any(given is None for given in inputs):
        raise validation("Input IDs must be non-null.")
    if len(inputs) > MOST:
        raise validation(f"Batch input size {len(inputs)} exceeds the limit of {MOST}.")
    return inputs


def _id(given: Any) -> str:
    """An object with an id, or the bare id."""
    id_ = given.get("id") if isinstance(given, dict) else given
    if id_ in (None, ""):
        raise validation("Some required fields were not set: [id]")
    return str(id_)


def _rows(body: Body) -> list[Body]:
    inputs = _inputs(body)
    if not all(isinstance(given, dict) for given in inputs):
        raise validation("Invalid input JSON on line 1, column 1")
    return inputs


def _distinct(inputs: list[Body]) -> list[Body]:
    twice = sorted(id_ for id_, times in Counter(_id(given) for given in inputs).items() if times > 1)
    if twice:
        text = f"Duplicate IDs found in batch input: [{', '.join(twice)}]. IDs must be unique"
        raise validation(text, context={"ids": twice})
    return inputs


def _each(
    batch: Batch, inputs: list[Body], one: Callable[[Body, Hand], Record], status: int = 200, *, partial: bool = True
) -> Answer:
    if partial and inputs and all(given.get("objectWriteTraceId") for given in inputs):
        done, errors = _by_rows(batch, inputs, one)
    else:
        with batch.portal.whole():
            done, errors = [_row(batch, given, one) for given in inputs], []
    Random(f"{batch.kind}{len(done)}").shuffle(done)
    return with_errors(status, complete(batch.portal, done), errors)


def _by_rows(batch: Batch, inputs: list[Body], one: Callable[[Body, Hand], Record]) -> tuple[list[Body], list[Body]]:
    done, errors = [], []
    for given in inputs:
        trace = str(given["objectWriteTraceId"])
        try:
            with batch.portal.whole():
                done.append({**_row(batch, given, one), "objectWriteTraceId": trace})
        except Refusal as refusal:
            errors.append(_traced(refusal, trace))
    return done, errors


def _row(batch: Batch, given: Body, one: Callable[[Body, Hand], Record]) -> Body:
    hand = batch.hand()
    record = one(given, hand)
    row = shape(batch.portal, record, Wanted(tuple(given.get("properties") or {})))
    return {**row, "warnings": hand.warnings} if hand.warnings else row


def _traced(refusal: Refusal, trace: str) -> Body:
    body = refusal.body if isinstance(refusal.body, dict) else {}
    context = {**body.get("context", {}), "objectWriteTraceId": [trace]}
    told = row_error(body.get("category", "VALIDATION_ERROR"), body.get("message", ""), context)
    return {**told, "errors": body["errors"]} if "errors" in body else told
