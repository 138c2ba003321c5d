"""How much of a list is asked for, and where the next page begins.

A cursor says which row came last, not how many came before it, so a row that is gone meanwhile takes none with it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

from sandbox.hubspot.errors import Refusal, validation

Row = TypeVar("Row")


def whole(given: Any, name: str, default: int, most: int) -> int:
    """A number from 1 to `most`. More is refused: whether the live API clamps instead is not known."""
    try:
        number = default if given is None else int(given)
    except (TypeError, ValueError):
        number = 0
    if not 0 < number <= most:
        raise validation(f"{name} must be a number from 1 to {most}, not {given}.")
    return number


def by_id(id_: str) -> str:
    """A place in the order of ids."""
    return id_.rjust(20, "0")


def page(rows: Sequence[Row], place: Callable[[Row], str], show: Callable[[Row], Any], most: int) -> dict[str, Any]:
    """The rows after the one that `after` names, in the order of their places; the last page speaks of no next."""
    limit, after = whole(request.args.get("limit"), "limit", 100, most), request.args.get("after")
    since = opened(after) if after else ""
    rest = sorted((row for row in rows if place(row) > since), key=place)
    answer: dict[str, Any] = {"results": [show(row) for row in rest[:limit]]}
    if len(rest) > limit:
        answer["paging"] = {"next": _link("after", place(rest[limit - 1]))}
    return answer


def page_both_ways(
    rows: Sequence[Row], place: Callable[[Row], str], show: Callable[[Row], Any], most: int
) -> dict[str, Any]:
    """The same, and the way back; `before` goes before `after`, and counts down from there, the nearest first."""
    since = opened(request.args.get("after", ""))
    if "before" not in request.args:
        answer, shown = page(rows, place, show, most), [place(row) for row in rows if place(row) > since]
        if shown and len(shown) < len(rows):
            answer.setdefault("paging", {})["prev"] = _link("before", min(shown))
        return answer
    limit, until = whole(request.args.get("limit"), "limit", 100, most), opened(request.args["before"])
    rest = sorted((row for row in rows if place(row) < until), key=place, reverse=True)
    answer = {"results": [show(row) for row in rest[:limit]]}
    if len(rest) > limit:
        answer["paging"] = {"prev": _link("before", place(rest[limit - 1]))}
    return answer


def closed(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def opened(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid_cursor() from None


def invalid_cursor() -> Refusal:
    return validation("The paging cursor is malformed or of another request.", subCategory="INVALID_CURSOR")


def _link(name: str, place: str) -> dict[str, str]:
    query = {**request.args.to_dict(), name: closed(place)}
    return {name: closed(place), "link": f"{request.base_url}?{urlencode(query)}"}
