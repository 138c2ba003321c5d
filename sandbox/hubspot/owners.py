"""Owners: the people, and the queues, that a record can belong to.

Owner ids are texts, and are not user ids. Somebody who left is archived: no longer a user, still told of by
`userIdIncludingInactive`.

Source   developers.hubspot.com, "Owners"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

from flask import Response, request

from sandbox.hubspot import asking
from sandbox.hubspot.errors import Refusal, envelope, validation
from sandbox.hubspot.paging import by_id, page
from sandbox.hubspot.values import iso
from sandbox.world import Rep

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

FIRST_OWNER, FIRST_USER = 70_000_001, 40_000_001
MOST = 100
SCOPE = "crm.objects.owners.read"


@dataclass(frozen=True)
class Owner:
    id: str
    name: str
    email: str
    created: datetime
    updated: datetime
    user: int | None = None  # a queue is nobody's
    teams: tuple[str, ...] = ()  # the first is the primary one
    archived: bool = False

    def wire(self) -> dict[str, Any]:
        first, _, last = self.name.rpartition(" ")
        person = {
            "email": self.email,
            "firstName": first or last,
            "lastName": last,
            "userIdIncludingInactive": self.user,
            **({} if self.archived else {"userId": self.user}),
        }
        return {
            "id": self.id,
            "type": "QUEUE" if self.user is None else "PERSON",
            **({} if self.user is None else person),
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "archived": self.archived,
            **({"teams": [_team(name, at == 0) for at, name in enumerate(self.teams)]} if self.teams else {}),
        }


def _team(name: str, primary: bool) -> dict[str, Any]:
    return {"id": str(crc32(name.encode())), "name": name, "primary": primary}


class Owners:
    def __init__(self, reps: tuple[Rep, ...], now: Callable[[], datetime]) -> None:
        self._now, self.all, self.ids = now, dict[str, Owner](), dict[str, str]()
        self._began = now() - timedelta(days=400)
        for rep in reps:
            self.add(rep.name, rep.email)

    def add(self, name: str, email: str, teams: tuple[str, ...] = ()) -> str:
        return self._keep(Owner(self._next(), name, email, self._began, self._began, FIRST_USER + len(self.all), teams))

    def add_queue(self, name: str) -> str:
        return self._keep(Owner(self._next(), name, "", self._began, self._began))

    def archive(self, id_: str) -> None:
        self.all[id_] = replace(self.all[id_], archived=True, updated=self._now())

    def email(self, id_: str | None) -> str:
        return self.all[id_].email if id_ in self.all else ""

    def _next(self) -> str:
        return str(FIRST_OWNER + len(self.all))

    def _keep(self, owner: Owner) -> str:
        self.all[owner.id] = owner
        if owner.email:
            self.ids[owner.email.lower()] = owner.id
        return owner.id


def add_routes(route: Route, hub: HubSpot) -> None:
    at = partial(route, "crm/owners", "crm/v3/owners")
    at("", partial(listed, hub))
    at("/<id_>", partial(one, hub))


def listed(hub: HubSpot) -> Response:
    hub.ask(SCOPE)
    email, archived = request.args.get("email"), asking.flag("archived")
    found = [
        owner
        for owner in hub.owners.all.values()
        if owner.archived is archived and (email is None or owner.email.lower() == email.lower())
    ]
    return hub.answer(page(found, lambda owner: by_id(owner.id), Owner.wire, MOST))


def one(hub: HubSpot, id_: str) -> Response:
    hub.ask(SCOPE)
    name = request.args.get("idProperty", "id")
    if name not in ("id", "userId"):
        raise validation(f"idProperty must be id or userId, not {name}.")
    found = next((owner for owner in hub.owners.all.values() if _is(owner, name, id_)), None)
    if not found or found.archived is not asking.flag("archived"):
        raise Refusal(404, envelope(f"No owner with {name} {id_} was found.", "OBJECT_NOT_FOUND"))
    return hub.answer(found.wire())


def _is(owner: Owner, name: str, value: str) -> bool:
    return value == (owner.id if name == "id" else str(owner.user))
