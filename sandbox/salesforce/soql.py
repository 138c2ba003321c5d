"""Reads SOQL, as much of it as a nightly sync speaks: one object, a filter, an order, a limit.

    SELECT Id, Owner.Email FROM Account WHERE Call_Tier__c IN ('A', 'B') AND NPI__c != null ORDER BY Id
    SELECT COUNT() FROM Task WHERE IsClosed = true
    SELECT Owner.Email, COUNT(Id) visits FROM Event GROUP BY Owner.Email

Whatever else SOQL may hold (subqueries, HAVING, date words such as TODAY) is refused as MALFORMED_QUERY. As in
the real one, AND and OR do not mix without parentheses, and NOT stands alone in its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NoReturn, TypeVar

from sandbox.salesforce.errors import Refused
from sandbox.salesforce.syntax import (
    ESCAPES,
    Aggregate,
    Both,
    Compare,
    Condition,
    Item,
    Literal,
    Not,
    Order,
    Statement,
    Token,
    complain,
    tokens_of,
)
from sandbox.salesforce.values import moment, stamp

Part = TypeVar("Part")

LONGEST_STATEMENT, LONGEST_STRING = 100_000, 4_000  # SOQL and SOSL Reference, limits
MOST_OFFSET = 2_000

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}


def parse(text: str) -> Statement:
    if len(text) > LONGEST_STATEMENT:
        raise Refused("MALFORMED_QUERY", f"SOQL statement is longer than {LONGEST_STATEMENT} characters")
    return _Parser(text).statement()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, tokens_of(text), 0

    def statement(self) -> Statement:
        self.expect("SELECT")
        items = self.select()
        self.expect("FROM")
        found = Statement(self.text, items, self.name())
        if self.took("WHERE"):
            found = replace(found, where=self.condition())
        if self.took("GROUP"):
            self.expect("BY")
            found = replace(found, groups=self.several(self.name))
        if self.took("ORDER"):
            self.expect("BY")
            found = replace(found, order=self.several(self.order))
        if self.took("LIMIT"):
            found = replace(found, limit=self.whole_number())
        if self.took("OFFSET"):
            found = replace(found, offset=self.offset())
        if self.next.kind != "end":
            self.unexpected()
        named = next((item for item in items if item.alias), None)
        if named and not found.groups and not any(isinstance(item.what, Aggregate) for item in items):
            complain(self.text, named.field.at, "only aggregate expressions use field aliasing")
        return found

    # Parts of a statement

    def select(self) -> tuple[Item, ...]:
        if self.next.text.upper() == "COUNT" and self.tokens[self.at + 1].text == "(":
            self.at += 2
            if self.took(")"):
                return ()
            self.at -= 2
        return self.several(self.item)

    def item(self) -> Item:
        word = self.name()
        what: Token | Aggregate = word
        if self.took("("):
            what = Aggregate(word.text.upper(), self.name())
            self.expect(")")
        named = self.next.kind == "word" and self.next.text.upper() != "FROM"
        return Item(what, self.take().text if named else None)

    def offset(self) -> int:
        rows = self.whole_number()
        if rows > MOST_OFFSET:
            raise Refused("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MOST_OFFSET}")
        return rows

    def order(self) -> Order:
        field = self.name()
        descending = self.took("DESC")
        if not descending:
            self.took("ASC")
        nulls_last = False
        if self.took("NULLS"):
            nulls_last = self.took("LAST")
            if not nulls_last:
                self.expect("FIRST")
        return Order(field, descending, nulls_last)

    def condition(self) -> Condition:
        if self.took("NOT"):
            return Not(self.term())
        parts, operator = [self.term()], self.next.text.upper()
        while operator in ("AND", "OR") and self.took(operator):
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else Both(operator, tuple(parts))

    def term(self) -> Condition:
        if self.took("("):
            inside = self.condition()
            self.expect(")")
            return inside
        return self.compare()

    def compare(self) -> Compare:
        field = self.name()
        if self.next.kind == "sign" and self.next.text not in ("(", ")", ","):
            sign = self.take().text.replace("<>", "!=")
            return Compare(field, sign, (self.literal(),))
        if self.took("LIKE"):
            return Compare(field, "LIKE", (self.literal(),))
        operator = "NOT IN" if self.took("NOT") else "IN"
        self.expect("IN")
        self.expect("(")
        literals = self.several(self.literal)
        self.expect(")")
        return Compare(field, operator, literals)

    def literal(self) -> Literal:
        token = self.next
        if token.kind == "string":
            return self.string(self.take())
        if token.kind == "number":
            return Literal("number", float(self.take().text), token.text)
        if token.kind in ("date", "datetime"):
            return self.day_or_moment(self.take())
        if token.text.lower() in _WORDS:
            value = _WORDS[self.take().text.lower()]
            return Literal("null" if value is None else "boolean", value, token.text)
        return self.unexpected()

    def string(self, token: Token) -> Literal:
        raw = token.text[1:-1]
        if len(raw) > LONGEST_STRING:
            complain(self.text, token.at, f"string literal is longer than {LONGEST_STRING} characters")

        def plain(match: re.Match[str]) -> str:
            sign = match[1]
            if sign[0] == "u" and len(sign) == 5:
                return chr(int(sign[1:], 16))
            if sign not in ESCAPES and sign not in "_%":
                words = f"Illegal character sequence '\\{sign}' in string literal."
                complain(self.text, token.at, f"Invalid string literal '{raw}'. {words}")
            return ESCAPES.get(sign, sign)

        return Literal("string", _ESCAPE.sub(plain, raw), raw)

    def day_or_moment(self, token: Token) -> Literal:
        try:
            if token.kind == "date":
                return Literal("date", date.fromisoformat(token.text).isoformat(), token.text)
            return Literal("datetime", stamp(moment(token.text)), token.text)
        except ValueError:
            complain(self.text, token.at, f"line 1:{token.at} no viable alternative at input '{token.text}'")

    # Steps

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def took(self, word: str) -> bool:
        if self.next.kind in ("word", "sign") and self.next.text.upper() == word:
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.took(word):
            self.unexpected()

    def name(self) -> Token:
        if self.next.kind != "word":
            self.unexpected()
        return self.take()

    def whole_number(self) -> int:
        if self.next.kind != "number" or not self.next.text.isdigit():
            self.unexpected()
        return int(self.take().text)

    def several(self, one: Callable[[], Part]) -> tuple[Part, ...]:
        found = [one()]
        while self.took(","):
            found.append(one())
        return tuple(found)

    def unexpected(self) -> NoReturn:
        token = self.next
        what = "<EOF>" if token.kind == "end" else token.text
        complain(self.text, token.at, f"unexpected token: '{what}'")
