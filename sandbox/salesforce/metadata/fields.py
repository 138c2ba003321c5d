"""A custom field's XML read as a field of an object, or refused as Salesforce refuses it.

Source   Metadata API guide, CustomField. The words "Must specify" and "Cannot update a field to" are seen from the
         real service; those of the rarer refusals are a guess, the refusals are not.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from sandbox.salesforce.metadata.markup import Node
from sandbox.salesforce.schema import Field, Kind

_TYPES = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Number": "double",
    "Date": "date",
    "DateTime": "datetime",
    "Checkbox": "boolean",
    "Picklist": "picklist",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Lookup": "reference",
}
_KNOWN_LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "Picklist": 255, "Lookup": 18}
_NEEDS = {
    "Text": ("length",),
    "LongTextArea": ("length", "visibleLines"),
    "Number": ("precision", "scale"),
    "Checkbox": ("defaultValue",),
    "Picklist": ("valueSet",),
    "Lookup": ("referenceTo",),
}
_KEYS = ("Text", "Number", "Email")


class Problem(Exception):
    """Why a component is not taken, and where in its file."""

    def __init__(self, words: str, at: Node | None = None) -> None:
        self.words, self.at = words, at
        super().__init__(words)


def field_of(node: Node, kinds: dict[str, Kind]) -> Field:
    name, kind = node.value("fullName"), node.value("type")
    if not name.endswith("__c"):
        raise Problem(f"The field's name must end with __c: {name}", node.first("fullName"))
    for needed in ("label", "type"):
        if not node.value(needed):
            raise Problem(f"Required field is missing: {needed}", node)
    if kind not in _TYPES:
        raise Problem(f"The sandbox does not know fields of type {kind}", node.first("type"))
    for needed in _NEEDS.get(kind, ()):
        if node.first(needed) is None:
            raise Problem(f"Must specify '{needed}' for a CustomField of type {kind}", node)
    _check_ranges(node, kind, kinds)
    return Field(name=name, label=node.value("label"), type=_TYPES[kind], **_more(node, kind))


def _check_ranges(node: Node, type: str, kinds: dict[str, Kind]) -> None:
    length, precision, scale = (_whole(node, name) for name in ("length", "precision", "scale"))
    if type == "Text" and not 1 <= length <= 255:
        raise Problem("Text fields must have a length between 1 and 255", node.first("length"))
    if type == "LongTextArea" and not 256 <= length <= 131_072:
        raise Problem("Long text fields must have a length between 256 and 131072", node.first("length"))
    if type == "Number" and not (0 <= scale <= precision and 1 <= precision <= 18):
        raise Problem("Precision must be between 1 and 18, and scale no more than it", node.first("precision"))
    if node.is_true("externalId") and type not in _KEYS:
        raise Problem(f"Can not specify 'externalId' for a CustomField of type {type}", node.first("externalId"))
    if type == "Lookup" and node.value("referenceTo") not in kinds:
        raise Problem(f"In field: referenceTo - no CustomObject named {node.value('referenceTo')} found", node)


def _more(node: Node, type: str) -> dict[str, Any]:
    options = tuple(node.deep("value")) if type == "Picklist" else ()
    chosen = next((o.value("fullName") for o in options if o.is_true("default")), None)
    return {
        "length": _KNOWN_LENGTHS.get(type) or _whole(node, "length"),
        "precision": _whole(node, "precision"),
        "scale": _whole(node, "scale"),
        "nillable": type != "Checkbox" and not node.is_true("required"),
        "filterable": type != "LongTextArea",
        "options": tuple(o.value("fullName") for o in options),
        "restricted": node.is_true("valueSet", "restricted"),
        "key": node.is_true("externalId"),
        "unique": None if node.is_true("unique") is node.is_true("externalId") else node.is_true("unique"),
        "to": (node.value("referenceTo"),) if type == "Lookup" else (),
        "default": node.is_true("defaultValue") if type == "Checkbox" else chosen,
    }


def _whole(node: Node, name: str) -> int:
    return int(node.value(name) or 0)


def write(field: Field) -> dict[str, str]:
    """The parts of a field's XML, for one that was not deployed but always there."""
    long = field.type == "textarea" and field.length > _KNOWN_LENGTHS["TextArea"]
    kind = "LongTextArea" if long else next(name for name, kept in _TYPES.items() if kept == field.type)
    flags = {"externalId": field.key, "unique": field.is_unique, "required": not field.nillable}
    parts = {name: "true" for name, said in flags.items() if said and kind != "Checkbox"}
    if kind == "Checkbox":
        parts["defaultValue"] = str(bool(field.default)).lower()
    for name in set(_NEEDS.get(kind, ())) & {"length", "precision", "scale"}:
        parts[name] = str(getattr(field, name))
    if kind == "LongTextArea":
        parts["visibleLines"] = "3"
    if kind == "Lookup":
        parts["referenceTo"] = field.to[0]
    if kind == "Picklist":
        parts["valueSet"] = _write_values(field)
    return {"label": escape(field.label), "type": kind, **parts}


def _write_values(field: Field) -> str:
    def one(word: str) -> str:
        text = escape(word)
        chosen = str(word == field.default).lower()
        return f"<value><fullName>{text}</fullName><default>{chosen}</default><label>{text}</label></value>"

    listed = "".join(one(word) for word in field.options)
    restricted = str(field.restricted).lower()
    values = f"<valueSetDefinition><sorted>false</sorted>{listed}</valueSetDefinition>"
    return f"<restricted>{restricted}</restricted>{values}"


def check_change(old: Field, new: Field, node: Node) -> None:
    """A field that stands keeps its type."""
    if old.type != new.type:
        raise Problem(f"Cannot update a field to a {node.value('type')} from something else", node.first("type"))
