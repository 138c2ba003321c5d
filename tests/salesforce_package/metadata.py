"""What Salesforce's own definition of its metadata says of a file: names of elements, values, what is missing.

The definition is the Metadata API's WSDL, which comes with simple-salesforce (v63.0). Its types become an XSD in which
the order of elements is free, as Salesforce leaves it in files; what may stand once or must be there is counted here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import simple_salesforce
from lxml import etree

from connector.yamlfile import nearest

WSDL = Path(simple_salesforce.__file__).parent / "metadata.wsdl"
NS = "{http://soap.sforce.com/2006/04/metadata}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
ENUMERATED = re.compile(r"Element '(\w+)': \[facet 'enumeration'\] The value '(.*)' is not an element .* \{'(.*)'\}")


class Child(NamedTuple):
    type: str
    required: bool
    many: bool


class Definition(NamedTuple):
    schema: etree.XMLSchema
    types: dict[str, dict[str, Child]]


@cache
def definition() -> Definition:
    (schema,) = etree.parse(WSDL).iter(f"{XSD}schema")
    bodies = {found.get("name"): found for found in schema.findall(f"{XSD}complexType")}
    types = {name: dict(_children(name, bodies)) for name in bodies}
    for name, body in bodies.items():
        _relax(body, types[name])
    known = {found.get("name") for found in schema.findall(f"{XSD}element")}
    for name in types.keys() - known:
        etree.SubElement(schema, f"{XSD}element", name=name, type=f"tns:{name}")
    return Definition(etree.XMLSchema(etree.fromstring(etree.tostring(schema))), types)


def _children(name: str, bodies: dict[str, etree._Element]) -> Iterator[tuple[str, Child]]:
    """The elements of a type and of all that it extends."""
    body = bodies[name]
    for extension in body.iter(f"{XSD}extension"):
        yield from _children(_local(extension.get("base")), bodies)
    for element in body.iter(f"{XSD}element"):
        many = element.get("maxOccurs") == "unbounded"
        yield element.get("name"), Child(element.get("type"), element.get("minOccurs") != "0", many)


def _relax(body: etree._Element, children: dict[str, Child]) -> None:
    """The same elements, in any order and number."""
    for part in list(body):
        body.remove(part)
    choice = etree.SubElement(body, f"{XSD}choice", minOccurs="0", maxOccurs="unbounded")
    for name, child in children.items():
        etree.SubElement(choice, f"{XSD}element", name=name, type=child.type)


def _local(name: str) -> str:
    return name.partition(":")[2]


def check(path: Path) -> list[str]:
    return check_xml(path.read_bytes(), str(path))


def check_xml(data: bytes, name: str) -> list[str]:
    """Every problem of one file as `file:line: what is wrong`."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError as error:
        return [f"{name}:{error.lineno}: {error.msg}"]
    schema, types = definition()
    if etree.QName(root).localname not in types or not root.tag.startswith(NS):
        return [f"{name}:{root.sourceline}: Salesforce has no metadata of the type {root.tag.removeprefix(NS)}."]

    schema.validate(root)
    problems = {error.line: f"{name}:{error.line}: {_plain(error.message)}" for error in reversed(schema.error_log)}
    for line, what in _counted(root, etree.QName(root).localname):
        problems[line] = f"{name}:{line}: {what}"
    return [problems[line] for line in sorted(problems)]


def _plain(message: str) -> str:
    """The checker's message without namespaces, and with the nearest value in place of all values."""
    message = message.replace(NS, "")
    found = ENUMERATED.match(message)
    if not found:
        return message
    element, value, values = found.groups()
    return f'"{value}" is no value of {element}. {nearest(value, values.split(chr(39) + ", " + chr(39)))}'


def _counted(element: etree._Element, kind: str) -> Iterator[tuple[int, str]]:
    children = definition().types.get(kind)
    if children is None:
        return
    tag = element.tag.removeprefix(NS)
    inside = [child for child in element if isinstance(child.tag, str)]
    counts = Counter(child.tag.removeprefix(NS) for child in inside)
    for name, child in children.items():
        if child.required and not counts[name]:
            yield element.sourceline, f"{tag} has no {name}, which Salesforce requires."
        if not child.many and counts[name] > 1:
            yield element.sourceline, f"{tag} has {name} {counts[name]} times, where one may stand."
    for each in inside:
        name = each.tag.removeprefix(NS)
        if name in children:
            yield from _counted(each, _local(children[name].type))
        else:
            yield each.sourceline, f'{tag} has no "{name}". {nearest(name, list(children))}'
