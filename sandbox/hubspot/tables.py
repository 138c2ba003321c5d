"""Records of one type, in the order of their ids, and by their unique values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from sandbox.hubspot.kinds import created_name, modified_name

SOURCES = {"api": "INTEGRATION", "person": "CRM_UI"}  # who made or changed it, in HubSpot's words


@dataclass(slots=True)
class Record:
    id: str
    kind: str
    properties: dict[str, str | None]
    archived: bool = False
    consumed: bool = False  # merged away: in no list, search or archive any more
    archived_at: str = ""
    source: str = "person"  # who made it
    past: dict[str, list[list[str | None]]] = field(default_factory=dict)  # value, stamp, who: of what was changed

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.id

    @property
    def created(self) -> str:
        return str(self.properties[created_name(self.kind)])

    @property
    def modified(self) -> str:
        return str(self.properties[modified_name(self.kind)])

    @property
    def live(self) -> bool:
        return not (self.archived or self.consumed)

    def copy(self) -> Record:
        return replace(self, properties=dict(self.properties), past={k: list(v) for k, v in self.past.items()})

    def put(self, name: str, value: str | None, at: str, who: str) -> None:
        """A value, and its line in the history of the property."""
        held = self.properties.get(name)
        if held == value:
            return
        lines = self.past.setdefault(name, [])
        if not lines and held is not None:
            lines.append([held, self.created, self.source])
        lines.append([value, at, who])
        self.properties[name] = value

    def history(self, name: str) -> list[list[str | None]]:
        """Newest first; what was never changed stands since the record was made."""
        held = self.properties.get(name)
        first: list[list[str | None]] = [[held, self.created, self.source]] if held is not None else []
        return list(reversed(self.past.get(name, first)))


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, Record] = {}
        self._order: list[Record] = []
        self._holders: dict[str, dict[str, str]] = {}  # property -> value -> id, of live records

    def add(self, record: Record) -> None:
        self.rows[record.id] = record
        insort(self._order, record, key=_number)
        self.index(record)

    def remove(self, record: Record) -> None:
        self.unindex(record)
        del self.rows[record.id]
        self._order.pop(bisect_left(self._order, int(record.id), key=_number))

    def after(self, id_: int = 0) -> Iterator[Record]:
        """In the order of ids, from behind this one."""
        return islice(self._order, bisect_right(self._order, id_, key=_number), None)

    def holder(self, name: str, value: str) -> Record | None:
        """The live record that has this value; the index of a property is made when it is first asked for."""
        if name not in self._holders:
            self._holders[name] = {str(v): r.id for r in self.after() if r.live and (v := r.properties.get(name))}
        id_ = self._holders[name].get(value)
        return self.rows[id_] if id_ else None

    def index(self, record: Record) -> None:
        for name, held in self._holders.items():
            if record.live and (value := record.properties.get(name)):
                held[value] = record.id

    def unindex(self, record: Record) -> None:
        for name, held in self._holders.items():
            value = record.properties.get(name)
            if value and held.get(value) == record.id:
                del held[value]

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(record) for record in self.after()]


def _number(record: Record) -> int:
    return int(record.id)
