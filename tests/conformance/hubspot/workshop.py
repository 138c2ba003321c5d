"""What is made for the questions, and how it is all taken away again.

Every record has a key of this run in a unique property. Keys, and names of properties and segments, are written down
before they are sent: what was made is found again though its answer was lost, and without a search, which may lag
behind. Nothing is ever written to but what was made so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.conformance.hubspot.portal import LISTS, OBJECTS, PROPERTIES, CannotRun, NotAsked, Odd, Portal

NAME, LABEL = "callplan_conform", "Callplan conformance"
KEY, TIER, DAY = f"{NAME}_key", f"{NAME}_tier", f"{NAME}_day"
PATIENCE = (0, 1, 2, 4, 8, 15, 30, 60, 120, 180, 180)  # seconds between looks, ten minutes in all
OPTIONS = [{"label": tier, "value": tier} for tier in "ABC"]
PARTS = 100  # inputs in a batch
Row = dict[str, Any]


class Workshop:
    def __init__(self, portal: Portal, run: str) -> None:
        self.portal, self.run, self._count, self.remarks = portal, run, 0, list[str]()
        self._keys, self._ids = defaultdict[str, list[str]](list), defaultdict[str, set[str]](set)
        self._groups, self._properties = list[str](), dict[tuple[str, str], bool]()
        self._segments = dict[str, str | None]()
        self.shared = dict[str, Any]()  # what questions leave for one another

    # Definitions

    def define(self, kind: str, name: str, type: str = "string", field: str = "text", **more: Any) -> str:
        """A property of ours, there once this has come back; one that another run left is taken over."""
        if not self._properties.get((kind, name)):
            self._found_group(kind)
            self._properties.setdefault((kind, name), False)
            wire = {"name": name, "label": f"{LABEL} {name.removeprefix(NAME)}", "type": type, "fieldType": field}
            path, body = f"{PROPERTIES}/{kind}", {**wire, "groupName": NAME, **more}
            self.portal.ask("POST", path, body).demand(201, 409)
            self.wait_for(lambda: self.portal.ask("GET", f"{path}/{name}").status == 200)
            self._properties[kind, name] = True
        return name

    def tier(self) -> str:
        return self.define("companies", TIER, "enumeration", "select", options=OPTIONS)

    def day(self) -> str:
        return self.define("companies", DAY, "date", "date")

    def _found_group(self, kind: str) -> None:
        if kind not in self._groups:
            self._groups.append(kind)
            body = {"name": NAME, "label": LABEL, "displayOrder": -1}
            self.portal.ask("POST", f"{PROPERTIES}/{kind}/groups", body).demand(201, 409)

    # Records and segments

    def key(self, kind: str = "companies") -> str:
        """A value that no record has, for one of ours."""
        self.define(kind, KEY, hasUniqueValue=True)
        self._count += 1
        return self.own_key(kind, f"{NAME}_{self.run}_{self._count}")

    def own_key(self, kind: str, key: str) -> str:
        self._keys[kind].append(key)
        return key

    def row(self, kind: str = "companies", **properties: Any) -> Row:
        """The properties of a record that is about to be made."""
        key, name = self.key(kind), f"{LABEL} {self.run} {self._count}"
        named = {
            "companies": {"name": name},
            "contacts": {"firstname": LABEL, "lastname": f"{self.run} {self._count}"},
            "tasks": {"hs_task_subject": name, "hs_timestamp": "2026-12-01T09:00:00Z"},
        }
        return {KEY: key, **named[kind], **properties}

    def make(self, kind: str = "companies", **properties: Any) -> str:
        body = {"properties": self.row(kind, **properties)}
        made = self.portal.ask("POST", f"{OBJECTS}/{kind}", body).demand(201)
        return self.own(kind, made.said["id"])

    def own(self, kind: str, id_: Any) -> str:
        """An id that one of our records has."""
        self._ids[kind].add(str(id_))
        return str(id_)

    def holders(self, kind: str, keys: list[str]) -> list[Row]:
        """The records that have these keys, read without a search."""
        body = {"inputs": [{"id": key} for key in keys], "idProperty": KEY, "properties": [KEY]}
        return list(self.portal.ask("POST", f"{OBJECTS}/{kind}/batch/read", body).demand(200, 207).said["results"])

    def segment(self, wire: Row) -> tuple[str, Row]:
        """How the making of a segment was answered, and the segment."""
        self._segments[wire["name"]] = None
        answer = self.portal.ask("POST", LISTS, wire)
        made = answer.said["list"] if answer.status == 200 else {}
        self._segments[wire["name"]] = made.get("listId")
        return answer.told, made

    # Time

    def wait_for(self, true: Callable[[], bool]) -> float | None:
        """Seconds until it was so, or None where it never was."""
        began = self.portal.clock.now()
        for pause in PATIENCE:
            self.portal.clock.sleep(pause)
            if true():
                return (self.portal.clock.now() - began).total_seconds()
        return None

    # Taking it all away

    def clear(self) -> Iterator[str]:
        """What was left behind, and why; all that can go goes."""
        for name in self._segments:
            yield from self._without(f"the segment {name}", self._drop_segment, name)
        for kind in [*self._keys]:
            yield from self._without(f"{kind} named {LABEL} {self.run}", self._drop_records, kind)
        for kind, name in self._properties:
            path = f"{PROPERTIES}/{kind}/{name}"
            yield from self._without(f"the property {name} of {kind}", self._drop, path)
        for kind in self._groups:
            yield from self._without(f"the group {NAME} of {kind}", self._drop, f"{PROPERTIES}/{kind}/groups/{NAME}")

    def _without(self, what: str, drop: Callable[[str], str], given: str) -> Iterator[str]:
        try:
            why = drop(given)
        except (CannotRun, NotAsked, Odd) as error:
            why = str(error)
        except (AttributeError, LookupError, TypeError):
            why = "an answer of another shape"
        if why:
            yield f"{what}: {why}"

    def _drop(self, path: str) -> str:
        answer = self.portal.ask("DELETE", path)
        return "" if answer.status in (204, 404) else answer.told

    def _drop_segment(self, name: str) -> str:
        id_ = self._segments[name]
        if id_ is None:  # its answer was lost, or it was refused
            found = self.portal.ask("GET", f"{LISTS}/object-type-id/0-2/name/{name}")
            if found.status == 404:
                return ""
            id_ = found.said["list"]["listId"]
        return self._drop(f"{LISTS}/{id_}")

    def _drop_records(self, kind: str) -> str:
        keys, ids = self._keys[kind], set(self._ids[kind])
        for at in range(0, len(keys), PARTS):
            ids |= {str(row["id"]) for row in self.holders(kind, keys[at : at + PARTS])}
        rest, why = sorted(ids), ""
        while rest:
            body = {"inputs": [{"id": id_} for id_ in rest[:PARTS]]}
            answer = self.portal.ask("POST", f"{OBJECTS}/{kind}/batch/archive", body)
            why, rest = why if answer.status == 204 else answer.told, rest[PARTS:]
        return why
