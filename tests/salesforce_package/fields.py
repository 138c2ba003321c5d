"""The fields of the package as the connector would see them in an org that has it, and who may do what with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from connector.contract import Field, FieldType, Shape
from connector.errors import NeedsHuman
from connector.mapping import check, read_mapping
from tests.salesforce_package.metadata import NS

STANDARD = ("Name", "BillingCity", "BillingState", "BillingPostalCode", "BillingLatitude", "BillingLongitude")
TYPES = {
    "Text": FieldType.TEXT,
    "Number": FieldType.NUMBER,
    "Checkbox": FieldType.CHECKBOX,
    "Date": FieldType.DATE,
    "Picklist": FieldType.PICKLIST,
}


class Grant(NamedTuple):
    set: str
    field: str
    edit: bool
    at: str  # file and line


def fields(package: Path) -> dict[str, etree._Element]:
    """Every field's definition, as Account.Call_Tier__c. A field of Activity is one of Task and one of Event."""
    found = {}
    for path in sorted(package.glob("*/main/default/objects/*/fields/*")):
        owner, root = path.parts[-3], etree.parse(path).getroot()
        for name in ("Task", "Event") if owner == "Activity" else (owner,):
            found[f"{name}.{text(root, 'fullName')}"] = root
    return found


def text(element: etree._Element, name: str) -> str:
    return element.findtext(f"{NS}{name}") or ""


def grants(package: Path) -> Iterator[Grant]:
    for path in sorted(package.glob("*/main/default/permissionsets/*")):
        for entry in etree.parse(path).getroot().iter(f"{NS}fieldPermissions"):
            edit = text(entry, "editable") == "true"
            yield Grant(path.name.partition(".")[0], text(entry, "field"), edit, f"{path}:{entry.sourceline}")


def check_mapping(mapping: Path, package: Path) -> list[str]:
    """What the connector would say of this mapping in an org with this package and the permission set on it."""
    try:
        check(read_mapping(mapping), shape(package))
    except NeedsHuman as problems:
        return str(problems).splitlines()
    return []


def shape(package: Path) -> Shape:
    edit = {grant.field for grant in grants(package) if grant.edit}
    found = {name: Field(name, FieldType.TEXT, writable=False) for name in STANDARD}
    for name, root in fields(package).items():
        owner, _, own = name.partition(".")
        if owner == "Account":
            options = tuple(value.text or "" for value in root.iterfind(f".//{NS}value/{NS}fullName"))
            kind = TYPES[text(root, "type")]
            found[own] = Field(own, kind, name in edit, int(text(root, "length") or 0) or None, options)
    return Shape("Account", found)


def check_grants(package: Path) -> list[str]:
    """Permission on fields that are not there, and fields that a set leaves out."""
    there, given = fields(package), list(grants(package))
    problems = [f'{grant.at}: the package has no field "{grant.field}".' for grant in given if grant.field not in there]
    for name, edit in (("Callplan_Integration", True), ("Callplan_Viewer", False)):
        own = {grant.field for grant in given if grant.set == name and grant.edit == edit}
        path = package / f"force-app/main/default/permissionsets/{name}.permissionset-meta.xml"
        missing = there.keys() - own - {"Account.NPI__c"}
        problems += [f"{path}:2: does not {'edit' if edit else 'show'} {field}." for field in sorted(missing)]
    return problems


def check_names(package: Path) -> list[str]:
    """Columns, filters, imports and reports that lead to nothing of the package."""
    there = {name.partition(".")[2] for name in fields(package)}
    for folder, ending in (("reportTypes", "__c"), ("reports", ""), ("dashboards", "")):
        place = package / "force-app/main/default" / folder
        there |= {path.relative_to(place).as_posix().partition(".")[0] + ending for path in place.rglob("*-meta.xml")}
    return [
        f'{path}:{number}: the package has no "{name}".'
        for path in sorted(package.glob("[fn]*/main/default/**/*.*"))
        if path.suffix in {".xml", ".js"} and "__tests__" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for name in re.findall(r"\w+__c\b|(?<=<report>)[^<]+", line)
        if name not in there
    ]
