"""Which elements and words a component may hold, as the vendor's own WSDL says.

The WSDL comes with simple-salesforce (Metadata API 63.0). Salesforce refuses an element that its type does not
have, a word that an enum does not have, and an element that comes again after others came between.
Its order is not checked: the real service does not mind it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sandbox.salesforce.metadata.markup import NAMESPACE, Node, read

_BUILT_IN = {"boolean": ("true", "false", "1", "0"), "int": (), "double": (), "string": ()}


@dataclass(frozen=True, slots=True)
class Flaw:
    problem: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Part:
    type: str
    required: bool
    many: bool


@dataclass(frozen=True, slots=True)
class Shapes:
    parts: dict[str, dict[str, Part]]
    bases: dict[str, str]
    words: dict[str, tuple[str, ...]]

    def of(self, type: str) -> dict[str, Part] | None:
        """The elements of a type with those that it inherits; None where the WSDL has no such type."""
        if type not in self.parts:
            return None
        base = self.of(self.bases.get(type, "")) or {}
        return {**base, **self.parts[type]}


@lru_cache(maxsize=1)
def shapes() -> Shapes:
    found = Shapes({}, {}, {})
    schema = next(node for node in _wsdl().deep("schema") if node.attributes.get("targetNamespace") == NAMESPACE)
    for node in schema.children:
        name = node.attributes.get("name", "")
        if node.name == "complexType":
            found.parts[name] = {e.attributes["name"]: _part(e) for e in node.deep("element")}
            found.bases[name] = next((_local(e.attributes["base"]) for e in node.deep("extension")), "")
        elif node.name == "simpleType":
            found.words[name] = tuple(e.attributes["value"] for e in node.deep("enumeration"))
    return found


def _wsdl() -> Node:
    spec = importlib.util.find_spec("simple_salesforce")
    folders = spec.submodule_search_locations if spec else None
    return read((Path((folders or ["."])[0]) / "metadata.wsdl").read_bytes())


def _part(node: Node) -> Part:
    said = node.attributes
    return Part(_local(said.get("type", "")), said.get("minOccurs") != "0", said.get("maxOccurs") == "unbounded")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def flaws(node: Node, type: str) -> Iterator[Flaw]:
    """Everything that the type forbids, from the top of the file down."""
    parts = shapes().of(type) or {}
    before = ""
    seen = set[str]()
    for child in node.children:
        part = parts.get(child.name)
        if part is None or child.space != NAMESPACE:
            words = f"Element {{{child.space}}}{child.name} invalid at this location in type {type}"
            yield _flaw(child, words)
            continue
        if child.name in seen and (child.name != before or not part.many):
            yield _flaw(child, f"Element {child.name} is duplicated at this location in type {type}")
        yield from _inside(child, part.type)
        before = child.name
        seen.add(before)


def _inside(node: Node, type: str) -> Iterator[Flaw]:
    found = shapes()
    if type in found.parts:
        yield from flaws(node, type)
    elif type in found.words and node.text not in found.words[type]:
        yield _flaw(node, f"'{node.text}' is not a valid value for the enum '{type}'")
    elif (type == "boolean" and node.text not in _BUILT_IN[type]) or (type == "int" and not _is_whole(node.text)):
        yield _flaw(node, f"'{node.text}' is not a valid value for the type xsd:{type}")


def missing(node: Node, type: str) -> Iterator[Flaw]:
    """Texts and words that the type cannot do without. Its flags have defaults."""
    found = shapes()
    for name, part in (found.of(type) or {}).items():
        is_words = part.type == "string" or part.type in found.words
        if part.required and is_words and not node.value(name):
            yield Flaw(f"Required field is missing: {name}", node.line, node.column)


def _flaw(node: Node, words: str) -> Flaw:
    return Flaw(f"Error parsing file: {words}", node.line, node.column)


def _is_whole(text: str) -> bool:
    return text.lstrip("-").isdigit()
