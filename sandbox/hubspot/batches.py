"""Batches of a hundred: what is refused whole, what row by row, and answers in no order.

Without `objectWriteTraceId` one bad row refuses the whole batch and nothing is written; with it the good ones are
written, and the bad ones come back under their trace ids with status 207.

Source   developers.hubspot.com, "Batch operations" and "Multi-status errors"
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.hubspot.errors import Body, Refusal, envelope, validation
from sandbox.hubspot.properties import SCHEMA
from sandbox.hubspot.records import Portal, Record

MOST = 100
Answer = tuple[int, Body]


def read(portal: Portal, kind: str, body: Body) -> Answer:
    inputs = _inputs(body)
    by = body.get("idProperty")
    ids = [str(i["id"]) if isinstance(i, dict) else str(i) for i in inputs]
    found = [portal.by_unique(kind, by, i) if by else portal.get(kind, i) for i in ids]
    there = [r for r in found if r and not r.archived]
    missing = [i for i, r in zip(ids, found, strict=True) if not r or r.archived]
    answer = _complete(portal, [r.wire(body.get("properties") or []) for r in there])
    if not missing:
        return 200, answer
    error = _row_error("OBJECT_NOT_FOUND", f"Could not get some {kind.upper()} objects", {"ids": missing})
    return 207, {**answer, "numErrors": 1, "errors": [error]}


def create(portal: Portal, kind: str, body: Body) -> Answer:
    def one(given: Body) -> Record:
        record = portal.create(kind, given.get("properties") or {}, "api")
        for link in given.get("associations") or []:
            portal.link(record.id, str(link["to"]["id"]))
        return record

    status, answer = _each(portal, kind, _inputs(body), one)
    return (201 if status == 200 else status), answer


def update(portal: Portal, kind: str, body: Body, *, normalise: bool) -> Answer:
    inputs = _distinct(_inputs(body))

    def one(given: Body) -> Record:
        by = given.get("idProperty")
        id_ = str(given["id"])
        record = portal.by_unique(kind, by, id_) if by else portal.exact(kind, id_)
        if record is None:
            raise Refusal(404, envelope(f"Could not find {id_}", "OBJECT_NOT_FOUND", context={"ids": [id_]}))
        portal.update(record, given.get("properties") or {}, "api", normalise=normalise)
        return record

    return _each(portal, kind, inputs, one)


def upsert(portal: Portal, kind: str, body: Body, *, normalise: bool) -> Answer:
    inputs = _distinct(_inputs(body))
    unique = {p.name for p in SCHEMA[kind] if p.unique}
    new: set[str] = set()

    def one(given: Body) -> Record:
        by, value = given.get("idProperty"), str(given["id"])
        if by not in unique:
            raise validation(f"Unable to perform update/upsert by non-unique {kind} property {by}")
        record = portal.by_unique(kind, str(by), value)
        if record is None:
            record = portal.create(kind, {**(given.get("properties") or {}), str(by): value}, "api")
            new.add(record.id)
        else:
            portal.update(record, given.get("properties") or {}, "api", normalise=normalise)
        return record

    status, answer = _each(portal, kind, inputs, one)
    for row in answer["results"]:
        row["new"] = row["id"] in new
    return status, answer


def archive(portal: Portal, kind: str, body: Body) -> Answer:
    for given in _inputs(body):
        if record := portal.exact(kind, str(given["id"])):
            portal.archive(record)
    return 204, {}


def read_links(portal: Portal, kind: str, to: str, body: Body) -> Answer:
    """Associations of up to a thousand records; those without any are errors of their own."""
    inputs = _inputs(body, most=1000)
    results, without = [], []
    for given in inputs:
        id_ = str(given["id"])
        linked = portal.linked(id_, to)
        if not linked:
            without.append(
                _row_error("OBJECT_NOT_FOUND", f"No {to} is associated with {kind} {id_}.", {"fromObjectId": [id_]})
            )
            continue
        types = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
        results.append({"from": {"id": id_}, "to": [{"toObjectId": int(o), "associationTypes": types} for o in linked]})
    answer = _complete(portal, results)
    return (207, {**answer, "numErrors": len(without), "errors": without}) if without else (200, answer)


def _inputs(body: Body, most: int = MOST) -> list[Any]:
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or any(i is None for i in inputs):
        raise validation("Input IDs must be non-null.")
    if len(inputs) > most:
        raise validation(f"Batch input size {len(inputs)} exceeds the limit of {most}.")
    return inputs


def _distinct(inputs: list[Any]) -> list[Any]:
    ids = [str(given.get("id")) for given in inputs]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if "None" in ids:
        raise validation("Some required fields were not set: [id]")
    if twice:
        text = f"Duplicate IDs found in batch input: [{', '.join(twice)}]. IDs must be unique"
        raise validation(text, context={"ids": twice})
    return inputs


def _each(portal: Portal, kind: str, inputs: list[Body], one: Callable[[Body], Record]) -> Answer:
    partial = bool(inputs) and all(given.get("objectWriteTraceId") for given in inputs)
    before = portal.dump() if not partial else None
    history = len(portal.history)
    done, errors = [], []
    for given in inputs:
        try:
            record = one(given)
        except Refusal as refusal:
            if before is not None:
                portal.load(before)
                del portal.history[history:]
                raise
            errors.append(_traced(refusal, str(given["objectWriteTraceId"])))
            continue
        row = record.wire(list((given.get("properties") or {}).keys()))
        done.append({**row, **({"objectWriteTraceId": given["objectWriteTraceId"]} if partial else {})})
    Random(f"{kind}{len(done)}").shuffle(done)
    answer = _complete(portal, done)
    return (207, {**answer, "numErrors": len(errors), "errors": errors}) if errors else (200, answer)


def _traced(refusal: Refusal, trace: str) -> Body:
    body = refusal.body if isinstance(refusal.body, dict) else {}
    context = {**body.get("context", {}), "objectWriteTraceId": [trace]}
    return _row_error(body.get("category", "VALIDATION_ERROR"), body.get("message", ""), context)


def _row_error(category: str, message: str, context: dict[str, list[str]]) -> Body:
    return {"status": "error", "category": category, "message": message, "context": context}


def _complete(portal: Portal, results: list[Any]) -> Body:
    from sandbox.hubspot.properties import iso

    stamp = iso(portal.now())
    return {"status": "COMPLETE", "results": results, "startedAt": stamp, "completedAt": stamp}
