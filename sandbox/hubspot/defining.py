"""Properties and groups created, changed and archived, and what HubSpot refuses of that.

Source   developers.hubspot.com, "Properties"; statuses and texts as others measured them on 2026-09
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sandbox.hubspot.errors import Body, Refusal, envelope, validation
from sandbox.hubspot.properties import OPEN, PAIRS, SENSITIVITIES, Option, Property
from sandbox.hubspot.schema import Group, Schema
from sandbox.hubspot.values import iso

NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
FIXED = {"name": "name", "hasUniqueValue": "unique", "dataSensitivity": "sensitivity"}  # for good
PLAIN: dict[str, tuple[str, type]] = {
    "label": ("label", str),
    "description": ("description", str),
    "groupName": ("group", str),
    "hidden": ("hidden", bool),
    "formField": ("form_field", bool),
    "type": ("type", str),
    "fieldType": ("field_type", str),
}


def define(schema: Schema, kind: str, body: Body) -> Property:
    """A property that is not there yet; the name of an archived one brings that one back."""
    _demand(body, "name", "label", "type", "fieldType", "groupName")
    if not NAME.fullmatch(str(body["name"])):
        raise validation(f'Property name "{body["name"]}" is invalid: small letters, digits and underscores.')
    held = schema.properties[kind].get(body["name"])
    if held and not held.archived:
        text = f"A property named '{held.name}' already exists."
        more = {"subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS"}
        raise Refusal(409, envelope(text, "OBJECT_ALREADY_EXISTS", **more))
    given = Property(
        body["name"],
        unique=body.get("hasUniqueValue") is True,
        sensitivity=body.get("dataSensitivity", OPEN),
        own=True,
        created=iso(schema.now()),
    )
    given = _checked(schema, kind, _changed(given, body))
    _check_room(schema, kind, given)
    return schema.keep(kind, given)


def redefine(schema: Schema, kind: str, name: str, body: Body) -> Property:
    """Options that are given replace all that were there; without any, these stay."""
    held = schema.find(kind, name)
    if held is None:
        raise _unknown(name)
    if not held.own:
        raise validation(f"The definition of property {name} is read-only.")
    for theirs, ours in FIXED.items():  # refused here: whether HubSpot refuses or overlooks them is not documented
        if theirs in body and body[theirs] != getattr(held, ours):
            raise validation(f"{theirs} of a property cannot be changed.")
    return schema.keep(kind, _checked(schema, kind, _changed(held, body)))


def retire(schema: Schema, kind: str, name: str) -> None:
    held = schema.properties[kind].get(name)
    if held is None:
        raise _unknown(name)
    if held.in_use:
        text = f"Property {name} is used in a calculation and cannot be deleted."
        raise validation(text, subCategory="PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE")
    if not held.own:
        raise validation(f"Property {name} is defined by HubSpot and cannot be archived.")
    if not held.archived:
        schema.keep(kind, replace(held, archived=iso(schema.now())))


def seen(schema: Schema, kind: str, name: str, sensitivity: str, *, archived: bool) -> Property:
    """One that a client may look at: of this sensitivity, and archived or not, as it asks."""
    shown = schema.shown(kind, archived=archived, sensitivity=sensitivity)
    held = next((p for p in shown if p.name == name), None)
    if held is None:
        raise _unknown(name)
    return held


def define_group(schema: Schema, kind: str, body: Body) -> Group:
    _demand(body, "name", "label")
    held = schema.groups[kind].get(body["name"])
    if held and not held.archived:
        text = f"A property group named '{held.name}' already exists."
        raise Refusal(409, envelope(text, "OBJECT_ALREADY_EXISTS"))
    return _keep_group(schema, kind, Group(str(body["name"]), str(body["label"]), _order(body)))


def redefine_group(schema: Schema, kind: str, name: str, body: Body) -> Group:
    held = found_group(schema, kind, name)
    label, order = str(body.get("label", held.label)), _order(body, held.order)
    return _keep_group(schema, kind, replace(held, label=label, order=order))


def retire_group(schema: Schema, kind: str, name: str) -> None:
    held = found_group(schema, kind, name)
    if any(p.group == name and not p.archived for p in schema.properties[kind].values()):
        import json

        text = f"Property group {name} has active properties."
        more = {"subCategory": "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"}
        raise validation(json.dumps(envelope(text, "VALIDATION_ERROR", **more)))  # nested as text, as HubSpot does
    _keep_group(schema, kind, replace(held, archived=True))


def found_group(schema: Schema, kind: str, name: str) -> Group:
    held = schema.groups[kind].get(name)
    if held is None or held.archived:
        raise Refusal(404, envelope(f"Property group {name} does not exist", "OBJECT_NOT_FOUND"))
    return held


def _keep_group(schema: Schema, kind: str, group: Group) -> Group:
    schema.groups[kind][group.name] = group
    return group


def _changed(held: Property, body: Body) -> Property:
    given: dict[str, Any] = {ours: kind(body[theirs]) for theirs, (ours, kind) in PLAIN.items() if theirs in body}
    if "options" in body:
        if not isinstance(body["options"] or [], list):
            raise validation("Invalid input JSON on line 1, column 1")
        given["options"] = tuple(_option(option) for option in body["options"] or ())
    return replace(held, order=_order(body, held.order), **given)


def _option(given: Body) -> Option:
    if not isinstance(given, dict):
        raise validation("Invalid input JSON on line 1, column 1")
    _demand(given, "label", "value")
    hidden, description = given.get("hidden") is True, str(given.get("description") or "")
    return Option(str(given["label"]), str(given["value"]), _order(given), hidden, description)


def _order(given: Body, otherwise: int = -1) -> int:
    order = given.get("displayOrder", otherwise)
    if not isinstance(order, int):
        raise validation(f"displayOrder is no number: {order}")
    return order


def _checked(schema: Schema, kind: str, given: Property) -> Property:
    if given.field_type not in PAIRS.get(given.type, ()):
        raise validation(f"Field type {given.field_type} does not go with type {given.type}.")
    if given.sensitivity not in SENSITIVITIES:
        raise validation(f"dataSensitivity {given.sensitivity} is none of {', '.join(SENSITIVITIES)}.")
    group = schema.groups[kind].get(given.group)
    if group is None or group.archived:
        raise validation(f"Property group {given.group} does not exist.")
    if given.type == "enumeration" and not given.options:
        raise validation(f"Property {given.name} is an enumeration and needs options.")
    for told in ([o.value for o in given.options], [o.label for o in given.options]):
        if len(set(told)) < len(told):
            raise validation("The labels and values of a property's options must differ from one another.")
    return given


def _check_room(schema: Schema, kind: str, given: Property) -> None:
    others = [p for p in schema.properties[kind].values() if p.own and not p.archived]
    if len(others) >= schema.policy.properties_most:
        raise validation(f"An object has at most {schema.policy.properties_most} custom properties.")
    if given.unique and sum(p.unique for p in others) >= schema.policy.unique_most:
        raise validation(f"An object has at most {schema.policy.unique_most} properties with unique values.")


def _demand(body: Body, *names: str) -> None:
    missing = [name for name in names if body.get(name) in (None, "")]
    if missing:
        raise validation(f"Some required fields were not set: [{', '.join(missing)}]")


def _unknown(name: str) -> Refusal:
    return Refusal(404, envelope(f'Property "{name}" does not exist', "OBJECT_NOT_FOUND", context={"name": [name]}))
