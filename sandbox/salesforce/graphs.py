"""Many composite requests in one: graphs, each of which is written whole or not at all.

A graph's parts are of records alone, one at a time; they may name one another as in a composite request.
Source   REST guide v67.0, Composite Graph limits: 75 graphs, 500 parts in all, 15 deep, 15 kinds of part, and
         after 14 graphs have failed the rest is not tried. The codes for a call over the limits are a guess.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.composite import Part, Serve, is_part, serve_whole
from sandbox.salesforce.errors import Refused, unreadable

GRAPHS, PARTS, DEPTH, KINDS, FAILURES = 75, 500, 15, 15, 14

Graph = dict[str, Any]


def graph(call: Call, serve: Serve) -> Answer:
    out: list[Graph] = []
    for one in _graphs_of(call):
        if sum(not answered["isSuccessful"] for answered in out) >= FAILURES:
            words = "The graph was not tried, since too many others in the same call failed."
            out.append(_answered(one["graphId"], [Refused("PROCESSING_HALTED", words).as_answer()[0]], good=False))
            continue
        answers, good = serve_whole(call, one["compositeRequest"], serve)
        out.append(_answered(one["graphId"], answers, good=good))
    return Answer(200, {"graphs": out})


def _answered(name: str, answers: list[Part], *, good: bool) -> Graph:
    return {"graphId": name, "graphResponse": {"compositeResponse": answers}, "isSuccessful": good}


def _graphs_of(call: Call) -> list[Graph]:
    graphs = call.fields.get("graphs")
    if not isinstance(graphs, list) or not all(_is_graph(one) for one in graphs):
        raise unreadable("graphs: a list of graphId and compositeRequest was expected")
    parts = [part for one in graphs for part in one["compositeRequest"]]
    _at_most(len(graphs), GRAPHS, "graphs")
    _at_most(len(parts), PARTS, "nodes")
    for one in graphs:
        _at_most(_depth(one["compositeRequest"]), DEPTH, "levels of nodes")
        _at_most(len({_kind(part) for part in one["compositeRequest"]}), KINDS, "different nodes")
    if any("/sobjects/" not in part["url"] or "/composite/" in part["url"] for part in parts):
        raise Refused("INVALID_INPUT", "A graph holds calls to sobjects alone")
    return graphs


def _is_graph(one: Any) -> bool:
    parts = one.get("compositeRequest") if isinstance(one, dict) and isinstance(one.get("graphId"), str) else None
    return isinstance(parts, list) and all(is_part(part) for part in parts)


def _at_most(found: int, most: int, what: str) -> None:
    if found > most:
        raise Refused("LIMIT_EXCEEDED", f"A composite graph call takes {most} {what}, not {found}")


def _kind(part: Part) -> tuple[str, str]:
    return part["method"], re.sub(r"(/sobjects/\w+).*", r"\1", urlsplit(part["url"]).path)


def _depth(parts: list[Part]) -> int:
    levels: dict[str, int] = {}
    for part in parts:
        named = re.findall(r"@\{(\w+)", json.dumps([part["url"], part.get("body")]))
        levels[part["referenceId"]] = 1 + max((levels.get(name, 0) for name in named), default=0)
    return max(levels.values(), default=0)
