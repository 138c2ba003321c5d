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
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.salesforce.calls import Answer, Call, is_write
from sandbox.salesforce.errors import Refused, unreadable

Part = dict[str, Any]
Serve = Callable[[Call], Answer]

CALLS, COSTLY_CALLS = 25, 5
_REFERENCE = re.compile(r"@\{([A-Za-z]\w*)((?:\.\w+|\[\d+\])*)\}")


def composite(call: Call, serve: Serve) -> Answer:
    parts = _parts_of(call)
    answers = dict[str, Part]()
    if not call.fields.get("allOrNone"):
        for part in parts:
            answers[part["referenceId"]] = _serve_part(call, part, answers, serve)
        return Answer(200, {"compositeResponse": list(answers.values())})
    return Answer(200, {"compositeResponse": serve_whole(call, parts, serve)[0]})


def serve_whole(call: Call, parts: list[Part], serve: Serve) -> tuple[list[Part], bool]:
    """All of the parts or none: what follows a failed one is not tried, what went before it is undone."""
    records, answers, failed = call.org.records, dict[str, Part](), ""
    before, writes = records.snapshot(), len(records.history)
    for part in parts:
        name = part["referenceId"]
        answers[name] = _halted(name) if failed else _serve_part(call, part, answers, serve)
        failed = failed or (name if answers[name]["httpStatusCode"] >= 400 else "")
    if failed:
        records.restore(before, writes)
        answers = {name: answer if name == failed else _halted(name) for name, answer in answers.items()}
    return list(answers.values()), not failed


def _parts_of(call: Call) -> list[Part]:
    parts = call.fields.get("compositeRequest")
    if not isinstance(parts, list) or not all(is_part(part) for part in parts):
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
        return _rows_of_parts(parts if isinstance(parts, list) else [])
    if call.path.endswith("/composite/graph"):
        graphs = call.body.get("graphs") if isinstance(call.body, dict) else None
        nested = [g.get("compositeRequest") for g in graphs or [] if isinstance(g, dict)]
        return _rows_of_parts([part for parts in nested if isinstance(parts, list) for part in parts])
    if not is_write(call.method, call.path):
        return None
    return len(call.args["ids"].split(",")) if "ids" in call.args else _rows_in(call.body)


def _rows_of_parts(parts: list[Any]) -> int | None:
    writes = [part for part in parts if is_part(part) and is_write(part["method"], urlsplit(part["url"]).path)]
    return sum(_rows_in(part.get("body")) for part in writes) if writes else None


def _rows_in(body: Any) -> int:
    rows = body.get("records") if isinstance(body, dict) else None
    return len(rows) if isinstance(rows, list) else 1


def is_part(part: Any) -> bool:
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
    if version is None or re.search(r"/composite(/graph)?/?$|/jobs/", url.path):
        raise Refused("INVALID_INPUT", f"The url is not one that a composite call may hold: {url.path}")
    body = json.loads(_filled(json.dumps(part["body"]), answers)) if "body" in part else None
    args = {name: values[0] for name, values in parse_qs(url.query).items()}
    headers = part["httpHeaders"] if isinstance(part.get("httpHeaders"), dict) else {}
    path = unquote(url.path.rstrip("/"))
    return Call(call.org, part["method"], path, version[1], args, headers, body, host=call.host)


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


def _halted(name: str) -> Part:
    words = "The transaction was rolled back since another operation in the same transaction failed."
    return _part_answer(name, Answer(400, Refused("PROCESSING_HALTED", words).as_answer()))
