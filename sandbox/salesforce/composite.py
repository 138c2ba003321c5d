"""Many calls in one: Composite.

It takes 25 calls, 5 of them collections or queries, and counts as one against the quota. A later call may
name what an earlier one answered, as @{its_reference_id.id}.
Source   REST guide v67.0, Composite. The guide does not give the words for a call that breaks these limits;
         the codes here are a guess, the refusal is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.salesforce.calls import Answer, Call, is_write
from sandbox.salesforce.errors import Refused, unreadable

Part = dict[str, Any]
Serve = Callable[[Call], Answer]

CALLS, COSTLY_CALLS = 25, 5
_REFERENCE = re.compile(r"@\{([A-Za-z]\w*)((?:\.\w+|\[\d+\])*)\}")


def composite(call: Call, serve: Serve) -> Answer:
    parts = _parts_of(call)
    records, answers = call.org.records, dict[str, Part]()
    before, writes = (records.snapshot(), len(records.history)) if call.fields.get("allOrNone") else (None, 0)
    for part in parts:
        answers[part["referenceId"]] = _serve_part(call, part, answers, serve)
    if before is not None and any(a["httpStatusCode"] >= 400 for a in answers.values()):
        records.restore(before, writes)
        answers = {name: _halted(a) if a["httpStatusCode"] < 400 else a for name, a in answers.items()}
    return Answer(200, {"compositeResponse": list(answers.values())})


def _parts_of(call: Call) -> list[Part]:
    parts = call.fields.get("compositeRequest")
    if not isinstance(parts, list) or not all(_is_part(part) for part in parts):
        raise unreadable("compositeRequest: a list of calls with method, url and referenceId was expected")
    if len(parts) > CALLS:
        raise Refused("LIMIT_EXCEEDED", f"A composite call takes {CALLS} subrequests, not {len(parts)}")
    costly = sum(_is_costly(part) for part in parts)
    if costly > COSTLY_CALLS:
        words = f"A composite call takes {COSTLY_CALLS} subrequests that are collections or queries"
        raise Refused("LIMIT_EXCEEDED", f"{words}, not {costly}")
    if len({part["referenceId"] for part in parts}) < len(parts):
        raise Refused("INVALID_INPUT", "Provided referenceId is not unique in this request")
    return parts


def count_rows(call: Call) -> int | None:
    """Rows that the call means to write; None for one that only reads."""
    if call.path.endswith("/composite"):
        parts = call.body.get("compositeRequest") if isinstance(call.body, dict) else None
        parts = parts if isinstance(parts, list) else []
        writes = [part for part in parts if _is_part(part) and is_write(part["method"])]
        return sum(_rows_in(p.get("body")) for p in writes) if writes else None
    return _rows_in(call.body) if is_write(call.method) else None


def _rows_in(body: Any) -> int:
    rows = body.get("records") if isinstance(body, dict) else None
    return len(rows) if isinstance(rows, list) else 1


def _is_part(part: Any) -> bool:
    named = isinstance(part, dict) and all(isinstance(part.get(n), str) for n in ("method", "url", "referenceId"))
    return named and part["method"] in ("GET", "POST", "PATCH", "PUT", "DELETE")


def _is_costly(part: Part) -> bool:
    path = urlsplit(part["url"]).path
    return "/composite/sobjects" in path or re.search(r"/query(All)?(/|$)", path) is not None


def _serve_part(call: Call, part: Part, answers: dict[str, Part], serve: Serve) -> Part:
    try:
        answer = serve(_as_call(call, part, answers))
    except Refused as refusal:
        answer = Answer(refusal.status, refusal.as_answer())
    return _part_answer(part["referenceId"], answer)


def _as_call(call: Call, part: Part, answers: dict[str, Part]) -> Call:
    url = urlsplit(_filled(part["url"], answers))
    version = re.match(r"/services/data/(v\d+\.0)/", url.path)
    if version is None or url.path.rstrip("/").endswith("/composite"):
        raise Refused("INVALID_INPUT", f"The url is not one that a composite call may hold: {url.path}")
    body = json.loads(_filled(json.dumps(part["body"]), answers)) if "body" in part else None
    args = {name: values[0] for name, values in parse_qs(url.query).items()}
    headers = part["httpHeaders"] if isinstance(part.get("httpHeaders"), dict) else {}
    return Call(call.org, part["method"], url.path.rstrip("/"), version[1], args, headers, body)


def _filled(text: str, answers: dict[str, Part]) -> str:
    def value(match: re.Match[str]) -> str:
        found: Any = answers.get(match[1], {}).get("body")
        for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", match[2]):
            try:
                found = found[name] if name else found[int(number)]
            except (KeyError, IndexError, TypeError):
                found = None
        if found is None:
            words = f"Invalid reference specified. No value for {match[0][2:-1]} found in {match[1]}"
            raise Refused("PROCESSING_HALTED", words)
        return str(found)

    return _REFERENCE.sub(value, text)


def _part_answer(name: str, answer: Answer) -> Part:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": name,
    }


def _halted(answer: Part) -> Part:
    words = "The transaction was rolled back since another operation in the same transaction failed."
    refusal = Refused("PROCESSING_HALTED", words)
    return _part_answer(answer["referenceId"], Answer(400, refusal.as_answer()))
