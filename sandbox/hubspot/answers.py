"""How a batch answers: COMPLETE even where a part of it failed, which 207 and `errors` tell.

Source   developers.hubspot.com, "Multi-status errors"
"""

from __future__ import annotations

from typing import Any

from sandbox.hubspot.errors import Body
from sandbox.hubspot.records import Portal
from sandbox.hubspot.values import iso

Answer = tuple[int, Body]


def row_error(category: str, message: str, context: dict[str, list[str]], sub_category: str | None = None) -> Body:
    told = {"status": "error", "category": category, "message": message, "context": context}
    return {**told, "subCategory": sub_category} if sub_category else told


def complete(portal: Portal, results: list[Any]) -> Body:
    stamp = iso(portal.now())
    return {"status": "COMPLETE", "results": results, "startedAt": stamp, "completedAt": stamp}


def with_errors(status: int, answer: Body, errors: list[Body]) -> Answer:
    return (207, {**answer, "numErrors": len(errors), "errors": errors}) if errors else (status, answer)
