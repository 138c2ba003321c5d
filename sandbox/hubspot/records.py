"""What the portal holds, and what happens when it changes: stamps, unique values, archive, merge, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sandbox.hubspot.errors import Refusal, envelope, invalid_properties
from sandbox.hubspot.properties import REQUIRED, SCHEMA, Property, checked, created_name, iso, modified_name

History = list[tuple[datetime, str, str, str, str | None, str | None]]


@dataclass(slots=True)
class Record:
    id: str
    kind: str
    properties: dict[str, str | None]
    archived: bool = False
    consumed: bool = False  # merged away: in no list, search or archive any more

    def wire(self, names: list[str] | tuple[str, ...]) -> dict[str, Any]:
        shown = dict.fromkeys((*names, "hs_object_id", created_name(self.kind), modified_name(self.kind)))
        known = {p.name for p in SCHEMA[self.kind]}
        return {
            "id": self.id,
            "properties": {name: self.properties.get(name) for name in shown if name in known},
            "createdAt": self.properties[created_name(self.kind)],
            "updatedAt": self.properties[modified_name(self.kind)],
            "archived": self.archived,
        }


@dataclass
class Portal:
    now: Callable[[], datetime]
    records: dict[str, Record] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)  # id -> ids, both ways
    survivors: dict[str, str] = field(default_factory=dict)  # consumed id -> the record it became
    history: History = field(default_factory=list)
    last_id: int = 900_000_000

    def all(self, kind: str, archived: bool = False) -> Iterator[Record]:
        return (r for r in self.records.values() if r.kind == kind and r.archived is archived and not r.consumed)

    def get(self, kind: str, id_: str) -> Record | None:
        """By id; a consumed id leads to its survivor."""
        found = self.records.get(self.survivors.get(id_, id_))
        return found if found and found.kind == kind and not found.consumed else None

    def exact(self, kind: str, id_: str) -> Record | None:
        """By an id that is a live record's own."""
        found = self.records.get(id_)
        return found if found and found.kind == kind and not (found.archived or found.consumed) else None

    def by_unique(self, kind: str, name: str, value: str) -> Record | None:
        return next((r for r in self.all(kind) if r.properties.get(name) == value), None)

    def create(self, kind: str, given: Mapping[str, Any], who: str, at: datetime | None = None) -> Record:
        values = self.check(kind, given, None, normalise=True)
        missing = [name for name in REQUIRED.get(kind, ()) if not values.get(name)]
        if missing:
            raise invalid_properties(
                [(n, "MISSING_REQUIRED_PROPERTY", f"A value for {n} must be provided") for n in missing]
            )
        if kind == "companies" and not (values.get("name") or values.get("domain")):
            raise invalid_properties(
                [("name", "MISSING_REQUIRED_PROPERTY", "A value for name or domain must be provided")]
            )
        self.last_id += 1
        stamp = iso(at or self.now())
        set_by_hubspot = {"hs_object_id": str(self.last_id), created_name(kind): stamp, modified_name(kind): stamp}
        record = Record(str(self.last_id), kind, {**values, **set_by_hubspot})
        self.records[record.id] = record
        self._remember(record.id, who, {}, values)
        return record

    def update(self, record: Record, given: Mapping[str, Any], who: str, *, normalise: bool = True) -> None:
        values = self.check(record.kind, given, record, normalise=normalise)
        self._remember(record.id, who, record.properties, values)
        record.properties.update(values)
        self.touch(record)

    def touch(self, record: Record) -> None:
        record.properties[modified_name(record.kind)] = iso(self.now())

    def check(
        self, kind: str, given: Mapping[str, Any], record: Record | None, *, normalise: bool
    ) -> dict[str, str | None]:
        """The values as they are kept; all that is wrong with them at once."""
        schema: dict[str, Property] = {p.name: p for p in SCHEMA[kind]}
        values, wrong = {}, []
        for name, value in given.items():
            if name not in schema:
                wrong.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
                continue
            values[name], problem = checked(schema[name], value, normalise=normalise)
            if problem:
                wrong.append((name, *problem))
            elif schema[name].unique and values[name]:
                holder = self.by_unique(kind, name, str(values[name]))
                if holder and holder is not record:
                    wrong.append((name, "CONFLICTING_UNIQUE_VALUE", f"{holder.id} already has that value."))
        if wrong:
            raise invalid_properties(wrong)
        return values

    def archive(self, record: Record) -> None:
        record.archived = True
        self.touch(record)

    def link(self, one: str, other: str) -> None:
        for here, there in ((one, other), (other, one)):
            linked = self.links.setdefault(here, [])
            if there not in linked:
                linked.append(there)

    def linked(self, id_: str, kind: str) -> list[str]:
        return [other for other in self.links.get(id_, []) if self.exact(kind, other)]

    def merge(self, kind: str, primary: str, other: str) -> Record:
        """Both ids are consumed; a record with a new id takes their place and their associations."""
        kept, lost = self.exact(kind, primary), self.exact(kind, other)
        if not kept or not lost or kept is lost:
            raise Refusal(400, envelope("Invalid merge request", "VALIDATION_ERROR"))
        self.last_id += 1
        values = {**{k: v for k, v in lost.properties.items() if v}, **{k: v for k, v in kept.properties.items() if v}}
        merged = ";".join(
            i for r in (kept, lost) for i in (*(r.properties.get("hs_merged_object_ids") or "").split(";"), r.id) if i
        )
        fresh = Record(
            str(self.last_id), kind, {**values, "hs_object_id": str(self.last_id), "hs_merged_object_ids": merged}
        )
        self.records[fresh.id] = fresh
        for old in (kept, lost):
            old.consumed = True
            for linked in self.links.pop(old.id, []):
                self.links[linked].remove(old.id)
                self.link(linked, fresh.id)
        self.survivors |= dict.fromkeys((kept.id, lost.id, *self._became(kept.id), *self._became(lost.id)), fresh.id)
        self.touch(fresh)
        return fresh

    def _became(self, id_: str) -> list[str]:
        return [old for old, new in self.survivors.items() if new == id_]

    def _remember(self, id_: str, who: str, before: Mapping[str, str | None], values: Mapping[str, str | None]) -> None:
        for name, value in values.items():
            if before.get(name) != value:
                self.history.append((self.now(), who, id_, name, before.get(name), value))

    def dump(self) -> dict[str, Any]:
        return {
            "records": [asdict(record) for record in self.records.values()],
            "links": self.links,
            "survivors": self.survivors,
            "last_id": self.last_id,
        }

    def load(self, content: dict[str, Any]) -> None:
        self.records = {row["id"]: Record(**row) for row in content["records"]}
        self.links, self.survivors = content["links"], content["survivors"]
        self.last_id = content["last_id"]
