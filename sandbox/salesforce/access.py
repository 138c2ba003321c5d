"""Who may see a field that was deployed: nobody, until a permission set grants it and is assigned.

Fields that an org was made with are open to the integration user; only what a deployment added is governed
here. A grant to read shows a field, a grant to edit lets it be written, and a grant on an object shows the
object. Grants and assignments are records of their own, as in Salesforce, and can be queried.
Source   Object Reference, PermissionSet, PermissionSetAssignment, FieldPermissions, ObjectPermissions
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records
    from sandbox.salesforce.values import Record

GRANTING = ("PermissionSetAssignment",)


@dataclass(slots=True)
class Access:
    """What the integration user may not see or write, as (object, field); a whole object has no field: ""."""

    hidden: set[tuple[str, str]] = field(default_factory=set)
    read_only: set[tuple[str, str]] = field(default_factory=set)
    governed: set[tuple[str, str]] = field(default_factory=set)
    changed: datetime | None = None  # when somebody was last given something, or it was taken away

    def govern(self, kind: str, name: str) -> None:
        """A field that was just deployed is seen by nobody."""
        self.governed.add((kind, name))
        self.hidden.add((kind, name))


def settle(records: Records) -> None:
    """Hide and show every governed field by the permission sets that the integration user has."""
    seen, edited = set(_seen(records)), set(_edited(records))
    access = records.access
    before = set(access.hidden), access.read_only
    access.hidden -= access.governed & seen
    access.hidden |= access.governed - seen
    access.read_only = (access.governed & seen) - edited
    if before != (access.hidden, access.read_only):
        access.changed = records.now()


def _seen(records: Records) -> Iterator[tuple[str, str]]:
    for row in _granted(records, "FieldPermissions"):
        if row["PermissionsRead"]:
            yield _field_of(row)
    for row in _granted(records, "ObjectPermissions"):
        if row["PermissionsRead"]:
            yield str(row["SobjectType"]), ""


def _edited(records: Records) -> Iterator[tuple[str, str]]:
    return (_field_of(row) for row in _granted(records, "FieldPermissions") if row["PermissionsEdit"])


def _granted(records: Records, table: str) -> list[Record]:
    assigned = records.tables["PermissionSetAssignment"].values()
    mine = {row["PermissionSetId"] for row in assigned if row["AssigneeId"] == records.login}
    return [row for row in records.tables[table].values() if row["ParentId"] in mine]


def _field_of(row: Record) -> tuple[str, str]:
    kind, _, name = str(row["Field"]).partition(".")
    return kind, name
