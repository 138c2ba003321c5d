"""Paths to handlers. Each family answers under its dated path and its legacy one.

Source   developers.hubspot.com, "Date-based versions": 2026-03 and 2026-09 (2025-09 still answers)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from sandbox.hubspot import batches
from sandbox.hubspot.errors import Refusal, envelope, not_found, validation
from sandbox.hubspot.properties import SCHEMA, iso
from sandbox.hubspot.search import search

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot

DATED = ("2025-09", "2026-03", "2026-09")
NO_ARCHIVED_PAGING = {"meetings": "0-47 (MEETING_EVENT)", "communications": "0-18 (COMMUNICATION)"}


def add_routes(flask: Flask, hub: HubSpot) -> None:
    """Literal paths go first; `<t>` is an object type."""

    def route(family: str, legacy: str, rest: str, handler: Callable[..., Response], *methods: str) -> None:
        paths = [f"/{legacy}{rest}", *(f"/{family}/{version}{rest}" for version in DATED)]
        for path in paths:
            flask.add_url_rule(path, path + "".join(methods), handler, methods=list(methods) or ["GET"])

    objects, links = ("crm/objects", "crm/v3/objects"), ("crm/associations", "crm/v4/associations")
    handlers = Handlers(hub)
    route("account-info", "account-info/v3", "/details", handlers.details)
    route("account-info", "account-info/v3", "/api-usage/daily/private-apps", handlers.usage)
    route("crm/properties", "crm/v3/properties", "/<t>", handlers.properties)
    route("crm/properties", "crm/v3/properties", "/<t>/<name>", handlers.one_property)
    route("crm/owners", "crm/v3/owners", "", handlers.owners)
    route(*objects, "/<t>", handlers.listed)
    route(*objects, "/<t>", handlers.create, "POST")
    route(*objects, "/<t>/search", handlers.search, "POST")
    route(*objects, "/<t>/merge", handlers.merge, "POST")
    route(*objects, "/<t>/batch/<verb>", handlers.batch, "POST")
    route(*objects, "/<t>/<id_>", handlers.one)
    route(*objects, "/<t>/<id_>", handlers.update, "PATCH")
    route(*objects, "/<t>/<id_>", handlers.delete, "DELETE")
    route(*objects, "/<t>/<id_>/associations/<to>", handlers.linked)
    route(*objects, "/<t>/<id_>/associations/default/<to>/<to_id>", handlers.link, "PUT")
    route(*links, "/<t>/<to>/batch/read", handlers.read_links, "POST")


class Handlers:
    def __init__(self, hub: HubSpot) -> None:
        self.hub, self.portal = hub, hub.portal

    def details(self) -> Response:
        self._plain()
        zone = {"timeZone": "US/Central", "utcOffset": "-06:00", "utcOffsetMilliseconds": -21_600_000}
        told = {"portalId": 20_000_001, "accountType": "DEVELOPER_TEST", "companyCurrency": "USD", **zone}
        return self.hub.answer({**told, "additionalCurrencies": [], "uiDomain": "app.hubspot.com"})

    def usage(self) -> Response:
        self._plain()
        rates = self.hub.rates
        used = {"usageLimit": rates.daily, "currentUsage": rates.used, "fetchStatus": "SUCCESS"}
        return self.hub.answer({"results": [{"name": "private-apps-api-calls-daily", **used}]})

    def owners(self) -> Response:
        self._plain("crm.objects.owners.read")
        return self.hub.answer({"results": self.hub.owners.wire()})

    def properties(self, t: str) -> Response:
        return self.hub.answer({"results": [p.wire() for p in SCHEMA[self.hub.kind(t)]]})

    def one_property(self, t: str, name: str) -> Response:
        found = next((p for p in SCHEMA[self.hub.kind(t)] if p.name == name), None)
        if not found:
            raise Refusal(404, envelope(f"Property {name} does not exist", "OBJECT_NOT_FOUND"))
        return self.hub.answer(found.wire())

    def listed(self, t: str) -> Response:
        """Oldest first, by id; the cursor is the last id seen."""
        kind, archived = self.hub.kind(t), request.args.get("archived", "false").lower() == "true"
        limit = int(request.args.get("limit", 10))
        if archived and kind in NO_ARCHIVED_PAGING:
            raise validation(
                f"Paging through deleted objects is not yet supported for object type {NO_ARCHIVED_PAGING[kind]}"
            )
        if limit > 100:
            raise validation(f"limit must be at most 100, not {limit}.")
        after = int(request.args.get("after") or 0)
        rest = sorted((r for r in self.portal.all(kind, archived) if int(r.id) > after), key=lambda r: int(r.id))
        size = min(limit, self.hub.page_size)
        answer: dict[str, Any] = {"results": [r.wire(self._names()) for r in rest[:size]]}
        if len(rest) > size:
            answer["paging"] = {"next": {"after": rest[size - 1].id, "link": request.url}}
        return self.hub.answer(answer)

    def one(self, t: str, id_: str) -> Response:
        kind = self.hub.kind(t)
        found = self.portal.get(kind, id_)
        if not found or found.archived is not (request.args.get("archived", "false").lower() == "true"):
            raise not_found(id_)
        return self.hub.answer(found.wire(self._names()))

    def create(self, t: str) -> Response:
        kind = self._writing(t, 1)
        given = self.hub.body()
        record = self.portal.create(kind, given.get("properties") or {}, "api")
        for link in given.get("associations") or []:
            self.portal.link(record.id, str(link["to"]["id"]))
        return self.hub.answer(record.wire(list(given.get("properties") or {})), 201)

    def update(self, t: str, id_: str) -> Response:
        kind = self._writing(t, 1)
        record, given = self.portal.exact(kind, id_), self.hub.body().get("properties") or {}
        if not record:
            raise not_found(id_)
        self.portal.update(record, given, "api", normalise=self._normalises())
        return self.hub.answer(record.wire(list(given)))

    def delete(self, t: str, id_: str) -> Response:
        kind = self._writing(t, 1)
        if record := self.portal.exact(kind, id_):
            self.portal.archive(record)
        return self.hub.answer(None, 204)

    def merge(self, t: str) -> Response:
        kind, given = self._writing(t, 2), self.hub.body()
        record = self.portal.merge(kind, str(given.get("primaryObjectId")), str(given.get("objectIdToMerge")))
        return self.hub.answer(record.wire(["hs_merged_object_ids"]))

    def search(self, t: str) -> Response:
        kind, body = self.hub.kind(t), self.hub.body()
        return self.hub.answer(
            search(
                self.portal,
                kind,
                body,
                len(request.get_data(as_text=True)),
                self.hub.search_lag,
                self.hub.page_size,
            )
        )

    def batch(self, t: str, verb: str) -> Response:
        kind = self.hub.kind(t) if verb == "read" else self._writing(t, self._inputs())
        body, portal, normalise = self.hub.body(), self.portal, self._normalises()
        verbs: dict[str, Callable[[], batches.Answer]] = {
            "read": lambda: batches.read(portal, kind, body),
            "create": lambda: batches.create(portal, kind, body),
            "update": lambda: batches.update(portal, kind, body, normalise=normalise),
            "upsert": lambda: batches.upsert(portal, kind, body, normalise=normalise),
            "archive": lambda: batches.archive(portal, kind, body),
        }
        if verb not in verbs:
            raise Refusal(404, "<html><body>404</body></html>")
        status, answer = verbs[verb]()
        return self.hub.answer(answer, status)

    def read_links(self, t: str, to: str) -> Response:
        kind, other = self.hub.kind(t), self.hub.named(to)
        status, answer = batches.read_links(self.portal, kind, other, self.hub.body())
        return self.hub.answer(answer, status)

    def linked(self, t: str, id_: str, to: str) -> Response:
        self.hub.kind(t)
        other = self.hub.named(to)
        types = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
        found = [{"toObjectId": int(o), "associationTypes": types} for o in self.portal.linked(id_, other)]
        return self.hub.answer({"results": found})

    def link(self, t: str, id_: str, to: str, to_id: str) -> Response:
        self._writing(t, 1)
        self.portal.link(id_, to_id)
        return self.hub.answer({"status": "COMPLETE", "results": [], "completedAt": iso(self.portal.now())})

    def _plain(self, *scopes: str) -> None:
        self.hub.admit()
        self.hub.need(*scopes)
        self.hub.rates.count(search=False, exempt=False)

    def _writing(self, t: str, rows: int) -> str:
        request.environ["sandbox.rows"] = rows
        return self.hub.kind(t, "write")

    def _inputs(self) -> int:
        """How many rows the request says it writes, before anybody has looked at it."""
        content = request.get_json(silent=True)
        inputs = content.get("inputs") if isinstance(content, dict) else None
        return len(inputs) if isinstance(inputs, list) else 0

    def _names(self) -> list[str]:
        """Repeated, or with commas."""
        return [name for part in request.args.getlist("properties") for name in part.split(",") if name]

    def _normalises(self) -> bool:
        return "/2026-09/" in request.path
