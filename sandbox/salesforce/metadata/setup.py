"""What an org is made of, as a deployment changes it: objects, fields, grants, list views, and all the rest.

A component is checked against the org as it stands after those before it. It is `created` if it was not there,
`changed` if it says something else than before. A field that a deployment adds is empty on every record and
seen by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.salesforce import access, ids
from sandbox.salesforce.metadata import checks, objects, shapes
from sandbox.salesforce.metadata.fields import Problem, check_change, field_of
from sandbox.salesforce.metadata.listviews import add_list_view
from sandbox.salesforce.metadata.package import Component, Failure
from sandbox.salesforce.metadata.permissions import add_permission_set
from sandbox.salesforce.metadata.types import TYPES
from sandbox.salesforce.schema import Field

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records

_LOOSE = ("LightningComponentBundle",)  # its files are the developer's own


@dataclass(frozen=True, slots=True)
class Stored:
    """A component as it was last deployed."""

    text: str
    id: str
    file: str
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Done:
    component: Component
    id: str
    created: bool
    changed: bool


class Setup:
    def __init__(self, records: Records, stored: dict[tuple[str, str], Stored], now: datetime) -> None:
        self.records, self.stored, self.now = records, stored, now

    # Trying and taking back

    def snapshot(self) -> Any:
        records, access_ = self.records, self.records.access
        kinds = {name: replace(kind, fields=dict(kind.fields)) for name, kind in records.kinds.items()}
        rights = set(access_.hidden), set(access_.read_only), set(access_.governed)
        return kinds, records.snapshot(), rights, dict(self.stored)

    def restore(self, before: Any) -> None:
        records = self.records
        records.kinds, records.tables, rights, stored = before
        records.access.hidden, records.access.read_only, records.access.governed = rights
        self.stored.clear()
        self.stored.update(stored)

    # One component

    def apply(self, component: Component) -> Done | list[Failure]:
        flaws = self._flaws(component)
        if flaws:
            return [self._failure(component, flaw.problem, flaw.line, flaw.column) for flaw in flaws]
        try:
            created, changed = self._change(component)
        except Problem as problem:
            at = problem.at or component.node
            return [self._failure(component, problem.words, at.line if at else 0, at.column if at else 0)]
        return Done(component, self._store(component), created, changed)

    def _flaws(self, component: Component) -> list[shapes.Flaw]:
        """A file that does not parse is told by its first flaw, as the real service does."""
        if component.node is None or component.type in _LOOSE:
            return []
        found = list(shapes.flaws(component.node, component.type))[:1]
        is_part = bool(TYPES[component.type].inside) or component.type == "CustomObject"
        return found or ([] if is_part else list(shapes.missing(component.node, component.type)))

    def _failure(self, component: Component, problem: str, line: int, column: int) -> Failure:
        return Failure(problem, component.type, component.name, component.file, line, column)

    def _change(self, component: Component) -> tuple[bool, bool]:
        """Whether the component is new, and whether it says something new."""
        before = self.stored.get((component.type, component.name))
        same = before is not None and before.text == component.write()
        if component.type == "CustomField":
            old, made = self._add_field(component)
            return old is None, not same if before else old != made
        if component.type == "CustomObject":
            return objects.add_object(self.records, component, same)
        checks.check(self.records, self.stored, component)
        if component.type == "PermissionSet":
            add_permission_set(self.records, component)
        if component.type == "ListView":
            add_list_view(self.records, component)
        if component.type == "CustomNotificationType":
            objects.add_notification_type(self.records, component)
        return before is None, not same

    def _add_field(self, component: Component) -> tuple[Field | None, Field]:
        """The field as it was, if it was, and as it is."""
        owner, _, _ = component.name.partition(".")
        node = component.node
        assert node is not None
        made = field_of(node, self.records.kinds)
        kinds = objects.kinds_of(self.records, owner, node)
        old = kinds[0].fields.get(made.name)
        if old is not None:
            check_change(old, made, node)
        for kind in kinds:
            kind.fields[made.name] = made
            if old is None:
                self.records.access.govern(kind.name, made.name)
                for record in self.records.tables[kind.name].values():
                    record[made.name] = made.default
        access.settle(self.records)
        return old, made

    def _store(self, component: Component) -> str:
        key = component.type, component.name
        before = self.stored.get(key)
        prefix = TYPES[component.type].prefix
        made = before.id if before else ids.make(prefix, self.records.next_number())
        text = component.write()
        modified = before.modified if before and before.text == text else self.now
        created = before.created if before else self.now
        self.stored[key] = Stored(text, made, component.file, created, modified)
        return made
