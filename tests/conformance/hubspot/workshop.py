"""What is made for the questions: properties in a group of their own, records with keys of this run, segments.

Nothing is ever written to but what was made so; made.py has it written down, and takes it away at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conformance.hubspot.made import KEY, LABEL, NAME, PARTS, Made, Row, named
from tests.conformance.hubspot.portal import LISTS, OBJECTS, PROPERTIES, Portal, Scopeless

TIER, DAY = f"{NAME}_tier", f"{NAME}_day"
PATIENCE = (0, 1, 2, 4, 8, 15, 30, 60, 120, 180, 180)  # seconds between looks, ten minutes in all
OPTIONS = [{"label": tier, "value": tier} for tier in "ABC"]


class Workshop:
    def __init__(self, portal: Portal, run: str) -> None:
        self.portal, self.run, self.made, self._count = portal, run, Made(portal), 0
        self._in_sight = set[str]()  # kinds that this key may read
        self.remarks = list[str]()  # on the question at hand
        self.shared = dict[str, Any]()  # what questions leave for one another

    # Definitions

    def define(self, kind: str, name: str, type: str = "string", field: str = "text", **more: Any) -> str:
        """A property of ours, there once this has come back; one that another run left is taken over."""
        path = f"{PROPERTIES}/{kind}"
        if not self.made.properties.get(f"{path}/{name}"):
            self._announce(self.made.groups, f"{path}/groups", {"name": NAME, "label": LABEL, "displayOrder": -1})
            wire = {"name": name, "label": f"{LABEL} {name.removeprefix(NAME)}", "type": type, "fieldType": field}
            self._announce(self.made.properties, path, {**wire, "groupName": NAME, **more})
            self.wait_for(lambda: self.portal.ask("GET", f"{path}/{name}").status == 200)
        return name

    def tier(self) -> str:
        return self.define("companies", TIER, "enumeration", "select", options=OPTIONS)

    def day(self) -> str:
        return self.define("companies", DAY, "date", "date")

    def _announce(self, held: dict[str, bool], path: str, wire: Row) -> None:
        """Written down before it is sent; struck out where the key may not make it."""
        made = f"{path}/{wire['name']}"
        if held.get(made):
            return
        held[made] = False
        try:
            self.portal.ask("POST", path, wire).demand(201, 409)
        except Scopeless:
            del held[made]
            raise
        held[made] = True

    # Records and segments

    def key(self, kind: str = "companies") -> str:
        """A value that no record has, for one of ours."""
        self.define(kind, KEY, hasUniqueValue=True)
        self._demand_sight(kind)
        self._count += 1
        return self.own_key(kind, f"{NAME}_{self.run}_{self._count}")

    def own_key(self, kind: str, key: str) -> str:
        """A key that one of our records may get."""
        self.made.keys[kind].append(key)
        return key

    def _demand_sight(self, kind: str) -> None:
        """Nothing is made that this key could not find again."""
        if kind not in self._in_sight:
            self.portal.ask("GET", f"{OBJECTS}/{kind}", limit=1).demand(200)
            self._in_sight.add(kind)

    def row(self, kind: str = "companies", **properties: Any) -> Row:
        """The properties of a record that is about to be made."""
        key, name = self.key(kind), f"{LABEL} {self.run} {self._count}"
        by_kind = {
            "companies": {"name": name},
            "contacts": {"firstname": LABEL, "lastname": f"{self.run} {self._count}"},
            "tasks": {"hs_task_subject": name, "hs_timestamp": "2026-12-01T09:00:00Z"},
        }
        return {KEY: key, **by_kind[kind], **properties}

    def make(self, kind: str = "companies", **properties: Any) -> str:
        return self.send(self.row(kind, **properties), kind)

    def send(self, row: Row, kind: str = "companies") -> str:
        made = self.portal.ask("POST", f"{OBJECTS}/{kind}", {"properties": row}).demand(201)
        return self.own(kind, made.said["id"])

    def own(self, kind: str, id_: Any) -> str:
        """An id that one of our records has."""
        self.made.ids[kind].add(str(id_))
        return str(id_)

    def there(self, kind: str, *rows: Row) -> int:
        """How many of these rows have become records."""
        keys = [row[KEY] for row in rows]
        return sum(len(self.made.holders(kind, keys[at : at + PARTS])) for at in range(0, len(keys), PARTS))

    def segment(self, wire: Row) -> tuple[str, Row]:
        """How the making of a segment was answered, and the segment."""
        self.portal.ask("GET", named(wire["name"])).demand(404)
        self.made.segments[wire["name"]] = None
        answer = self.portal.ask("POST", LISTS, wire)
        made = answer.said["list"] if answer.status == 200 else {}
        self.made.segments[wire["name"]] = made.get("listId")
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
