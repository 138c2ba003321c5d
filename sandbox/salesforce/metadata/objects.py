"""Objects in a package: the file of a standard one carries its fields, a custom one is made new.

A field for tasks and events is defined once, on Activity, and is then on both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.salesforce.metadata.fields import Problem
from sandbox.salesforce.metadata.markup import Node
from sandbox.salesforce.metadata.package import Component
from sandbox.salesforce.schema import Field, Kind

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records
    from sandbox.salesforce.values import Record

_ACTIVITIES = ("Task", "Event")
_DEFAULT = {"string": 255, "id": 18, "reference": 18}


def kinds_of(records: Records, owner: str, node: Node) -> list[Kind]:
    """The objects that get a field which a package puts on `owner`."""
    if owner in _ACTIVITIES:
        words = f"Custom fields of {owner} are defined on Activity: no CustomObject named {owner} takes them"
        raise Problem(words, node)
    names = _ACTIVITIES if owner == "Activity" else (owner,)
    if any(name not in records.kinds for name in names):
        raise Problem(f"In field: fullName - no CustomObject named {owner} found", node)
    return [records.kinds[name] for name in names]


def add_object(records: Records, component: Component, same: bool) -> tuple[bool, bool]:
    """Whether the object is new, and whether something of it changed."""
    name, node = component.name, component.node
    assert node is not None
    if name in records.kinds or name == "Activity":
        return False, not same
    if not name.endswith("__c"):
        raise Problem(f"no CustomObject named {name} found", node)
    for needed in ("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel"):
        if node.first(needed) is None:
            raise Problem(f"Must specify a non-empty {needed} for the CustomObject", node)
    made = _custom(name, node, sum(kind.endswith("__c") for kind in records.kinds))
    records.kinds[name], records.tables[name] = made, {}
    records.access.govern(name, "")
    return True, True


def add_notification_type(records: Records, component: Component) -> None:
    """Flows look a notification type up by its name."""
    node, name = component.node, component.name
    assert node is not None
    values: Record = {
        "CustomNotifTypeName": node.value("customNotifTypeName"),
        "DeveloperName": name,
        "MasterLabel": node.value("masterLabel"),
        "Desktop": node.is_true("desktop"),
        "Mobile": node.is_true("mobile"),
    }
    found = records.find("CustomNotificationType", "DeveloperName", name)
    if found is None:
        records.insert("CustomNotificationType", values, None)
    else:
        found.update(values)


def _custom(name: str, node: Node, number: int) -> Kind:
    fields = (
        _own("Id", "Record ID", "id", nillable=False),
        _own("IsDeleted", "Deleted", "boolean", nillable=False, default=False),
        Field(name="Name", label=node.value("nameField", "label") or "Name", length=80),
        Field(name="OwnerId", label="Owner ID", type="reference", length=18, to=("User",), nillable=False),
        *(_own(n, n, "datetime", nillable=False) for n in ("CreatedDate", "LastModifiedDate", "SystemModstamp")),
    )
    return Kind(name, node.value("label"), f"a{number:02d}", {field.name: field for field in fields})


def _own(name: str, label: str, type: str, *, nillable: bool, default: bool | None = None) -> Field:
    length = _DEFAULT.get(type, 0)
    return Field(
        name=name,
        label=label,
        type=type,
        length=length,
        createable=False,
        updateable=False,
        nillable=nillable,
        default=default,
    )
