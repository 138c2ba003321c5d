"""The portal as one WSGI application, and the same portal reached directly by tests.

The order of checks is HubSpot's: key, object type, JSON, scopes, rate limit, and only then the work.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from sandbox.hubspot import keeping, rollups
from sandbox.hubspot.errors import Refusal, envelope, missing_scopes, unauthorized
from sandbox.hubspot.lag import Lag
from sandbox.hubspot.linktypes import new_link_types
from sandbox.hubspot.policy import Policy
from sandbox.hubspot.rates import Rates
from sandbox.hubspot.records import History, Portal
from sandbox.hubspot.routes import add_routes
from sandbox.hubspot.schema import new_schema
from sandbox.hubspot.seed import Owners, fill, log, number
from sandbox.hubspot.standard import CustomObject
from sandbox.hubspot.views import view_of
from sandbox.page import View
from sandbox.world import Touch, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SCOPES = frozenset(
    {
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.owners.read",
        "crm.schemas.companies.read",
        "crm.schemas.companies.write",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
        "sales-email-read",
    }
)


class HubSpot:
    def __init__(
        self,
        world: World,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        token: str = "pat-na1-sandbox",  # noqa: S107  (the key of a portal that does not exist)
        scopes: Iterable[str] = SCOPES,
        daily_calls: int = 650_000,
        burst: int = 190,
        search_lag: timedelta = timedelta(0),
        page_size: int = 200,  # the most rows on a page; lists show a hundred at most
        set_up: bool = True,  # Callplan's properties are there
        shared_ids: bool = False,  # a company and a call may have the same id, as in a real portal
        custom: Iterable[CustomObject] = (),
    ) -> None:
        self.now, self.token, self.scopes = now, token, frozenset(scopes)
        self.page_size, self.policy, objects = page_size, Policy(search_lag=search_lag), tuple(custom)
        self.portal, self.owners = self._new_portal(objects, set_up, shared_ids), Owners(world.reps)
        self.rates = Rates(now, burst, daily_calls)
        self._world = world
        fill(self.portal, self.owners, world)
        self._flask = Flask("hubspot", static_folder=None)
        self._flask.url_map.strict_slashes = False
        self._flask.register_error_handler(Refusal, self._refuse)
        add_routes(self._flask, self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._flask(environ, start_response)

    # What every handler asks first

    def kind(self, written: str, needs: str = "read", *others: str, family: str = "objects") -> str:
        """The object type, once key, types, JSON, scopes and rate have been checked."""
        self.admit()
        kinds = [self.named(name) for name in (written, *others)]
        if request.method in ("POST", "PATCH", "PUT"):
            self.json()
        for kind in kinds:
            self._need_for(kind, needs, family)
        self.rates.count(search=request.path.endswith("/search"), exempt="/associations/" in request.path)
        rollups.catch_up(self.portal)
        return kinds[0]

    def named(self, written: str) -> str:
        """The plural name of an object type, however it is written."""
        kind = self.portal.schema.named(written)
        if kind is None:
            is_id = re.fullmatch(r"\d+-\d+", written)
            told = (
                f"Invalid object or event type id: {written}"
                if is_id
                else f"Unable to infer object type from: {written}"
            )
            raise Refusal(400, envelope(told))
        return kind

    def admit(self) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise unauthorized()

    def has(self, scope: str) -> bool:
        return scope in self.scopes

    def need(self, *scopes: str) -> None:
        missing = [scope for scope in scopes if not self.has(scope)]
        if missing:
            raise missing_scopes(missing)

    def json(self) -> Any:
        try:
            return json.loads(request.get_data() or b"{}")
        except ValueError:
            raise Refusal(400, envelope("Invalid input JSON on line 1, column 1", "VALIDATION_ERROR")) from None

    def body(self) -> dict[str, Any]:
        content = self.json()
        if not isinstance(content, dict):
            raise Refusal(400, envelope("Invalid input JSON on line 1, column 1", "VALIDATION_ERROR"))
        return content

    def answer(self, content: Any, status: int = 200) -> Response:
        headers = {
            "X-HubSpot-Correlation-Id": str(uuid.uuid4()),
            "Date": format_datetime(self.now().astimezone(UTC), usegmt=True),
        }
        if not request.path.endswith("/search"):
            headers |= self.rates.headers()
        if status == 204:
            return Response(status=204, headers=headers)
        return Response(json.dumps(content), status, headers, content_type="application/json;charset=utf-8")

    def _refuse(self, refusal: Refusal) -> Response:
        if isinstance(refusal.body, str):
            return Response(refusal.body, refusal.status, content_type="text/html;charset=iso-8859-1")
        answer = self.answer(refusal.body, refusal.status)
        answer.headers.update(refusal.headers)
        return answer

    def _need_for(self, kind: str, needs: str, family: str) -> None:
        """Mails take one scope more; definitions are read with the scope of records too, and never written with it."""
        part = self.portal.schema.kinds[kind].scopes
        mail = ("sales-email-read",) if (kind, family) == ("emails", "objects") else ()
        if family == "schemas" and needs == "read" and self.has(f"crm.objects.{part}.read"):
            return
        self.need(f"crm.{family}.{part}.{needs}", *mail)

    def _new_portal(self, custom: tuple[CustomObject, ...], set_up: bool, shared_ids: bool) -> Portal:
        schema = new_schema(self.now, self.policy, custom, set_up=set_up)
        types = new_link_types([given.name for given in custom])
        return Portal(self.now, schema, self.policy, types, Lag(self.now, self.policy), shared_ids)

    # Direct access, for tests and pages

    @property
    def history(self) -> History:
        return self.portal.history

    def add_account(self, npi: str | None, name: str, owner_email: str | None = None, **fields: Any) -> str:
        owner = self.owners.ids.get((owner_email or "").lower())
        numbered = {"npi": npi} if self.portal.schema.find("companies", "npi") else {}
        return self.portal.create("companies", {"name": name, **numbered, "hubspot_owner_id": owner, **fields}).id

    def record(self, id_: str, kind: str = "companies") -> dict[str, Any]:
        rollups.catch_up(self.portal)
        return dict(self.portal.table(kind).rows[id_].properties)

    def find(self, npi: str) -> str | None:
        found = (row for row in self.portal.all("companies") if row.properties.get("npi") == npi)
        held = self.portal.by_unique("companies", "npi", npi) or next(found, None)
        return held.id if held else None

    def edit(self, id_: str, kind: str = "companies", **fields: Any) -> None:
        self.portal.update(self.portal.table(kind).rows[id_], fields)

    def merge(self, loser: str, winner: str, kind: str = "companies") -> str:
        return self.portal.merge(kind, winner, loser).id

    def delete(self, id_: str, kind: str = "companies") -> None:
        self.portal.archive(self.portal.table(kind).rows[id_])

    def log_touch(self, account_id: str, touch: Touch) -> str:
        return log(self.portal, self.owners, self.portal.table("companies").rows[account_id], touch, self.now()).id

    def number_accounts(self) -> None:
        """The import by which an administrator fills `npi` once a set-up has made it."""
        number(self.portal, self._world)

    def expire_tokens(self) -> None:
        """Revoke the key; a service key does not renew itself."""
        self.token = uuid.uuid4().hex

    def spend_quota(self) -> None:
        self.rates.count(search=False, exempt=True)
        self.rates.used = self.rates.daily

    def views(self) -> list[View]:
        return [view_of(company, self.portal, self.owners) for company in self.portal.all("companies")]

    def dump(self) -> dict[str, Any]:
        return keeping.dump(self.portal)

    def load(self, content: dict[str, Any]) -> None:
        keeping.load(self.portal, content)
