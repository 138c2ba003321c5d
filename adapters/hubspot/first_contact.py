"""What only a real portal can tell: asked without writing anything, and printed for whoever connects one first.

Each line is a question, and the portal's answer. Some are calls that HubSpot is expected to refuse; they change
nothing. What could only be asked by writing stands at the end as not asked.

Source   what HubSpot's documentation leaves open: docs/why/unproven.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from adapters.hubspot.errors import missing_scopes, said
from adapters.hubspot.fields import MERGED, literal
from adapters.hubspot.interactions import PROFILES, moment
from adapters.hubspot.reader import PAGE, read
from adapters.hubspot.wire import AnswerLost, Refused, Wire
from connector.contract import Reading
from connector.errors import ConnectorError

SKEW = timedelta(seconds=60)  # more than this between the portal's clock and ours is worth a word
WALL = 10_000  # results of one search
NOT_ASKED = (
    "an update by an unknown idProperty value, unique properties on tasks, operators of segments, required properties:"
    " asking would write; tools/conform-hubspot asks them in a developer test account"
)


def report(wire: Wire, reading: Reading) -> Iterator[str]:
    yield from _told("portal", lambda: _portal(wire))
    yield _clock(wire)
    yield from _told("limits", lambda: _limits(wire))
    yield from _told("objects with interactions", lambda: _objects(wire, reading))
    yield from _told("segments", lambda: _segments(wire))
    for kind in (reading.object, *reading.interactions):
        yield from _told(kind, partial(_lag, wire, kind))
    yield from _refusals(wire, reading.object)
    yield from _told("merged records", lambda: _merged(wire, reading.object))
    yield f"not asked: {NOT_ASKED}"


def _told(question: str, ask: Callable[[], Iterator[str]]) -> Iterator[str]:
    """What a key may not ask, for want of a scope, is no reason to stop."""
    try:
        yield from ask()
    except ConnectorError as error:
        yield f"{question}: not told ({error.what})"


def _portal(wire: Wire) -> Iterator[str]:
    told = read(wire, "GET", "account")
    yield f"portal: {told.get('portalId')}, {told.get('accountType')}; its day ends at midnight {told.get('timeZone')}"


def _clock(wire: Wire) -> str:
    apart = abs(wire.now() - wire.clock.now())
    said = f"clock: the portal's and ours are {apart.total_seconds():.0f} s apart"
    return f"{said}; set this machine's, or changes may be asked for too late" if apart > SKEW else said


def _limits(wire: Wire) -> Iterator[str]:
    for row in read(wire, "GET", "usage")["results"]:
        used, most = row.get("currentUsage"), row.get("usageLimit")
        told = "not told" if used is None or most is None else f"{most - used:,} of {most:,} left"
        yield f"{row.get('name')}: {told}"
    yield f"calls in ten seconds: {wire.burst}"
    yield f"limits in the headers of each answer: {'yes' if wire.limits.calls_left is not None else 'no'}"


def _objects(wire: Wire, reading: Reading) -> Iterator[str]:
    """One row of each, so that a scope that is missing shows before the night."""
    there = []
    for kind in PROFILES:
        status, told = _answer(wire, "GET", "list", kind=kind, query=[("limit", 1)])
        if status == 200:
            there.append(kind)
        elif kind in reading.interactions:
            yield f"{kind}: cannot be read, {_scopes(status, told)}"
    yield f"objects with interactions: {', '.join(there)}"
    if unread := [name for name in there if name not in reading.interactions]:
        yield f"  not in the mapping: {', '.join(unread)}. Add those in which reps log their work to `interactions:`"


def _segments(wire: Wire) -> Iterator[str]:
    status, told = _answer(wire, "GET", "segments", query=[("listIds", "1")])
    yield f"segments: {'can be read' if status in (200, 404) else f'cannot be read, {_scopes(status, told)}'}"


def _lag(wire: Wire, kind: str) -> Iterator[str]:
    """How old the newest change is that search knows of: an upper bound of its lag only where people are at work."""
    modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    day = literal(wire.now() - timedelta(days=1))
    body = {
        "filterGroups": [{"filters": [{"propertyName": modified, "operator": "GTE", "value": day}]}],
        "sorts": [{"propertyName": modified, "direction": "DESCENDING"}],
        "limit": 1,
    }
    answer = read(wire, "POST", "search", kind=kind, body=body)
    if not answer["results"]:
        yield f"{kind}: search knows of no change in the last day"
        return
    newest = wire.now() - moment(answer["results"][0]["updatedAt"])
    yield f"{kind}: {answer['total']:,} changes in the last day, the newest {newest.total_seconds():,.0f} s ago"


def _refusals(wire: Wire, kind: str) -> Iterator[str]:
    """What the documentation leaves open."""
    ids = {"inputs": [{"id": str(number)} for number in range(1, PAGE + 2)]}
    beyond = {"limit": 2, "after": str(WALL - 1)}
    yield f"a search past {WALL:,} results: {_shown(wire, 'POST', 'search', kind=kind, body=beyond)}"
    yield f"{PAGE + 1} inputs in a batch: {_shown(wire, 'POST', 'read', kind=kind, body=ids)}"
    yield f"{PAGE + 1} rows on a page: {_shown(wire, 'GET', 'list', kind=kind, query=[('limit', PAGE + 1)])}"
    status, told = _answer(wire, "POST", "read", kind=kind, body={"inputs": [{"id": "1"}]})
    yield f"an id that is not there, in a batch: {status}, {len(told.get('errors') or [])} errors told"


def _merged(wire: Wire, kind: str) -> Iterator[str]:
    filters = [{"propertyName": MERGED, "operator": "HAS_PROPERTY"}]
    body = {"filterGroups": [{"filters": filters}], "properties": [MERGED], "limit": 1}
    found = read(wire, "POST", "search", kind=kind, body=body)["results"]
    if not found:
        yield "merged records: none, so where an old id leads cannot be asked"
        return
    new, old = found[0]["id"], str(found[0]["properties"][MERGED]).split(";")[0]
    status, told = _answer(wire, "GET", "one", kind=kind, id=old)
    yield f"merged records: an old id leads to {'the survivor' if told.get('id') == new else f'nothing [{status}]'}"


def _shown(wire: Wire, method: str, path: str, **given: Any) -> str:
    status, told = _answer(wire, method, path, **given)
    rows = f"{len(told['results'])} rows" if "results" in told else ""
    return f"{status} {told.get('category') or rows or 'and does not say why'}"


def _answer(wire: Wire, method: str, path: str, **given: Any) -> tuple[int, dict[str, Any]]:
    """Of a call that may be refused; the answer's body, whatever it is."""
    try:
        answer = wire.fetch(method, path, **given) or {}
    except Refused as refused:
        return refused.status, said(refused.body)
    except AnswerLost:
        return 0, {}
    return wire.status, answer


def _scopes(status: int, told: dict[str, Any]) -> str:
    missing = missing_scopes(told)
    return f"the key lacks {', '.join(missing)}" if missing else f"HubSpot answers {status}"
