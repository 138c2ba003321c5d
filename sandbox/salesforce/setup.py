"""Objects that hold what an org is set up with: permission sets and their grants, list views, notification types.

A deployment fills them; a client reads them, and makes nothing but assignments of permission sets.
Source   Object Reference, PermissionSet and its kin, ListView, CustomNotificationType
"""

from __future__ import annotations

from sandbox.salesforce.schema import Field, Kind

OBJECT_RIGHTS = ("Create", "Read", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")


def _fixed(name: str, type: str = "string", length: int = 255, **more: object) -> Field:
    whole = {"name": name, "label": name, "type": type, "length": length, "updateable": False, **more}
    return Field(**whole)  # type: ignore[arg-type]


def _link(name: str, to: str) -> Field:
    return _fixed(name, "reference", 18, to=(to,), nillable=False)


def _kind(name: str, label: str, prefix: str, *fields: Field, writable: bool = False) -> Kind:
    own = _fixed("Id", "id", 18, createable=False, nillable=False)
    when = _fixed("SystemModstamp", "datetime", 0, createable=False, nillable=False)
    return Kind(name, label, prefix, {f.name: f for f in (own, *fields, when)}, writable)


def _flag(name: str) -> Field:
    return _fixed(name, "boolean", 0, nillable=False, default=False)


_TITLES = (_fixed("Name", length=80), _fixed("Label", length=80), _fixed("Description"))

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind("PermissionSet", "Permission Set", "0PS", *_TITLES, _flag("IsCustom"), _flag("IsOwnedByProfile")),
        _kind(
            "PermissionSetAssignment",
            "Permission Set Assignment",
            "0Pa",
            _link("PermissionSetId", "PermissionSet"),
            _link("AssigneeId", "User"),
            writable=True,
        ),
        _kind(
            "FieldPermissions",
            "Field Permissions",
            "01k",
            _link("ParentId", "PermissionSet"),
            _fixed("SobjectType"),
            _fixed("Field"),
            _flag("PermissionsRead"),
            _flag("PermissionsEdit"),
        ),
        _kind(
            "ObjectPermissions",
            "Object Permissions",
            "110",
            _link("ParentId", "PermissionSet"),
            _fixed("SobjectType"),
            *(_flag(f"Permissions{right}") for right in OBJECT_RIGHTS),
        ),
        _kind(
            "CustomNotificationType",
            "Custom Notification Type",
            "0ML",
            _fixed("CustomNotifTypeName", length=80),
            _fixed("DeveloperName", length=80),
            _fixed("MasterLabel", length=80),
            _flag("Desktop"),
            _flag("Mobile"),
        ),
        _kind(
            "ListView",
            "List View",
            "00B",
            _fixed("Name"),
            _fixed("DeveloperName", length=80),
            _fixed("SobjectType"),
            _flag("IsSoqlCompatible"),
        ),
    )
}
