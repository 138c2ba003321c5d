"""Where the next page begins: the key of the last row, as a text that is nobody's business but ours.

Errors   Refused 422: a text that is none of ours
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

import orjson

from connector.host.web.api.models import Mistake
from connector.host.web.api.problems import Refused

PAGE = 200  # rows
ID = 2**63 - 1
Row = TypeVar("Row")
Key = str | int


def write(key: Sequence[Key]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")


def read(text: str | None, *kinds: type[Key]) -> tuple[Key, ...] | None:
    """The key of such kinds, None where the first page is asked for."""
    if text is None:
        return None
    try:
        found = orjson.loads(base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, list) or [type(one) for one in found] != list(kinds):
        raise wrong()
    if any((isinstance(one, int) and not 0 <= one <= ID) or (isinstance(one, str) and "\0" in one) for one in found):
        raise wrong()
    return tuple(found)


def wrong() -> Refused:
    why = Mistake(at="query.after", what="No cursor of ours: send `next` of the page before, unchanged.")
    return Refused(422, "The query is not as it should be.", (why,))


def page(rows: Sequence[Row]) -> tuple[Sequence[Row], Row | None]:
    """Of a page and one row: the page, and its last row if another page follows."""
    return rows[:PAGE], rows[PAGE - 1] if len(rows) > PAGE else None
