"""One property: what it is called, which values it takes, and how HubSpot describes it.

Source   developers.hubspot.com, "Properties": types and their field types
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

PAIRS = {  # a type, and the field types that go with it
    "string": ("text", "textarea", "file", "html", "phonenumber", "calculation_equation"),
    "number": ("number", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox", "calculation_equation"),
    "bool": ("booleancheckbox", "calculation_equation"),
    "phone_number": ("phonenumber",),
}
OPEN = "non_sensitive"
SENSITIVITIES = (OPEN, "sensitive", "highly_sensitive")


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    order: int = -1
    hidden: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    type: str = "string"
    field_type: str = "text"
    options: tuple[Option, ...] = ()
    unique: bool = False
    read_only: bool = False  # its value
    label: str = ""
    description: str = ""
    group: str = ""
    order: int = -1
    hidden: bool = False
    form_field: bool = False
    sensitivity: str = OPEN
    own: bool = False  # the portal's, and not HubSpot's
    in_use: bool = False  # by a calculation
    created: str = ""  # stamps
    updated: str = ""
    archived: str = ""

    def wire(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "name": self.name,
            "label": self.label or self.name.replace("_", " ").capitalize(),
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [_option(option) for option in self.options],
            "displayOrder": self.order,
            "calculated": self.field_type == "calculation_equation",
            "externalOptions": False,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "formField": self.form_field,
            "dataSensitivity": self.sensitivity,
            "archived": bool(self.archived),
            "modificationMetadata": {
                "archivable": self.own,
                "readOnlyDefinition": not self.own,
                "readOnlyValue": self.read_only,
            },
        }
        stamps = {"createdAt": self.created, "updatedAt": self.updated, "archivedAt": self.archived}
        # of a portal's own property, `hubspotDefined` is left out and not false
        return told | {name: at for name, at in stamps.items() if at} | ({} if self.own else {"hubspotDefined": True})

    def dump(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def load(cls, kept: dict[str, Any]) -> Property:
        return cls(**{**kept, "options": tuple(Option(**option) for option in kept["options"])})


def texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name) for name in names)


def numbers(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, "number", "number") for name in names)


def dates(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, "date", "date") for name in names)


def moments(*names: str, read_only: bool = False) -> tuple[Property, ...]:
    return tuple(Property(name, "datetime", "date", read_only=read_only) for name in names)


def pick(name: str, *values: str) -> Property:
    return Property(name, "enumeration", "select", tuple(Option(v, v, at) for at, v in enumerate(values)))


def flag(name: str) -> Property:
    return Property(name, "bool", "booleancheckbox", (Option("Yes", "true", 0), Option("No", "false", 1)))


def _option(option: Option) -> dict[str, Any]:
    told = {"label": option.label, "value": option.value, "displayOrder": option.order, "hidden": option.hidden}
    return {**told, "description": option.description}
