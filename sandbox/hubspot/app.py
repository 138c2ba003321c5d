"""The portal as one WSGI application, and the same portal reached directly by tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Flask

from sandbox.hubspot import keeping, rollups
from sandbox.hubspot.changes import WatchedPortal
from sandbox.hubspot.door import Door
from sandbox.hubspot.keys import Keys
from sandbox.hubspot.lag import Lag
from sandbox.hubspot.linktypes import new_link_types
from sandbox.hubspot.owners import Owners
from sandbox.hubspot.policy import Policy
from sandbox.hubspot.rates import Rates
from sandbox.hubspot.records import History
from sandbox.hubspot.routes import OneWay, add_routes
from sandbox.hubspot.schema import new_schema
from sandbox.hubspot.seed import fill, log, number
from sandbox.hubspot.segments import Segments
from sandbox.hubspot.standard import CustomObject
from sandbox.hubspot.tokens import V1_ENDS, OAuth
from sandbox.hubspot.views import view_of
from sandbox.hubspot.webhooks import Webhooks
from sandbox.page import View
from sandbox.world import Touch, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SCOPES = frozenset(
    {
        "crm.lists.read",
        "crm.lists.write",
        "crm.objects.custom.read",
        "crm.objects.custom.write",
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.owners.read",
        "crm.schemas.companies.read",
        "crm.schemas.companies.write",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
        "crm.schemas.custom.read",
        "crm.schemas.custom.write",
        "sales-email-read",
    }
)


class HubSpot(Door):
    def __init__(
        self,
        world: World,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        token: str = "pat-na1-sandbox",  # noqa: S107  (the key of a portal that does not exist)
        scopes: Iterable[str] = SCOPES,
        daily_calls: int = 650_000,
        burst: int = 190,
        daily_left: int | None = None,  # of the day's calls, at the start
        burst_left: int | None = None,  # of the key's ten seconds, at the start
        zone: str = "US/Central",
        oauth_scopes: Iterable[str] = SCOPES,
        oauth_rotates: bool = False,  # whether a refresh token is changed for another with each use
        oauth_v1_ends: datetime = V1_ENDS,
        search_lag: timedelta = timedelta(0),
        page_size: int = 200,  # the most rows on a page; lists show a hundred at most
        set_up: bool = True,  # Callplan's properties are there
        custom: Iterable[CustomObject] = (),
    ) -> None:
        self.now, self.zone, self._token = now, ZoneInfo(zone), token
        self.page_size, self.policy, objects = page_size, Policy(search_lag=search_lag), tuple(custom)
        self.portal, self.owners = self._new_portal(objects, set_up), Owners(world.reps, now)
        self.webhooks, self.segments = Webhooks(self.portal), Segments(self.portal, self.zone)
        self.rates, self.keys = Rates(now, self.zone, daily_calls), Keys(now)
        own = self.keys.add(token, scopes, burst).bucket
        own.calls.extend([now()] * (0 if burst_left is None else burst - burst_left))
        if daily_left is not None:
            self.rates.spend(daily_left / daily_calls)
        self.oauth = OAuth(self.keys, frozenset(oauth_scopes), oauth_rotates, oauth_v1_ends)
        self._world = world
        fill(self.portal, self.owners, world)
        self.flask = Flask("hubspot", static_folder=None)
        self.flask.url_map.strict_slashes, self.flask.url_rule_class = False, OneWay
        self.guard(self.flask)
        add_routes(self.flask, self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.flask(environ, start_response)

    def _new_portal(self, custom: tuple[CustomObject, ...], set_up: bool) -> WatchedPortal:
        schema = new_schema(self.now, self.policy, custom, set_up=set_up)
        types = new_link_types([given.name for given in custom])
        return WatchedPortal(self.now, schema, self.policy, types, Lag(self.now, self.policy))

    # Direct access, for tests and pages; a bare id is a company's, unless a kind is named

    @property
    def scopes(self) -> frozenset[str]:
        """Of the key that the portal was made with."""
        return self.keys.held[self._token].scopes

    @scopes.setter
    def scopes(self, scopes: frozenset[str]) -> None:
        self.keys.held[self._token].scopes = scopes

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

    def add_key(self, token: str, scopes: Iterable[str] = SCOPES, burst: int = 190) -> None:
        """One more service key of this portal."""
        self.keys.add(token, scopes, burst)

    def expire_tokens(self) -> None:
        """Revoke the service keys; an app's tokens end by the clock."""
        self.keys.revoke_static()

    def spend_quota(self) -> None:
        self.rates.spend()

    def views(self) -> list[View]:
        return [view_of(company, self.portal, self.owners) for company in self.portal.all("companies")]

    def dump(self) -> dict[str, Any]:
        return {**keeping.dump(self.portal), **self.segments.dump()}

    def load(self, content: dict[str, Any]) -> None:
        keeping.load(self.portal, content)
        self.segments.load(content)
