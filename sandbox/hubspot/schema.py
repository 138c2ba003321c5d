"""What a portal can hold: its types of records, their properties and the groups these stand in.

Every portal has a schema of its own. `set_up` tells whether Callplan's properties are there from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sandbox.hubspot.kinds import STANDARD, Kind
from sandbox.hubspot.policy import Policy
from sandbox.hubspot.properties import OPEN, Property
from sandbox.hubspot.standard import APPOINTMENTS, CALL_PLAN, GROUPS, PLACE, PROPERTIES, CustomObject
from sandbox.hubspot.values import iso


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: str
    order: int = -1
    archived: bool = False

    def wire(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "displayOrder": self.order, "archived": self.archived}


@dataclass
class Schema:
    now: Callable[[], datetime]
    policy: Policy
    kinds: dict[str, Kind] = field(default_factory=dict)
    properties: dict[str, dict[str, Property]] = field(default_factory=dict)
    groups: dict[str, dict[str, Group]] = field(default_factory=dict)
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of custom objects

    def named(self, written: str) -> str | None:
        """The type as it is called here, however a client writes it."""
        asked = written.lower()
        return next((k.plural for k in self.kinds.values() if asked in [n.lower() for n in k.names]), None)

    def add(self, kind: Kind, properties: Iterable[Property]) -> None:
        group = Group(
            GROUPS.get(kind.plural, f"{kind.singular}_information"), f"{kind.singular.capitalize()} information"
        )
        self.kinds[kind.plural], self.groups[kind.plural] = kind, {group.name: group}
        self.properties[kind.plural] = {p.name: replace(p, group=group.name) for p in properties}

    def find(self, kind: str, name: str) -> Property | None:
        """A property that is there: neither archived nor so new that HubSpot does not know of it yet."""
        found = self.properties[kind].get(name)
        return found if found and not found.archived and self._has_arrived(found) else None

    def shown(self, kind: str, *, archived: bool = False, sensitivity: str = OPEN) -> list[Property]:
        """As a client lists them: sensitive ones only where it asks for them."""
        return [
            p
            for p in self.properties[kind].values()
            if bool(p.archived) is archived and p.sensitivity == sensitivity and self._has_arrived(p)
        ]

    def keep(self, kind: str, found: Property) -> Property:
        kept = replace(found, updated=iso(self.now()))
        self.properties[kind][found.name] = kept
        return kept

    def _has_arrived(self, found: Property) -> bool:
        lag = self.policy.property_lag
        return not lag or not found.created or found.created <= iso(self.now() - lag)

    def dump(self) -> dict[str, Any]:
        return {
            "properties": {kind: [p.dump() for p in some.values()] for kind, some in self.properties.items()},
            "groups": {kind: [asdict(group) for group in some.values()] for kind, some in self.groups.items()},
        }

    def load(self, kept: dict[str, Any]) -> None:
        for kind, some in kept["properties"].items():
            self.properties[kind] = {row["name"]: Property.load(row) for row in some}
        for kind, some in kept["groups"].items():
            self.groups[kind] = {row["name"]: Group(**row) for row in some}


def new_schema(
    now: Callable[[], datetime], policy: Policy, custom: Iterable[CustomObject] = (), *, set_up: bool = True
) -> Schema:
    schema = Schema(now, policy)
    for kind in STANDARD:
        own = (*PLACE, *(CALL_PLAN if set_up else ())) if kind.plural in ("companies", "contacts") else ()
        own = APPOINTMENTS if set_up and kind.plural in ("meetings", "tasks") else own
        schema.add(kind, (*PROPERTIES[kind.plural], *(replace(p, own=True) for p in own)))
    for given in custom:
        schema.add(given.kind, given.all_properties)
        schema.required[given.name] = given.required
    return schema
