"""Fields as a query reaches them: of the object itself, or of a parent by up to five steps.

A lookup that may name several objects, as Task.What, leads to what they have in common: id, name and type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from sandbox.salesforce.records import Records
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.syntax import Statement, Token, complain
from sandbox.salesforce.values import Record, Value

_STEPS = 5  # SOQL and SOSL Reference, child-to-parent relationships
_HINT = (
    "If you are attempting to use a custom {0}, be sure to append the '__c' after the {1} name. Please "
    "reference your WSDL or the describe call for the appropriate names."
)
_COMMON = (
    Field(name="Id", label="Name ID", type="id", length=18),
    Field(name="Name", label="Full Name", length=255),
    Field(name="Type", label="Type", length=40),
)
NAME = Kind("Name", "Name", "", {field.name: field for field in _COMMON}, writable=False)


@dataclass(frozen=True, slots=True)
class Column:
    kind: Kind
    field: Field
    links: tuple[Field, ...] = ()


class Names:
    """What the words of a statement stand for in this org."""

    def __init__(self, records: Records, statement: Statement) -> None:
        self.records, self.statement = records, statement
        self.kind = self._kind(statement.kind)

    def _kind(self, token: Token) -> Kind:
        kind = self.records.find_kind(token.text)
        if kind is None:
            words = f"sObject type '{token.text}' is not supported. {_HINT.format('object', 'entity')}"
            complain(self.statement.text, token.at, words, "INVALID_TYPE")
        return kind

    def column(self, token: Token) -> Column:
        *steps, name = token.text.split(".")
        kind, links = self.kind, list[Field]()
        if len(steps) > _STEPS:
            self._refuse(token, f"only {_STEPS} levels of a relationship may be traversed")
        for step in steps:
            link = kind.parent(step)
            if link is None or self.records.field(kind, link.name) is None:
                words = f"Didn't understand relationship '{step}' in field path."
                self._refuse(token, f"{words} {_HINT.format('relationship', 'relationship')}")
            links.append(link)
            kind = self._parent_kind(link, token)
        return Column(kind, self._field(kind, name, token), tuple(links))

    def _parent_kind(self, link: Field, token: Token) -> Kind:
        if len(link.to) > 1:
            return NAME
        if link.to[0] not in self.records.kinds:
            self._refuse(token, f"Didn't understand relationship '{link.relation}' in field path.")
        return self.records.kinds[link.to[0]]

    def _field(self, kind: Kind, name: str, token: Token) -> Field:
        field = kind.find(name) if kind is NAME else self.records.field(kind, name)
        if field is None:
            words = f"No such column '{name}' on entity '{kind.name}'. {_HINT.format('field', 'custom field')}"
            self._refuse(token, words)
        return field

    def _refuse(self, token: Token, words: str) -> NoReturn:
        complain(self.statement.text, token.at, words, "INVALID_FIELD")

    # Values

    def value(self, row: Record, column: Column) -> Value:
        found: Record | None = row
        for link in column.links:
            found = self.records.get(found[link.name]) if found else None
        if found is None:
            return None
        if column.kind is NAME and column.field.name == "Type":
            return self.true_kind(found).name
        if column.field.name == "IsArchived":
            return self.is_archived(found)
        return found[column.field.name]

    def true_kind(self, row: Record) -> Kind:
        return self.records.kind_of(str(row["Id"])) or self.kind

    def is_archived(self, row: Record) -> bool:
        return "IsArchived" in row and self.records.is_archived(row)

    def laid_out(self, row: Record, columns: list[Column], base: str) -> dict[str, Any]:
        out: dict[str, Any] = {"attributes": self._attributes(row, base)}
        for column in columns:
            self._lay(out, row, column, base)
        return out

    def _lay(self, out: dict[str, Any], row: Record, column: Column, base: str) -> None:
        at: Record | None = row
        for link in column.links:
            at = self.records.get(at[link.name]) if at else None
            if at is None:
                out.setdefault(str(link.relation), None)
                return
            out = out.setdefault(str(link.relation), {"attributes": self._attributes(at, base)})
        out[column.field.name] = self.value(row, column)

    def _attributes(self, row: Record, base: str) -> dict[str, Any]:
        name = self.true_kind(row).name
        return {"type": name, "url": f"{base}/sobjects/{name}/{row['Id']}"}
