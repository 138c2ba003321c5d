"""Salesforce on localhost: one WSGI application, the same in process and over HTTP.

    salesforce = Salesforce(world)          # serve it, or call it in process with werkzeug.test.Client
    salesforce.edit(id, Call_Tier__c="B")   # and act in it as a person would, without a call

It answers /services/oauth2/token and, under /services/data/v67.0: sobjects with describe, updated and
deleted, query, queryAll, composite, composite/sobjects, limits. State is in memory; `dump` and `load`.
Not here: Bulk API, metadata, SOAP, upsert by external id, Apex.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sandbox.page import View
from sandbox.salesforce import ids, seed
from sandbox.salesforce.calls import Org
from sandbox.salesforce.errors import is_deleted, unknown_reference
from sandbox.salesforce.front import answer
from sandbox.salesforce.quota import Quota
from sandbox.salesforce.records import Records, Rule, Write
from sandbox.salesforce.schema import KINDS, kind_of
from sandbox.salesforce.tokens import Tokens
from sandbox.salesforce.values import Record, stamp
from sandbox.salesforce.views import views
from sandbox.world import Touch, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Salesforce:
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
    ) -> None:
        records = Records(now)
        self.now, self.records = now, records
        self.org = Org(ids.make("00D", 1), records, Quota(now, daily_calls), page_size)
        self.tokens = Tokens(now, token_seconds, self.org.id, {client_id: client_secret})
        self.tokens.jwt_keys.update(jwt_keys or {})
        self.tokens.usernames = lambda: {str(u["Username"]) for u in records.tables["User"].values()}
        seed.seed(records, world)

    # Over HTTP

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        reply = answer(self.org, self.tokens, request)
        self.records.roll_up()
        body = b"" if reply.body is None else json.dumps(reply.body).encode()
        response = Response(body, reply.status, content_type="application/json;charset=UTF-8")
        response.headers.extend(dict(reply.headers))
        response.headers["Date"] = format_datetime(self.now().astimezone(UTC), usegmt=True)
        response.headers["Sforce-Limit-Info"] = self.org.quota.header()
        return response(environ, start_response)

    # As a person at the screen, and for tests

    @property
    def history(self) -> list[Write]:
        return self.records.history

    @property
    def rules(self) -> list[Rule]:
        """Validation rules: each says what is wrong with a record, or None."""
        return self.records.rules

    @property
    def long_transaction(self) -> datetime | None:
        return self.org.long_transaction

    @long_transaction.setter
    def long_transaction(self, began: datetime | None) -> None:
        self.org.long_transaction = began

    def add_account(self, npi: str | None, name: str, owner_email: str | None = None, **fields: Any) -> str:
        owner = seed.owner_id(self.records, owner_email)
        values = {"NPI__c": npi, "Name": name, "OwnerId": owner, **fields}
        return self.records.create(KINDS["Account"], values, "person")

    def record(self, id: str) -> Record:
        return dict(self._get(id))

    def find(self, npi: str) -> str | None:
        found = self.records.find("Account", "NPI__c", npi)
        return str(found["Id"]) if found else None

    def edit(self, id: str, **fields: Any) -> None:
        kind = kind_of(id)
        if kind is None:
            raise unknown_reference()
        self.records.update(kind, id, fields, "person")
        self.records.roll_up()

    def merge(self, loser: str, winner: str) -> str:
        gone, stays = self._get(loser), self._get(winner)
        if gone["IsDeleted"] or stays["IsDeleted"]:
            raise is_deleted()
        self.records.merge(gone, stays, "person")
        self.records.roll_up()
        return str(stays["Id"])

    def delete(self, id: str) -> None:
        kind = kind_of(id)
        if kind is None:
            raise unknown_reference()
        self.records.delete(kind, id, "person")
        self.records.roll_up()

    def log_touch(self, account_id: str, touch: Touch) -> str:
        account = str(self._get(account_id)["Id"])
        made = seed.add_touch(self.records, account, touch, "person", None)
        self.records.roll_up()
        return made

    def backdate(self, id: str, modified: datetime) -> None:
        """Stamp a record as a long transaction does, which commits after the moment that it writes down."""
        self._get(id).update(SystemModstamp=stamp(modified), LastModifiedDate=stamp(modified))

    def hide(self, kind: str, field: str) -> None:
        """Take the integration user's access to a field away; to it, the field no longer exists."""
        self.records.hidden.add((kind, field))

    def lock(self, id: str, times: int = 1) -> None:
        """Somebody else holds the record while it is next written, `times` times."""
        self.records.locked[str(self._get(id)["Id"])] = times

    def expire_tokens(self) -> None:
        self.tokens.expire()

    def spend_quota(self) -> None:
        self.org.quota.spend()

    def views(self) -> list[View]:
        return views(self.records)

    def _get(self, id: str) -> Record:
        record = self.records.get(id)
        if record is None:
            raise unknown_reference()
        return record

    # Kept in a file

    def dump(self) -> dict[str, Any]:
        """All but the tokens: a client whose session is gone asks for the next."""
        records = self.records
        return {
            "tables": records.snapshot(),
            "made": records.made,
            "login": records.login,
            "history": [[at.isoformat(), *rest] for at, *rest in records.history],
            "hours": {str(hour): calls for hour, calls in self.org.quota.hours.items()},
        }

    def load(self, kept: dict[str, Any]) -> None:
        records = self.records
        records.tables = {name: {i: dict(r) for i, r in t.items()} for name, t in kept["tables"].items()}
        records.made, records.login = kept["made"], kept["login"]
        records.history = [_write(line) for line in kept["history"]]
        self.org.quota.hours.clear()
        self.org.quota.hours.update({int(hour): calls for hour, calls in kept["hours"].items()})


def _write(line: list[Any]) -> Write:
    at, who, key, name, before, after = line
    return datetime.fromisoformat(at), who, key, name, before, after
