"""Finds records by a text in a field, without reading them all: unique keys, owners' addresses, accounts' activities.

An index is made of a field when it is first asked for. It remembers every record that ever had the text, and
whoever asks looks at the records themselves.
"""

from __future__ import annotations

from sandbox.salesforce.values import Record, Value

Tables = dict[str, dict[str, Record]]


class Lookup:
    def __init__(self) -> None:
        self._fields: dict[tuple[str, str], dict[str, set[str]]] = {}

    def find(self, tables: Tables, kind: str, field: str, value: str) -> Record | None:
        """The oldest living record with this text."""
        return next((r for r in self.every(tables, kind, field, value) if not r.get("IsDeleted")), None)

    def every(self, tables: Tables, kind: str, field: str, value: str) -> list[Record]:
        """All with this text, the oldest first; Salesforce compares without case."""
        table, wanted = tables[kind], value.lower()
        keys = self._index(table, kind, field).get(wanted, ())
        rows = (table[key] for key in sorted(keys) if key in table)
        return [row for row in rows if _lower(row[field]) == wanted]

    def note(self, tables: Tables, key: str, values: Record) -> None:
        """The record is given these values."""
        for (kind, field), index in self._fields.items():
            if field in values and key in tables[kind]:
                index.setdefault(_lower(values[field]), set()).add(key)

    def forget(self) -> None:
        self._fields.clear()

    def _index(self, table: dict[str, Record], kind: str, field: str) -> dict[str, set[str]]:
        index = self._fields.get((kind, field))
        if index is None:
            index = self._fields[kind, field] = {}
            for key, record in table.items():
                index.setdefault(_lower(record[field]), set()).add(key)
        return index


def _lower(value: Value) -> str:
    return str(value or "").lower()
