"""Which resource answers which address, by itself or inside a composite call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sandbox.salesforce import (
    composite,
    deployments,
    graphs,
    keyed,
    limits,
    listviews,
    queries,
    replication,
    resources,
    rows,
)
from sandbox.salesforce.bulk import ingest, query, results
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, not_found

Resource = Callable[[Call], Answer]

_OBJECT = r"/sobjects/(?P<kind>\w+)"
_LIST_VIEW = rf"{_OBJECT}/listviews/(?P<id>\w+)"


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


def _graph(call: Call) -> Answer:
    return graphs.graph(call, serve)


_INGEST, _QUERY = r"/jobs/ingest/(?P<id>\w+)", r"/jobs/query/(?P<id>\w+)"

ROUTES: tuple[tuple[str, dict[str, Resource]], ...] = (
    ("", {"GET": resources.home}),
    ("/limits", {"GET": limits.limits}),
    ("/limits/recordCount", {"GET": limits.record_counts}),
    ("/query", {"GET": queries.query}),
    ("/queryAll", {"GET": queries.query_all}),
    (r"/query(?:All)?/(?P<locator>[\w-]+)", {"GET": queries.more}),
    ("/tooling/query", {"GET": queries.tooling_query}),
    ("/composite", {"POST": _composite}),
    ("/composite/graph", {"POST": _graph}),
    ("/composite/sobjects", {"POST": rows.create_rows, "PATCH": rows.update_rows, "DELETE": rows.delete_rows}),
    (r"/composite/sobjects/(?P<kind>\w+)", {"GET": rows.retrieve_rows, "POST": rows.retrieve_rows}),
    (r"/composite/sobjects/(?P<kind>\w+)/(?P<key>\w+)", {"PATCH": keyed.upsert_rows}),
    ("/sobjects", {"GET": resources.list_objects}),
    (_OBJECT, {"GET": resources.show_object, "POST": resources.create_record}),
    (rf"{_OBJECT}/describe", {"GET": resources.describe_object}),
    (rf"{_OBJECT}/updated", {"GET": replication.updated}),
    (rf"{_OBJECT}/deleted", {"GET": replication.deleted}),
    (rf"{_OBJECT}/listviews", {"GET": listviews.list_views}),
    (_LIST_VIEW, {"GET": listviews.read_list_view}),
    (rf"{_LIST_VIEW}/describe", {"GET": listviews.describe_list_view}),
    (rf"{_LIST_VIEW}/results", {"GET": listviews.list_view_results}),
    ("/metadata/deployRequest", {"POST": deployments.begin}),
    (r"/metadata/deployRequest/(?P<id>\w+)", {"GET": deployments.status, "PATCH": deployments.cancel}),
    (
        rf"{_OBJECT}/(?P<id>\w+)",
        {"GET": resources.read_record, "PATCH": resources.update_record, "DELETE": resources.delete_record},
    ),
    (
        rf"{_OBJECT}/(?P<key>\w+)/(?P<value>.+)",
        {"GET": keyed.read, "PATCH": keyed.upsert, "DELETE": keyed.delete},
    ),
    ("/jobs/ingest", {"GET": ingest.list_jobs, "POST": ingest.create}),
    (_INGEST, {"GET": ingest.info, "PATCH": ingest.change, "DELETE": ingest.remove}),
    (rf"{_INGEST}/batches", {"PUT": ingest.upload}),
    (rf"{_INGEST}/(?P<which>(?i:successfulResults|failedResults|unprocessedRecords))", {"GET": results.results}),
    ("/jobs/query", {"GET": query.list_jobs, "POST": query.create}),
    (_QUERY, {"GET": query.info, "PATCH": query.change, "DELETE": query.remove}),
    (rf"{_QUERY}/results", {"GET": query.results}),
    (rf"{_QUERY}/resultPages", {"GET": query.result_pages}),
)
