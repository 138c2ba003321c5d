"""The portal as one WSGI application, and the same portal reached directly by tests.

The order of checks is HubSpot's: key, object type, JSON, scopes, rate limit, and only then the work.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from sandbox.hubspot.errors import Refusal, envelope, missing_scopes, unauthorized
from sandbox.hubspot.properties import ENGAGEMENTS, plural
from sandbox.hubspot.rates import Rates
from sandbox.hubspot.records import History, Portal
from sandbox.hubspot.routes import add_routes
from sandbox.hubspot.seed import Owners, fill, log
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
        "crm.schemas.contacts.read",
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
    ) -> None:
        self.now, self.token, self.scopes = now, token, frozenset(scopes)
        self.search_lag, self.page_size = search_lag, page_size
        self.portal, self.owners = Portal(now), Owners(world.reps)
        self.rates = Rates(now, burst, daily_calls)
        fill(self.portal, self.owners, world)
        self._flask = Flask("hubspot", static_folder=None)
        self._flask.url_map.strict_slashes = False
        self._flask.register_error_handler(Refusal, self._refuse)
        add_routes(self._flask, self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._flask(environ, start_response)

    # What every handler asks first

    def kind(self, written: str, needs: str = "read") -> str:
        """The object type, once key, type, scopes and rate have been checked."""
        self.admit()
        kind = self.named(written)
        if request.method in ("POST", "PATCH", "PUT"):
            self.body()
        self.need(*self._scopes_for(kind, needs))
        self.rates.count(search=request.path.endswith("/search"), exempt="/associations/" in request.path)
        return kind

    def named(self, written: str) -> str:
        """The plural name of an object type, however it is written."""
        kind = plural(written)
        if kind is None:
            raise Refusal(400, envelope(f"Unable to infer object type from: {written}"))
        return kind

    def admit(self) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise unauthorized()

    def need(self, *scopes: str) -> None:
        missing = [scope for scope in scopes if scope not in self.scopes]
        if missing:
            raise missing_scopes(missing)

    def body(self) -> dict[str, Any]:
        try:
            content = json.loads(request.get_data() or b"{}")
        except ValueError:
            content = None
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

    @staticmethod
    def _scopes_for(kind: str, needs: str) -> tuple[str, ...]:
        """Engagements are read and written with the scopes of contacts; mails with one more."""
        family = "contacts" if kind in ENGAGEMENTS else kind
        mail = ("sales-email-read",) if kind == "emails" else ()
        return (f"crm.objects.{family}.{needs}", *mail)

    # Direct access, for tests and pages

    @property
    def history(self) -> History:
        return self.portal.history

    def add_account(self, npi: str | None, name: str, owner_email: str | None = None, **fields: Any) -> str:
        owner = self.owners.ids.get((owner_email or "").lower())
        given = {"name": name, "npi": npi, "hubspot_owner_id": owner, **fields}
        return self.portal.create("companies", given, "person").id

    def record(self, id_: str) -> dict[str, Any]:
        return dict(self.portal.records[id_].properties)

    def find(self, npi: str) -> str | None:
        found = self.portal.by_unique("companies", "npi", npi)
        return found.id if found else None

    def edit(self, id_: str, **fields: Any) -> None:
        self.portal.update(self.portal.records[id_], fields, "person")

    def merge(self, loser: str, winner: str) -> str:
        return self.portal.merge("companies", winner, loser).id

    def delete(self, id_: str) -> None:
        self.portal.archive(self.portal.records[id_])

    def log_touch(self, account_id: str, touch: Touch) -> str:
        return log(self.portal, self.owners, self.portal.records[account_id], touch, self.now()).id

    def expire_tokens(self) -> None:
        """Revoke the key; a service key does not renew itself."""
        self.token = uuid.uuid4().hex

    def spend_quota(self) -> None:
        self.rates.count(search=False, exempt=True)
        self.rates.used = self.rates.daily

    def views(self) -> list[View]:
        return [view_of(company, self.portal, self.owners) for company in self.portal.all("companies")]

    def dump(self) -> dict[str, Any]:
        return self.portal.dump()

    def load(self, content: dict[str, Any]) -> None:
        self.portal.load(content)
