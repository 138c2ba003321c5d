"""Properties and their groups over HTTP.

Source   developers.hubspot.com, "Properties" (2026-09) and its legacy path
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Response, request

from sandbox.hubspot import asking, defining
from sandbox.hubspot.answers import Answer, complete, row_error, with_errors
from sandbox.hubspot.batches import MOST
from sandbox.hubspot.errors import Body, Refusal
from sandbox.hubspot.properties import OPEN

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route


def add_routes(route: Route, hub: HubSpot) -> None:
    on = Definitions(hub)

    def at(rest: str, handler: Callable[..., Response], method: str = "GET") -> None:
        route("crm/properties", "crm/v3/properties", rest, handler, method)

    at("/<t>", on.listed)
    at("/<t>", on.create, "POST")
    at("/<t>/groups", on.groups)
    at("/<t>/groups", on.create_group, "POST")
    at("/<t>/groups/<name>", on.group)
    at("/<t>/groups/<name>", on.change_group, "PATCH")
    at("/<t>/groups/<name>", on.archive_group, "DELETE")
    at("/<t>/batch/<any(create,read,archive):verb>", on.batch, "POST")
    at("/<t>/<name>", on.one)
    at("/<t>/<name>", on.change, "PATCH")
    at("/<t>/<name>", on.archive, "DELETE")


class Definitions:
    def __init__(self, hub: HubSpot) -> None:
        self.hub, self.schema = hub, hub.portal.schema

    def listed(self, t: str) -> Response:
        kind, sensitivity = self._reading(t), request.args.get("dataSensitivity", OPEN)
        found = self.schema.shown(kind, archived=asking.flag("archived"), sensitivity=sensitivity)
        return self.hub.answer({"results": [p.wire() for p in found]})

    def one(self, t: str, name: str) -> Response:
        kind, sensitivity = self._reading(t), request.args.get("dataSensitivity", OPEN)
        found = defining.seen(self.schema, kind, name, sensitivity, archived=asking.flag("archived"))
        return self.hub.answer(found.wire())

    def create(self, t: str) -> Response:
        made = defining.define(self.schema, self._writing(t), self.hub.body())
        return self._made(made.wire(), made.name)

    def change(self, t: str, name: str) -> Response:
        kind = self._writing(t)
        return self.hub.answer(defining.redefine(self.schema, kind, name, self.hub.body()).wire())

    def archive(self, t: str, name: str) -> Response:
        defining.retire(self.schema, self._writing(t), name)
        return self.hub.answer(None, 204)

    def batch(self, t: str, verb: str) -> Response:
        kind = self._reading(t) if verb == "read" else self._writing(t)
        inputs, body = asking.rows(MOST), self.hub.body()
        if verb == "create":
            status, answer = self._each(inputs, lambda given: defining.define(self.schema, kind, given).wire(), 201)
            return self.hub.answer(answer, status)
        if verb == "read":
            archived, sensitivity = body.get("archived") is True, str(body.get("dataSensitivity") or OPEN)

            def one(given: Body) -> Body:
                return defining.seen(self.schema, kind, str(given.get("name")), sensitivity, archived=archived).wire()

            status, answer = self._each(inputs, one, 200)
            return self.hub.answer(answer, status)
        for given in inputs:  # twice is once, and what is not there need not be archived
            if str(given.get("name")) in self.schema.properties[kind]:
                defining.retire(self.schema, kind, str(given["name"]))
        return self.hub.answer(None, 204)

    def groups(self, t: str) -> Response:
        kind, archived = self._reading(t), asking.flag("archived")
        found = [g for g in self.schema.groups[kind].values() if g.archived is archived]
        return self.hub.answer({"results": [group.wire() for group in found]})

    def group(self, t: str, name: str) -> Response:
        kind = self._reading(t)
        return self.hub.answer(defining.found_group(self.schema, kind, name).wire())

    def create_group(self, t: str) -> Response:
        made = defining.define_group(self.schema, self._writing(t), self.hub.body())
        return self._made(made.wire(), made.name)

    def change_group(self, t: str, name: str) -> Response:
        kind = self._writing(t)
        return self.hub.answer(defining.redefine_group(self.schema, kind, name, self.hub.body()).wire())

    def archive_group(self, t: str, name: str) -> Response:
        defining.retire_group(self.schema, self._writing(t), name)
        return self.hub.answer(None, 204)

    def _each(self, inputs: list[Body], one: Callable[[Body], Body], status: int) -> Answer:
        """Row by row: a bad one keeps no other from being made or read."""
        done, errors = list[Body](), list[Body]()
        for given in inputs:
            try:
                done.append(one(given))
            except Refusal as refusal:
                told = refusal.body if isinstance(refusal.body, dict) else {}
                context = {"name": [str(given.get("name"))]}
                errors.append(row_error(told["category"], told["message"], context, told.get("subCategory")))
        return with_errors(status, complete(self.hub.portal, done), errors)

    def _made(self, told: Body, name: str) -> Response:
        answer = self.hub.answer(told, 201)
        answer.headers["Location"] = f"{request.base_url.rstrip('/')}/{name}"
        return answer

    def _reading(self, t: str) -> str:
        """The scope of the definitions, or that of the records themselves."""
        return self.hub.kind(t, "read", family="schemas")

    def _writing(self, t: str) -> str:
        request.environ["sandbox.changed"] = True
        return self.hub.kind(t, "write", family="schemas")
