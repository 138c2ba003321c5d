"""Which resource answers which address, by itself or inside a composite call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sandbox.salesforce import composite, queries, resources, rows
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, not_found

Resource = Callable[[Call], Answer]

_OBJECT = r"/sobjects/(?P<kind>\w+)"


def serve(call: Call) -> Answer:
    tail = call.path.removeprefix(call.base)
    for pattern, methods in ROUTES:
        match = re.fullmatch(pattern, tail)
        if match:
            return _resource(call, methods)(replace(call, parts=match.groupdict()))
    raise not_found()


def _resource(call: Call, methods: dict[str, Resource]) -> Resource:
    if call.method not in methods:
        words = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(sorted(methods))}"
        raise Refused("METHOD_NOT_ALLOWED", words, status=405)
    return methods[call.method]


def _composite(call: Call) -> Answer:
    return composite.composite(call, serve)


ROUTES: tuple[tuple[str, dict[str, Resource]], ...] = (
    ("", {"GET": resources.home}),
    ("/limits", {"GET": resources.limits}),
    ("/query", {"GET": queries.query}),
    ("/queryAll", {"GET": queries.query_all}),
    (r"/query(?:All)?/(?P<locator>[\w-]+)", {"GET": queries.more}),
    ("/composite", {"POST": _composite}),
    ("/composite/sobjects", {"POST": rows.create_rows, "PATCH": rows.update_rows}),
    ("/sobjects", {"GET": resources.list_objects}),
    (_OBJECT, {"POST": resources.create_record}),
    (rf"{_OBJECT}/describe", {"GET": resources.describe_object}),
    (rf"{_OBJECT}/updated", {"GET": resources.updated}),
    (rf"{_OBJECT}/deleted", {"GET": resources.deleted}),
    (
        rf"{_OBJECT}/(?P<id>\w+)",
        {"GET": resources.read_record, "PATCH": resources.update_record, "DELETE": resources.delete_record},
    ),
)
