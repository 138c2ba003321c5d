"""Salesforce on localhost: one WSGI application, the same in process and over HTTP.

    salesforce = Salesforce(world)          # serve it, or call it in process with werkzeug.test.Client
    salesforce.edit(id, Call_Tier__c="B")   # and act in it as a person would, without a call

It answers /services/oauth2 and /id and, under /services/data/v67.0: sobjects with describe, updated, deleted and
listviews, upsert by external id, query, queryAll, composite, composite/graph, composite/sobjects, limits,
jobs/ingest and jobs/query (see `bulk`), metadata/deployRequest; and the SOAP of the Metadata API.
`has` names what this org has beyond the ordinary (see objects.py); with `deployed=False` it is one into which
our package was never deployed. State is in memory; `dump` and `load` keep all but tokens, jobs and deployments.
Not here: Apex.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sandbox.page import View
from sandbox.salesforce import ids, seed
from sandbox.salesforce.bulk.jobs import Bulk
from sandbox.salesforce.calls import Org
from sandbox.salesforce.front import answer
from sandbox.salesforce.metadata import keeping
from sandbox.salesforce.objects import kinds_of
from sandbox.salesforce.person import Person
from sandbox.salesforce.quota import Quota
from sandbox.salesforce.records import Records, Write
from sandbox.salesforce.switches import Switches
from sandbox.salesforce.tokens import Tokens
from sandbox.salesforce.views import views
from sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Salesforce(Person, Switches):
    def __init__(
        self,
        world: World,
        *,
        now: Callable[[], datetime] = _utc_now,
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",  # noqa: S107
        daily_calls: int = 100_000,
        page_size: int = 2000,
        token_seconds: float = 7200,
        jwt_keys: Mapping[str, str] | None = None,
        has: Collection[str] = (),
        deployed: bool = True,
        deploy_seconds: float = 2.0,
    ) -> None:
        records = Records(now, kinds_of(has, deployed=deployed))
        self.now, self.records = now, records
        self.clock_skew = timedelta(0)  # how far the server's Date is from the truth
        quota, bulk = Quota(now, daily_calls), Bulk(records, now)
        self.org = Org(ids.make("00D", 1), records, quota, page_size, bulk, changed=now())
        self.org.metadata.seconds = deploy_seconds
        self.tokens = Tokens(now, token_seconds, self.org.id, {client_id: client_secret})
        self.tokens.jwt_keys.update(jwt_keys or {})
        self.tokens.usernames = lambda: {str(u["Username"]) for u in records.tables["User"].values()}
        self.tokens.inactive = self._is_inactive
        seed.seed(records, world, self.org.id)

    # Over HTTP

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        reply = answer(self.org, self.tokens, request)
        self.records.roll_up()
        response = Response(reply.as_bytes(), reply.status, content_type=reply.content_type)
        response.headers.update(dict(reply.headers))
        if reply.content is not None and request.accept_encodings.quality("gzip"):
            response.set_data(gzip.compress(reply.content, 1))
            response.headers["Content-Encoding"] = "gzip"
        told = self.now() + self.clock_skew
        response.headers["Date"] = format_datetime(told.astimezone(UTC), usegmt=True)
        response.headers["Sforce-Limit-Info"] = self.org.quota.header()
        return response(environ, start_response)

    def views(self) -> list[View]:
        return views(self.records)

    def _is_inactive(self, username: str) -> bool:
        user = self.records.find("User", "Username", username)
        return user is not None and not user["IsActive"]

    # Kept in a file

    def dump(self) -> dict[str, Any]:
        """All but tokens, jobs and deployments under way: a client asks for the next, or is told."""
        records = self.records
        return {
            "setup": keeping.dump(records, self.org.metadata),
            "tables": records.snapshot(),
            "made": records.made,
            "login": records.login,
            "history": [[at.isoformat(), *rest] for at, *rest in records.history],
            "hours": {str(hour): calls for hour, calls in self.org.quota.hours.items()},
        }

    def load(self, kept: dict[str, Any]) -> None:
        records = self.records
        self.org.bulk.forget()
        keeping.load(records, self.org.metadata, kept.get("setup"))
        tables = {name: {i: dict(r) for i, r in t.items()} for name, t in kept["tables"].items()}
        records.tables = {**{name: {} for name in records.kinds}, **tables}
        records.made, records.login = kept["made"], kept["login"]
        records.history = [_write(line) for line in kept["history"]]
        self.org.quota.hours.clear()
        self.org.quota.hours.update({int(hour): calls for hour, calls in kept["hours"].items()})


def _write(line: list[Any]) -> Write:
    at, who, key, name, before, after = line
    return datetime.fromisoformat(at), who, key, name, before, after
