"""What was made in the portal, or may have been, and how it is all taken away again.

Everything is written down before it is sent: records by keys of this run in a unique property, the rest by name. What
was made is found again though its answer was lost, and without a search, which may lag behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.conformance.hubspot.portal import LISTS, OBJECTS, PROPERTIES, CannotRun, NotAsked, Odd, Portal, Scopeless

NAME, LABEL = "callplan_conform", "Callplan conformance"
KEY = f"{NAME}_key"
PARTS = 100  # inputs in a batch
PAUSES = (0, 10, 30)  # seconds before each try to take something away: what struck once may have passed
Row = dict[str, Any]


@dataclass
class Made:
    portal: Portal
    groups: dict[str, bool] = field(default_factory=dict)  # paths, and whether they are surely there
    properties: dict[str, bool] = field(default_factory=dict)
    segments: dict[str, str | None] = field(default_factory=dict)  # names, and the id where it is known
    keys: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by kind
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def holders(self, kind: str, keys: list[str]) -> list[Row]:
        """The records that have these keys, read without a search."""
        body = {"inputs": [{"id": key} for key in keys], "idProperty": KEY, "properties": [KEY]}
        rows = self.portal.ask("POST", f"{OBJECTS}/{kind}/batch/read", body).demand(200, 207).said["results"]
        ours = {key.lower() for key in keys}
        return [row for row in rows if str(row["properties"].get(KEY)).lower() in ours]

    def clear(self) -> Iterator[str]:
        """What was left behind, and why; all that can go goes."""
        for name in self.segments:
            yield from self._without(name, self._drop_segment, name)
        for kind in [*self.keys]:
            yield from self._without(f"{kind} named {LABEL}", self._drop_records, kind)
        for path in (*self.properties, *self.groups):
            yield from self._without(path.removeprefix(f"{PROPERTIES}/"), self._drop, path)

    def _without(self, what: str, drop: Callable[[str], str], given: str) -> Iterator[str]:
        why = ""
        for pause in PAUSES:
            self.portal.clock.sleep(pause)
            try:
                why = drop(given)
            except (CannotRun, Scopeless) as error:
                why = str(error)
                break
            except (NotAsked, Odd) as error:
                why = str(error)
            except (AttributeError, LookupError, TypeError):
                why = "an answer of another shape"
            if not why:
                return
        yield f"{what}: {why}"

    def _drop(self, path: str) -> str:
        answer = self.portal.ask("DELETE", path)
        return "" if answer.status in (204, 404) else answer.told

    def _drop_segment(self, name: str) -> str:
        id_ = self.segments[name]
        if id_ is None:  # its answer was lost, or it was refused
            found = self.portal.ask("GET", named(name))
            if found.status == 404:
                return ""
            id_ = found.said["list"]["listId"]
        return self._drop(f"{LISTS}/{id_}")

    def _drop_records(self, kind: str) -> str:
        keys, ids = self.keys[kind], set(self.ids[kind])
        for at in range(0, len(keys), PARTS):
            ids |= {str(row["id"]) for row in self.holders(kind, keys[at : at + PARTS])}
        rest, why = sorted(ids), ""
        while rest:
            body = {"inputs": [{"id": id_} for id_ in rest[:PARTS]]}
            answer = self.portal.ask("POST", f"{OBJECTS}/{kind}/batch/archive", body)
            why, rest = why if answer.status == 204 else answer.told, rest[PARTS:]
        return why


def named(segment: str) -> str:
    """The path of a segment of companies by its name."""
    return f"{LISTS}/object-type-id/0-2/name/{quote(segment)}"
