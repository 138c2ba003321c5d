"""Ledgerly, a CRM that does not exist, over HTTP: what its documentation would say, in a hundred lines.

    POST /token {"key"}                        {"token"}; a token lapses
    GET  /objects/NAME                         {"fields": [...]} as the key may use them; 404 UNKNOWN_OBJECT
    GET  /records/NAME?since=NUMBER            {"rows", "next", "more"}: in the order of their last change
    POST /records/NAME/find {"ids", "keys"}    {"rows"}: those there are or were, and none for what never was
    POST /records/NAME/batch {"rows"}          {"results"}: up to fifty; one that is refused stops no other
Each answer says X-Calls-Left and X-Calls-Day; 429 with Retry-After is a busy day, 403 QUOTA the end of one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEY = "ledgerly-integration-key"
CHOICES = {
    "tier": ("A", "B", "C"),
    "slot_kind": ("committed", "fill", "released"),
    "channel": ("visit", "call", "email", "message"),
    "outcome": ("held", "missed", "off", "no reply"),
}
TEXTS = ("npi", "title", "city", "state", "zip", "tier_reason", "cold_reason")
CLINIC = {
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(("lat", "lon", "call_order"), "number"),
    **dict.fromkeys(("tier_since", "next_visit"), "day"),
    **dict.fromkeys(("tier", "slot_kind", "channel"), "choice"),
    "going_cold": "yesno",
    "serial": "number",
}
ENTRY = {
    **dict.fromkeys(("kind", "clinic", "at", "status", "subject", "note", "key"), "text"),
    "minutes": "number",
    "outcome": "choice",
    "robot": "yesno",
}
FIELDS = {"clinics": CLINIC, "entries": ENTRY}
READ_ONLY = ("serial",)
LONGEST = 400


@dataclass
class Record:
    id: str
    created: str
    changed: str
    number: int
    owner: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    merged_into: str | None = None


class Refused(Exception):
    def __init__(self, status: int, code: str, **headers: str) -> None:
        self.status, self.code, self.headers = status, code, headers


class Ledgerly:
    def __init__(self, now: Callable[[], datetime], people: Iterable[str], page: int = 200) -> None:
        self.now, self.people, self.page_size = now, {*people}, page
        self.records: dict[str, dict[str, Record]] = {"clinics": {}, "entries": {}}
        self.last, self.tokens, self.calls_left = 0, 0, 10_000

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            told, status, headers = self._answer(request), 200, dict[str, str]()
        except Refused as no:
            told, status, headers = {"code": no.code}, no.status, no.headers
        response = Response(json.dumps(told), status, content_type="application/json")
        response.headers.update({**headers, "X-Calls-Left": str(self.calls_left), "X-Calls-Day": "10000"})
        return response(environ, start_response)

    def _answer(self, request: Request) -> dict[str, Any]:
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["token"]:
                return self._token(request.get_json())
            case method, [part, name, *verb]:
                self._let_in(request)
                if name not in self.records:
                    raise Refused(404, "UNKNOWN_OBJECT")
                return self._of(request, (method, part, *verb), name)
        raise Refused(404, "UNKNOWN_PATH")

    def _of(self, request: Request, asked: tuple[str, ...], name: str) -> dict[str, Any]:
        match asked:
            case ("GET", "objects"):
                return {"fields": [_described(field, kind) for field, kind in FIELDS[name].items()]}
            case ("GET", "records"):
                return self._listed(name, int(request.args["since"]))
            case ("POST", "records", "find"):
                return {"rows": [vars(one) for one in self._found(name, **request.get_json())]}
            case ("POST", "records", "batch"):
                return self._batch(request, name)
        raise Refused(405, "UNKNOWN_VERB")

    def _token(self, told: dict[str, str]) -> dict[str, Any]:
        if told.get("key") != KEY:
            raise Refused(403, "UNKNOWN_KEY")
        self.tokens += 1
        return {"token": f"token-{self.tokens}"}

    def _let_in(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer token-{self.tokens}":
            raise Refused(401, "LAPSED")
        if self.calls_left <= 0:
            raise Refused(403, "QUOTA")
        self.calls_left -= 1

    def _listed(self, name: str, since: int) -> dict[str, Any]:
        later = sorted((one for one in self.records[name].values() if one.number > since), key=lambda one: one.number)
        rows = later[: self.page_size]
        return {
            "rows": [vars(one) for one in rows],
            "next": rows[-1].number if rows else since,
            "more": len(later) > len(rows),
        }

    def _found(self, name: str, ids: Iterable[str] = (), keys: Iterable[str] = ()) -> list[Record]:
        wanted, known = {*ids}, {*keys}
        return [one for one in self.records[name].values() if one.id in wanted or one.fields.get("key") in known]

    def _batch(self, request: Request, name: str) -> dict[str, Any]:
        rows = request.get_json()["rows"]
        if len(rows) > 50:
            raise Refused(400, "TOO_MANY_ROWS")
        request.environ["sandbox.rows"] = len(rows)
        return {"results": [self._put(name, row) for row in rows]}

    def _put(self, name: str, row: dict[str, Any]) -> dict[str, Any]:
        held = self.records[name].get(row.get("id", "")) or next(
            iter(self._found(name, keys=[row.get("key", 0)])), None
        )
        if (held and held.deleted) or (not held and "id" in row):
            return _no("GONE", "The record is gone.", merged_into=held.merged_into if held else None)
        if row.get("owner") and row["owner"] not in self.people:
            return _no("UNKNOWN_OWNER", f"Nobody has the e-mail {row['owner']}.")
        bad = [field for field, value in row["fields"].items() if not _takes(name, field, value)]
        if bad:
            return _no("BAD_VALUE", f"{bad[0]} does not take this value.")
        kept = {field: None if value == "" else value for field, value in row["fields"].items()}
        if held:
            self.edit(name, held.id, row.get("owner"), **kept)
        return {"code": "", "id": held.id if held else self.add(name, row.get("owner"), **kept, key=row["key"])}

    # At the screen

    def add(self, name: str, owner: str | None = None, **fields: Any) -> str:
        self.last += 1
        at = self.now().isoformat()
        self.records[name][f"{name[0]}{self.last:06}"] = Record(
            f"{name[0]}{self.last:06}", at, at, self.last, owner, fields
        )
        return f"{name[0]}{self.last:06}"

    def edit(self, name: str, id_: str, owner: str | None = None, **fields: Any) -> None:
        one = self.records[name][id_]
        self.last += 1
        one.number, one.changed, one.owner = self.last, self.now().isoformat(), owner or one.owner
        one.fields.update(fields)

    def delete(self, name: str, id_: str, into: str | None = None) -> None:
        self.edit(name, id_)
        self.records[name][id_].deleted, self.records[name][id_].merged_into = True, into


def _described(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": name.replace("_", " ").title(),
        "type": kind,
        "editable": name not in READ_ONLY,
        "choices": CHOICES.get(name, ()),
        "max": LONGEST if kind == "text" else None,
        "unique": name == "key",
    }


def _takes(name: str, field: str, value: Any) -> bool:
    kind = FIELDS[name].get(field)
    if value in (None, "") or kind is None:
        return kind is not None
    return value in CHOICES[field] if kind == "choice" else kind != "text" or len(value) <= LONGEST


def _no(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "message": message, **more}
