"""The API's description for programs, made of the routes as they are declared and of their models.

Source   OpenAPI 3.1; JSON Schema 2020-12 as pydantic writes it
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from connector.host.web.api.declare import ROUTES, Route, blueprint
from connector.host.web.api.models import Problem
from connector.host.web.api.nights import KEY, LONGEST_KEY

FILE = "openapi.json"
REF = "#/components/schemas/{model}"
PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
BRACED = r"{\g<name>}"
KINDS: dict[str | None, dict[str, Any]] = {
    "number": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    "npi": {"type": "string", "pattern": "^[0-9]{10}$"},
    None: {"type": "string", "pattern": "^[^/]+$"},
}
SAYS = {
    "crm": "The CRM, as the config names it.",
    "number": "Its number.",
    "npi": "The account's NPI.",
}


@blueprint.get("/openapi.json", endpoint="openapi", provide_automatic_options=False)
def openapi() -> Response:
    return Response(as_json(document()), content_type="application/json")


def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for one in ROUTES:
        paths.setdefault(f"/api/v1{PLACE.sub(BRACED, one.path)}", {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callplan",
            "version": "1",
            "summary": "Trigger and watch runs, read flags and call lists.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def as_json(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2) + "\n"


def write(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(as_json(document()), encoding="utf-8")
    return path


def _operation(one: Route) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.named,
        "summary": one.says,
        "description": f"For the role {one.role.name.lower()} and those above.",
        "parameters": [*_places(one), *_query(one), *_headers(one)],
        "responses": {str(one.status): _answer(one.answers, HTTPStatus(one.status).phrase), **_problems(one)},
    }
    if one.body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(one.body)}}}
    return told


def _places(one: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": place["name"],
            "in": "path",
            "required": True,
            "description": SAYS[place["name"]],
            "schema": KINDS[place["kind"]],
        }
        for place in PLACE.finditer(one.path)
    ]


def _query(one: Route) -> list[dict[str, Any]]:
    if not one.query:
        return []
    parts = one.query.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(schema)}
        for name, schema in parts.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query has no null: what is not asked is left out."""
    (kind,) = (one for one in schema["anyOf"] if one.get("type") != "null")
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "default", "title")}
    return {**kept, **kind}


def _headers(one: Route) -> list[dict[str, Any]]:
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
    why = "The same key is the same night, however often it is sent."
    return [
        {"name": name, "in": "header", "required": False, "description": why, "schema": schema}
        for name in one.headers
        if name == KEY
    ]


def _problems(one: Route) -> dict[str, Any]:
    always = {401, 403, 429, 503} | ({404} if "<" in one.path else set()) | {422}
    may = always | ({400, 413, 415} if one.body else set()) | ({409} if one.may_be_late else set())
    found = {
        str(status): _answer(Problem, HTTPStatus(status).phrase, "application/problem+json") for status in sorted(may)
    }
    found["401"]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}}
    return found


def _answer(model: type[BaseModel], says: str, kind: str = "application/json") -> dict[str, Any]:
    return {"description": says, "content": {kind: {"schema": _ref(model)}}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas() -> dict[str, Any]:
    asked = [(one.body, "validation") for one in ROUTES if one.body]
    told = [(one.answers, "serialization") for one in ROUTES]
    found = models_json_schema([*asked, *told, (Problem, "serialization")], ref_template=REF)[1]["$defs"]  # type: ignore[list-item]
    return {name: found[name] for name in sorted(found)}
