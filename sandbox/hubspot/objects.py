"""Records over HTTP: list, read, create, change, archive, merge, search, batches.

Source   developers.hubspot.com, "Objects" (2026-09) and their legacy paths
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Response, request

from sandbox.hubspot import asking, batches
from sandbox.hubspot.asking import Wanted
from sandbox.hubspot.batches import Batch
from sandbox.hubspot.checking import Hand
from sandbox.hubspot.errors import not_found, validation
from sandbox.hubspot.linking import create_links
from sandbox.hubspot.properties import OPEN
from sandbox.hubspot.search import filters_of, search
from sandbox.hubspot.shape import shape
from sandbox.hubspot.tables import Record

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

NO_ARCHIVED_PAGING = {"meetings": "0-47 (MEETING_EVENT)", "communications": "0-18 (COMMUNICATION)"}
ON_PAGE, ON_PAGE_WITH_HISTORY = 100, 50


def add_routes(route: Route, hub: HubSpot) -> None:
    on = Objects(hub)

    def at(rest: str, handler: Callable[..., Response], method: str = "GET") -> None:
        route("crm/objects", "crm/v3/objects", rest, handler, method)

    at("/<t>", on.listed)
    at("/<t>", on.create, "POST")
    at("/<t>/search", on.search, "POST")
    at("/<t>/merge", on.merge, "POST")
    at("/<t>/batch/<any(read,create,update,upsert,archive):verb>", on.batch, "POST")
    at("/<t>/<id_>", on.one)
    at("/<t>/<id_>", on.update, "PATCH")
    at("/<t>/<id_>", on.delete, "DELETE")


class Objects:
    def __init__(self, hub: HubSpot) -> None:
        self.hub, self.portal = hub, hub.portal

    def listed(self, t: str) -> Response:
        """Oldest first, by id; the cursor is the last id seen."""
        kind, archived, wanted = self.hub.kind(t), asking.flag("archived"), self._wanted(t)
        if archived and kind in NO_ARCHIVED_PAGING:
            raise validation(
                f"Paging through deleted objects is not yet supported for object type {NO_ARCHIVED_PAGING[kind]}"
            )
        most = ON_PAGE_WITH_HISTORY if wanted.history else ON_PAGE
        size = min(asking.limit(most), self.hub.page_size)
        rest = self.portal.table(kind).after(asking.number("after", 0))
        rows = list(islice((r for r in rest if r.archived is archived and not r.consumed), size + 1))
        answer: dict[str, Any] = {"results": [shape(self.portal, r, wanted) for r in rows[:size]]}
        if len(rows) > size:
            after = rows[size - 1].id
            answer["paging"] = {"next": {"after": after, "link": f"{request.base_url}?after={after}"}}
        return self.hub.answer(answer)

    def one(self, t: str, id_: str) -> Response:
        kind = self.hub.kind(t)
        found = self._found(kind, id_, exact=False)
        if not found or found.archived is not asking.flag("archived"):
            raise not_found(id_)
        return self.hub.answer(shape(self.portal, found, self._wanted(t)))

    def create(self, t: str) -> Response:
        kind, body = self._writing(t, 1), self.hub.body()
        hand, given = Hand("api", asking.is_modern()), _properties(body)
        self._demand_sight(kind, given, "write")
        with self.portal.whole():
            record = self.portal.create(kind, given, hand)
            create_links(self.portal, record.key, body.get("associations") or [])
        return self._written(record, given, hand, 201)

    def update(self, t: str, id_: str) -> Response:
        kind = self._writing(t, 1)
        record, given = self._found(kind, id_, exact=True), _properties(self.hub.body())
        if not record:
            raise not_found(id_)
        self._demand_sight(kind, given, "write")
        hand = Hand("api", asking.is_modern())
        self.portal.update(record, given, hand)
        return self._written(record, given, hand)

    def delete(self, t: str, id_: str) -> Response:
        """Twice is once; an id that never was is refused (which of the two is not documented)."""
        kind = self._writing(t, 1)
        if not self.portal.held(kind, id_):
            raise not_found(id_)
        if record := self.portal.exact(kind, id_):
            self.portal.archive(record)
        return self.hub.answer(None, 204)

    def merge(self, t: str) -> Response:
        kind, given = self._writing(t, 2), self.hub.body()
        record = self.portal.merge(kind, str(given.get("primaryObjectId")), str(given.get("objectIdToMerge")))
        return self.hub.answer(shape(self.portal, record, Wanted(("hs_merged_object_ids",))))

    def search(self, t: str) -> Response:
        kind, body = self.hub.kind(t), self.hub.body()
        asked = [str(given.get("propertyName")) for some in filters_of(body) for given in some]
        self._demand_sight(kind, asked, "read")
        wanted = Wanted(self._visible(kind, asking.texts(body, "properties")))
        length = len(request.get_data(as_text=True))
        return self.hub.answer(search(self.portal, kind, body, length, wanted, self.hub.page_size))

    def batch(self, t: str, verb: str) -> Response:
        kind = self.hub.kind(t) if verb == "read" else self._writing(t, self._rows())
        body, batch = self.hub.body(), Batch(self.portal, kind, asking.is_modern())
        if verb == "read":
            properties = self._visible(kind, asking.texts(body, "properties"))
            wanted = Wanted(properties, self._visible(kind, asking.texts(body, "propertiesWithHistory")))
            status, answer = batches.read(batch, body, wanted, archived=asking.flag("archived"))
            return self.hub.answer(answer, status)
        verbs = {v.__name__: v for v in (batches.create, batches.update, batches.upsert, batches.archive)}
        inputs = [given for given in body.get("inputs") or [] if isinstance(given, dict)]
        self._demand_sight(kind, {name for given in inputs for name in _properties(given)}, "write")
        status, answer = verbs[verb](batch, body)
        return self.hub.answer(answer, status)

    def _found(self, kind: str, id_: str, *, exact: bool) -> Record | None:
        """By id or, with idProperty, by a unique value; a property that is not unique leads nowhere."""
        if by := request.args.get("idProperty"):
            return self.portal.by_unique(kind, by, id_)
        return self.portal.exact(kind, id_) if exact else self.portal.get(kind, id_)

    def _written(self, record: Record, given: dict[str, Any], hand: Hand, status: int = 200) -> Response:
        row = shape(self.portal, record, Wanted(tuple(given)))
        return self.hub.answer({**row, "warnings": hand.warnings} if hand.warnings else row, status)

    def _wanted(self, t: str) -> Wanted:
        kind = self.hub.named(t)
        links = tuple(dict.fromkeys(self.hub.named(name) for name in asking.names("associations")))
        properties = self._visible(kind, asking.names("properties"))
        return Wanted(properties, self._visible(kind, asking.names("propertiesWithHistory")), links)

    def _visible(self, kind: str, names: list[str]) -> tuple[str, ...]:
        """Without those whose values this key may not see."""
        return tuple(name for name in names if not self._hidden(kind, name, "read"))

    def _demand_sight(self, kind: str, names: Any, needs: str) -> None:
        for name in names:
            if scope := self._hidden(kind, name, needs):
                self.hub.need(scope)

    def _hidden(self, kind: str, name: str, needs: str) -> str | None:
        """The scope that is missing for a sensitive property."""
        found = self.portal.schema.find(kind, name)
        if not found or found.sensitivity == OPEN:
            return None
        scope = f"crm.objects.{self.portal.schema.kinds[kind].scopes}.{found.sensitivity}.{needs}.v2"
        return None if self.hub.has(scope) else scope

    def _writing(self, t: str, rows: int) -> str:
        request.environ["sandbox.rows"] = rows
        return self.hub.kind(t, "write")

    def _rows(self) -> int:
        """How many rows the request says it writes, before anybody has looked at it."""
        content = asking.content()
        inputs = content.get("inputs") if isinstance(content, dict) else None
        return len(inputs) if isinstance(inputs, list) else 0


def _properties(body: dict[str, Any]) -> dict[str, Any]:
    given = body.get("properties") or {}
    if not isinstance(given, dict):
        raise validation("Invalid input JSON on line 1, column 1")
    return given
