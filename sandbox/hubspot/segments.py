"""The lists of a portal, which people now call segments, and who is in them.

A DYNAMIC list has whoever passes its filters at the moment of asking; a record joined when it was last changed, or
when the filters were. A MANUAL list has whom it was given. A SNAPSHOT was filled once, by its filters.

Source   developers.hubspot.com, "Lists": names are unique; restored within 90 days
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.hubspot import rollups
from sandbox.hubspot.errors import Refusal, envelope, validation
from sandbox.hubspot.listfilters import Properties, check, passes
from sandbox.hubspot.moments import Body, Now
from sandbox.hubspot.records import Portal
from sandbox.hubspot.tables import Record
from sandbox.hubspot.values import iso

PROCESSING = ("MANUAL", "DYNAMIC", "SNAPSHOT")
KEPT = timedelta(days=90)
USER = "40000001"


@dataclass
class Segment:
    id: str
    name: str
    kind: str
    type_id: str
    processing: str
    created: str
    updated: str
    filtered: str
    filters: Body | None = None
    custom: dict[str, str] = field(default_factory=dict)
    version: int = 1
    deleted: str | None = None
    joined: dict[str, str] = field(default_factory=dict)  # record -> since when
    first: dict[str, str] = field(default_factory=dict)  # record -> since when for the first time

    def wire(self, *, with_filters: bool) -> Body:
        return {
            **self.head(),
            "listPermissions": {"teamsWithEditAccess": [], "usersWithEditAccess": []},
            "membershipSettings": {"membershipTeamId": None, "includeUnassigned": None},
            **({"filterBranch": self.filters} if with_filters and self.filters else {}),
        }

    def head(self) -> Body:
        return {
            "listId": self.id,
            "listVersion": self.version,
            "createdAt": self.created,
            "updatedAt": self.updated,
            "filtersUpdatedAt": self.filtered,
            "processingStatus": "COMPLETE",
            "createdById": USER,
            "updatedById": USER,
            "processingType": self.processing,
            "objectTypeId": self.type_id,
            "name": self.name,
        }


class Segments:
    def __init__(self, portal: Portal, zone: ZoneInfo) -> None:
        self._portal, self._zone = portal, zone
        self.held: dict[str, Segment] = {}
        self.last_id = 0

    def live(self) -> list[Segment]:
        return [segment for segment in self.held.values() if not segment.deleted]

    def get(self, id_: str) -> Segment:
        found = self.held.get(id_)
        if not found or found.deleted:
            raise _none(f"List does not exist with ID {id_}.")
        return found

    def named(self, kind: str, name: str) -> Segment:
        found = next((s for s in self.live() if s.kind == kind and s.name.lower() == name.lower()), None)
        if not found:
            raise _none(f"List does not exist with name {name}.")
        return found

    def create(self, given: Body, kind: str) -> Segment:
        processing, filters = given["processingType"], given.get("filterBranch")
        if processing not in PROCESSING:
            raise validation(f"processingType must be one of {', '.join(PROCESSING)}, not {processing}.")
        if (processing == "DYNAMIC" and not filters) or (processing == "MANUAL" and filters):
            raise validation(f"A {processing} list must have {'filters' if not filters else 'no filters'}.")
        name = self._free(given["name"])
        if filters:
            check(filters, self._properties(kind), self._now())
        self.last_id += 1
        stamp, custom = iso(self._portal.now()), dict(given.get("customProperties") or {})
        segment = Segment(
            str(self.last_id), name, kind, given["objectTypeId"], processing, stamp, stamp, stamp, filters, custom
        )
        self.held[segment.id] = segment
        if processing == "SNAPSHOT" and filters:
            self.add(segment, [record.id for record in self._passing(segment)])
        return segment

    def rename(self, segment: Segment, name: str) -> None:
        segment.name = self._free(name, segment)
        segment.updated = iso(self._portal.now())

    def refilter(self, segment: Segment, filters: Any) -> None:
        if segment.processing != "DYNAMIC":
            raise validation(f"The filters of a {segment.processing} list cannot be updated.")
        check(filters, self._properties(segment.kind), self._now())
        segment.filters, segment.version = filters, segment.version + 1
        segment.filtered = segment.updated = iso(self._portal.now())

    def delete(self, segment: Segment) -> None:
        segment.deleted = iso(self._portal.now())

    def restore(self, id_: str) -> None:
        found = self.held.get(id_)
        if not found or not found.deleted or self._portal.now() - datetime.fromisoformat(found.deleted) > KEPT:
            raise _none(f"List does not exist with ID {id_}, or can no longer be restored.")
        self._free(found.name, found)
        found.deleted = None

    # Who is in a list

    def members(self, segment: Segment) -> dict[str, str]:
        """Records, and since when."""
        if segment.processing == "DYNAMIC":
            self._evaluate(segment)
        return {id_: at for id_, at in segment.joined.items() if self._portal.exact(segment.kind, id_)}

    def add(self, segment: Segment, ids: Iterable[str]) -> None:
        stamp = iso(self._portal.now())
        for id_ in ids:
            segment.joined[id_] = stamp
            segment.first.setdefault(id_, stamp)

    def remove(self, segment: Segment, ids: Iterable[str]) -> None:
        for id_ in ids:
            segment.joined.pop(id_, None)

    def _evaluate(self, segment: Segment) -> None:
        since = {record.id: max(segment.filtered, record.modified) for record in self._passing(segment)}
        segment.joined = {id_: segment.joined.get(id_, at) for id_, at in since.items()}
        segment.first = {**segment.joined, **segment.first}

    def _passing(self, segment: Segment) -> list[Record]:
        rollups.catch_up(self._portal)
        now, filters = self._now(), segment.filters or {}
        return [record for record in self._portal.all(segment.kind) if passes(record.properties, filters, now)]

    def _properties(self, kind: str) -> Properties:
        return {found.name: found for found in self._portal.schema.properties[kind].values() if not found.archived}

    def _now(self) -> Now:
        return Now(self._portal.now(), self._zone)

    def _free(self, name: Any, but: Segment | None = None) -> str:
        if not isinstance(name, str) or not name.strip():
            raise validation("A list must have a name.")
        if any(s.name.lower() == name.lower() for s in self.live() if s is not but):
            text = f"A list with the name '{name}' already exists."
            raise validation(text, subCategory="ILS.DUPLICATE_LIST_NAMES")
        return name

    def dump(self) -> dict[str, Any]:
        return {"lists": [asdict(segment) for segment in self.held.values()], "last_list": self.last_id}

    def load(self, content: dict[str, Any]) -> None:
        self.held = {row["id"]: Segment(**row) for row in content.get("lists", [])}
        self.last_id = content.get("last_list", 0)


def _none(text: str) -> Refusal:
    return Refusal(404, envelope(text, "OBJECT_NOT_FOUND"))
