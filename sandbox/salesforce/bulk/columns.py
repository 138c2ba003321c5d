"""What the header of an upload names: fields of the object, or the key of a parent (Owner.Email, NPI__c of What).

A name that is not there fails the whole job: misspelt, with a byte order mark, or of a field that the login may
not see. A parent that may be of several objects is named with its own: Account:What.NPI__c.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.salesforce.bulk.cells import CLEARED, READS
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.records import Records
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.values import Value

_POLYMORPHIC = ("WhoId", "WhatId")
_LOOKED_UP = {("User", "Email"), ("User", "Username")}  # besides external ids: idLookup in the describe


class Unreadable(Exception):
    """The job fails with these words."""


@dataclass(frozen=True, slots=True)
class Column:
    field: Field  # that is written
    parent: tuple[Kind, Field] | None = None  # by which it is found

    def value(self, records: Records, cell: str) -> Value:
        if cell == CLEARED:
            return None
        if self.parent:
            return self._found(records, *self.parent, cell)
        read = READS.get(self.field.type)
        return read(self.field, cell) if read else cell

    def _found(self, records: Records, kind: Kind, key: Field, cell: str) -> Value:
        found = records.find(kind.name, key.name, cell)
        if found is None:
            words = f"Foreign key external ID: {cell} not found for field {key.name} in entity {kind.name}"
            raise Refused("INVALID_FIELD", words)
        return found["Id"]


def columns_of(records: Records, kind: Kind, header: Sequence[str]) -> list[Column]:
    columns = [_column(records, kind, name) for name in header]
    for n, column in enumerate(columns):
        if column.field in [other.field for other in columns[:n]]:
            raise Unreadable(f"InvalidBatch : Duplicate field name : {header[n]}")
    return columns


def _column(records: Records, kind: Kind, name: str) -> Column:
    path, _, last = name.rpartition(".")
    if not path:
        field = records.field(kind, name)
        column = Column(field) if field else None
    else:
        column = _by_parent(records, kind, path, last)
    if column is None:
        raise Unreadable(f"InvalidBatch : Field name not found : {name}")
    return column


def _by_parent(records: Records, kind: Kind, path: str, last: str) -> Column | None:
    named, _, relation = path.rpartition(":")
    link = kind.parent(relation)
    if link is None or records.field(kind, link.name) is None or bool(named) is not (link.name in _POLYMORPHIC):
        return None
    target = next((records.kinds[n] for n in link.to if n in records.kinds and named.lower() in ("", n.lower())), None)
    key = records.field(target, last) if target else None
    if target is None or key is None or not (key.key or (target.name, key.name) in _LOOKED_UP):
        return None
    return Column(link, (target, key))
