"""XML with the line and column of every element, which a deployment's answer names when it refuses one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


class NotXml(Exception):
    def __init__(self, problem: str, line: int, column: int) -> None:
        self.problem, self.line, self.column = problem, line, column
        super().__init__(f"{problem} ({line}:{column})")


@dataclass(slots=True)
class Node:
    """An element by its local name. `space` is its namespace."""

    name: str
    space: str
    line: int
    column: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    words: str = ""

    @property
    def text(self) -> str:
        return self.words.strip()

    def all(self, name: str) -> Iterator[Node]:
        return (child for child in self.children if child.name == name)

    def first(self, *path: str) -> Node | None:
        found: Node | None = self
        for name in path:
            found = next(found.all(name), None) if found else None
        return found

    def value(self, *path: str) -> str:
        """The text of the first element at the path; "" where there is none."""
        found = self.first(*path)
        return found.text if found else ""

    def is_true(self, *path: str) -> bool:
        return self.value(*path) == "true"

    def deep(self, name: str) -> Iterator[Node]:
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.deep(name)

    def write(self) -> str:
        """The element again, without the space between its parts: two that say the same are written alike."""
        inside = "".join(child.write() for child in self.children) if self.children else escape(self.text)
        return f"<{self.name}>{inside}</{self.name}>"


def read(content: bytes) -> Node:
    """The root of a document; NotXml where it is none."""
    parser = expat.ParserCreate(namespace_separator=" ")
    root = Node("", "", 0, 0)
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        node = Node(local, space, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, attributes)
        stack[-1].children.append(node)
        stack.append(node)

    def words(text: str) -> None:
        stack[-1].words += text

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.CharacterDataHandler = words
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise NotXml(expat.ErrorString(error.code), error.lineno, error.offset + 1) from error
    return root.children[0]
