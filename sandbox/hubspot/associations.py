"""Associations over HTTP: of one record, of many, and their labels.

Scopes of both types of records are asked for, which is not documented.

Source   developers.hubspot.com, "Associations" (2026-03; v4 until 2027)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Response, request

from sandbox.hubspot import asking, linkbatches, linking
from sandbox.hubspot.answers import complete
from sandbox.hubspot.errors import Refusal, envelope, validation
from sandbox.hubspot.linkbatches import Between
from sandbox.hubspot.linktypes import OWN, LinkType, Pair

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

ON_PAGE = 500


def add_routes(route: Route, hub: HubSpot) -> None:
    on = Associations(hub)

    def at(rest: str, handler: Callable[..., Response], method: str = "GET") -> None:
        route("crm/objects", "crm/v4/objects", f"/<t>/<id_>/associations{rest}", handler, method)

    def among(rest: str, handler: Callable[..., Response], method: str = "GET") -> None:
        route("crm/associations", "crm/v4/associations", f"/<t>/<to>{rest}", handler, method)

    at("/<to>", on.listed)
    at("/<to>/<to_id>", on.link, "PUT")
    at("/<to>/<to_id>", on.unlink, "DELETE")
    at("/default/<to>/<to_id>", on.link_by_default, "PUT")
    among("/labels", on.labels)
    among("/labels", on.create_label, "POST")
    among("/labels", on.change_label, "PUT")
    among("/labels/<int:type_id>", on.delete_label, "DELETE")
    among("/batch/read", on.read, "POST")
    among("/batch/create", on.create, "POST")
    among("/batch/associate/default", on.associate, "POST")
    among("/batch/archive", on.archive, "POST")
    among("/batch/labels/archive", on.archive_labels, "POST")


class Associations:
    def __init__(self, hub: HubSpot) -> None:
        self.hub, self.portal = hub, hub.portal

    def listed(self, t: str, id_: str, to: str) -> Response:
        """An unknown record has none, and is not missed."""
        between, size = self._between(t, to), asking.limit(ON_PAGE, otherwise=ON_PAGE)
        rows, more = linkbatches.page(between, id_, asking.number("after", 0), size)
        link = f"{request.base_url}?after={more}"
        return self.hub.answer(
            {"results": rows, **({"paging": {"next": {"after": more, "link": link}}} if more else {})}
        )

    def link(self, t: str, id_: str, to: str, to_id: str) -> Response:
        between, specs = self._between(t, to, 1), asking.rows(100, "")
        if not specs:
            raise validation("Some required fields were not set: [associationTypeId]")
        here, there = (between.pair[0], id_), (between.pair[1], to_id)
        with self.portal.whole():
            linking.link(self.portal, here, there, between.types(specs))
        return self.hub.answer(between.labels(here, there), 201)

    def link_by_default(self, t: str, id_: str, to: str, to_id: str) -> Response:
        between = self._between(t, to, 1)
        with self.portal.whole():
            told = linkbatches.default(between, (between.pair[0], id_), (between.pair[1], to_id))
        return self.hub.answer(complete(self.portal, told))

    def unlink(self, t: str, id_: str, to: str, to_id: str) -> Response:
        between = self._between(t, to, 1)
        linking.unlink(self.portal, (between.pair[0], id_), (between.pair[1], to_id))
        return self.hub.answer(None, 204)

    def read(self, t: str, to: str) -> Response:
        between = self._between(t, to)
        status, answer = linkbatches.read(between, asking.rows(linkbatches.READ))
        return self.hub.answer(answer, status)

    def create(self, t: str, to: str) -> Response:
        between = self._between(t, to, self._count())
        status, answer = linkbatches.create(between, asking.rows(linkbatches.CREATE))
        return self.hub.answer(answer, status)

    def associate(self, t: str, to: str) -> Response:
        between = self._between(t, to, self._count())
        status, answer = linkbatches.associate(between, asking.rows(linkbatches.CREATE))
        return self.hub.answer(answer, status)

    def archive(self, t: str, to: str) -> Response:
        between = self._between(t, to, self._count())
        linkbatches.archive(between, asking.rows(linkbatches.ARCHIVE))
        return self._archived()

    def archive_labels(self, t: str, to: str) -> Response:
        between = self._between(t, to, self._count())
        linkbatches.archive_labels(between, asking.rows(linkbatches.CREATE))
        return self._archived()

    def _archived(self) -> Response:
        """Nothing on the legacy path, a batch's answer on the dated ones."""
        return self.hub.answer(None, 204) if asking.is_legacy() else self.hub.answer(complete(self.portal, []))

    def labels(self, t: str, to: str) -> Response:
        return self._labels(self.portal.types.of.get(self._between(t, to).pair, []))

    def create_label(self, t: str, to: str) -> Response:
        pair, given = self._between(t, to, 1).pair, self.hub.body()
        if not given.get("label") or not given.get("name"):
            raise validation("Some required fields were not set: [label, name]")
        if any(given["name"] == held.name for held in self.portal.types.of.get(pair, ())):
            raise validation(f"An association type named {given['name']} already exists.")
        one, other = self.portal.types.add(pair, given["name"], given["label"], given.get("inverseLabel"))
        return self._labels([one] if one.id == other.id else [one, other])

    def change_label(self, t: str, to: str) -> Response:
        pair, given = self._between(t, to, 1).pair, self.hub.body()
        held = self._own(pair, given.get("associationTypeId"))
        back, types = self.portal.types.opposite(pair, held), self.portal.types
        if given.get("inverseLabel") and back is not held:
            types.replace((pair[1], pair[0]), back, replace(back, label=given["inverseLabel"]))
        types.replace(pair, held, replace(held, label=given.get("label") or held.label))
        return self.hub.answer(None, 204)

    def delete_label(self, t: str, to: str, type_id: int) -> Response:
        pair = self._between(t, to, 1).pair
        held = self._own(pair, type_id)
        back = self.portal.types.opposite(pair, held)
        for record in self.portal.all(pair[0]):
            for other in list(self.portal.links.of(record.key, pair[1])):
                linking.unlink(self.portal, record.key, (pair[1], other), [held])
        self.portal.types.replace(pair, held)
        if back is not held:
            self.portal.types.replace((pair[1], pair[0]), back)
        return self.hub.answer(None, 204)

    def _labels(self, types: list[LinkType]) -> Response:
        return self.hub.answer({"results": [given.wire() for given in types]})

    def _own(self, pair: Pair, id_: Any) -> LinkType:
        """Only a label that the portal made can be changed."""
        found = self.portal.types.find(pair, OWN, int(id_)) if str(id_).isdigit() else None
        if not found or found.label is None:
            raise Refusal(404, envelope(f"Association label {id_} does not exist", "OBJECT_NOT_FOUND"))
        return found

    def _between(self, t: str, to: str, rows: int | None = None) -> Between:
        if rows is not None:
            request.environ["sandbox.rows"] = rows
        needs = "read" if rows is None else "write"
        kind = self.hub.kind(t, needs, to)
        return Between(self.portal, (kind, self.hub.named(to)))

    def _count(self) -> int:
        content = asking.content()
        inputs = content.get("inputs") if isinstance(content, dict) else None
        return len(inputs) if isinstance(inputs, list) else 0
