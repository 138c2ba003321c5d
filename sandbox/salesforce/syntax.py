"""What a SOQL statement says, once it is read: fields, object, conditions, order, limit.

A token remembers where it stood, so that a refusal can point at it with a caret as Salesforce does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from sandbox.salesforce.errors import Refused
from sandbox.salesforce.values import Value

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    | (?P<sign><=|>=|!=|<>|[=<>(),])
    | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written. `raw` keeps a string's escapes: LIKE tells an escaped % from a plain one."""

    kind: str  # string, number, date, datetime, boolean, null
    value: Value
    raw: str


@dataclass(frozen=True, slots=True)
class Compare:
    field: Token
    operator: str  # = != < <= > >= LIKE IN, NOT IN
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Both:
    operator: str  # AND, OR
    parts: tuple[Condition, ...]


Condition = Compare | Not | Both


@dataclass(frozen=True, slots=True)
class Order:
    field: Token
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    function: str  # COUNT, COUNT_DISTINCT, MIN, MAX, SUM, AVG
    field: Token


@dataclass(frozen=True, slots=True)
class Item:
    """One word of the list after SELECT."""

    what: Token | Aggregate
    alias: str | None = None

    @property
    def field(self) -> Token:
        return self.what.field if isinstance(self.what, Aggregate) else self.what


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    items: tuple[Item, ...]  # none for COUNT()
    kind: Token
    where: Condition | None = None
    groups: tuple[Token, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def fields(self) -> tuple[Token, ...]:
        return tuple(item.field for item in self.items)


def complain(text: str, at: int, words: str, code: str = "MALFORMED_QUERY") -> NoReturn:
    """Refuse the statement with its line, a caret below the place, and the place in words."""
    before = text[:at]
    row, column = before.count("\n") + 1, at - (before.rfind("\n") + 1)
    line = text.split("\n")[row - 1]
    start = max(0, column - 40)
    excerpt = f"\n{line[start : column + 40]}\n{' ' * (column - start)}^\n"
    raise Refused(code, f"{excerpt}ERROR at Row:{row}:Column:{column + 1}\n{words}")


def tokens_of(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, at)
        if match is None:
            blank = len(text[at:]) - len(text[at:].lstrip())
            complain(text, at + blank, f"unexpected token: '{text[at + blank]}'")
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return tokens
