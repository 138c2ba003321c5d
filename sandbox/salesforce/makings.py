"""The makings of an object: fields of each type in few words, and those that Salesforce gives to all."""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.schema import KINDS, Field, Kind

SET_BY_SALESFORCE: dict[str, Any] = {"createable": False, "updateable": False}


def text(name: str, label: str, length: int = 255, **more: Any) -> Field:
    return Field(name=name, label=label, length=length, **more)


def of(type: str, name: str, label: str, **more: Any) -> Field:
    return Field(name=name, label=label, type=type, **more)


def pick(name: str, label: str, *options: str, **more: Any) -> Field:
    return of("picklist", name, label, length=255, options=options, **more)


def check(name: str, label: str, **more: Any) -> Field:
    return of("boolean", name, label, nillable=False, default=False, **more)


def link(name: str, label: str, *to: str, **more: Any) -> Field:
    return of("reference", name, label, length=18, to=to, **more)


def kind(name: str, label: str, prefix: str, *fields: Field, writable: bool = True) -> Kind:
    return Kind(name, label, prefix, {field.name: field for field in fields}, writable)


ID, DELETED, *TIMES = (
    KINDS["Account"].fields[name] for name in ("Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp")
)
SYSTEM = (ID, DELETED, *TIMES)
OWNER = link("OwnerId", "Owner ID", "User", nillable=False)
