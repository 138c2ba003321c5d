"""A permission set of a package becomes grants that can be queried; those it no longer names are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.salesforce import access
from sandbox.salesforce.metadata.fields import Problem
from sandbox.salesforce.metadata.markup import Node
from sandbox.salesforce.metadata.package import Component

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records
    from sandbox.salesforce.values import Record

_RIGHTS = {
    "allowCreate": "Create",
    "allowRead": "Read",
    "allowEdit": "Edit",
    "allowDelete": "Delete",
    "viewAllRecords": "ViewAllRecords",
    "modifyAllRecords": "ModifyAllRecords",
}
_NEEDS = {
    "allowCreate": ("allowRead",),
    "allowEdit": ("allowRead",),
    "allowDelete": ("allowRead", "allowEdit"),
    "viewAllRecords": ("allowRead",),
    "modifyAllRecords": ("allowRead", "allowEdit", "allowDelete", "viewAllRecords"),
}


def check_permission_set(records: Records, node: Node) -> None:
    for granted in node.all("fieldPermissions"):
        _check_field(records, granted)
    for granted in node.all("objectPermissions"):
        name = granted.value("object")
        if name not in records.kinds:
            raise Problem(f"In field: object - no CustomObject named {name} found", granted)
        for right, needed in _NEEDS.items():
            lacking = [n for n in needed if granted.is_true(right) and not granted.is_true(n)]
            if lacking:
                wanted = ", ".join(f"{_RIGHTS[n]} {name}" for n in lacking)
                raise Problem(f"Permission {_RIGHTS[right]} {name} depends on permission(s): {wanted}", granted)


def _check_field(records: Records, granted: Node) -> None:
    path = granted.value("field")
    owner, _, name = path.partition(".")
    field = records.kinds[owner].fields.get(name) if owner in records.kinds else None
    if field is None:
        raise Problem(f"In field: field - no CustomField named {path} found", granted)
    if not field.nillable and field.type != "boolean":
        raise Problem(f"You cannot deploy to a required field: {path}", granted)
    if granted.is_true("editable") and not granted.is_true("readable"):
        raise Problem(f"Permission Edit {path} depends on permission(s): Read {path}", granted)


def add_permission_set(records: Records, component: Component) -> None:
    node, name = component.node, component.name
    assert node is not None
    titles: Record = {"Name": name, "Label": node.value("label"), "Description": node.value("description") or None}
    found = records.find("PermissionSet", "Name", name)
    if found is None:
        key = records.insert("PermissionSet", {**titles, "IsCustom": True}, None)
    else:
        key = str(found["Id"])
        found.update(titles)
    for table in ("FieldPermissions", "ObjectPermissions"):
        rows = records.tables[table]
        records.tables[table] = {k: row for k, row in rows.items() if row["ParentId"] != key}
    for granted in node.all("fieldPermissions"):
        records.insert("FieldPermissions", {"ParentId": key, **_field_row(granted)}, None)
    for granted in node.all("objectPermissions"):
        rights: Record = {f"Permissions{word}": granted.is_true(right) for right, word in _RIGHTS.items()}
        records.insert("ObjectPermissions", {"ParentId": key, "SobjectType": granted.value("object"), **rights}, None)
    access.settle(records)


def _field_row(granted: Node) -> Record:
    path = granted.value("field")
    return {
        "SobjectType": path.partition(".")[0],
        "Field": path,
        "PermissionsRead": granted.is_true("readable"),
        "PermissionsEdit": granted.is_true("editable"),
    }
