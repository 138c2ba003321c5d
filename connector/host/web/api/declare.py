"""A route as code declares it: its role, what it asks and answers. Whoever calls it has a token, and asks nothing else.

    @route("GET", "/<crm>/runs", Role.ADMIN, RunsTold, query=Paged)
    def runs(at: Here, asked: Paged) -> RunsTold:

The OpenAPI document is made of ROUTES, so that a route that is not declared is not there.

Errors   Refused, as problem+json: 401 without a good token, 403 below the role, 404 of a CRM that there is not,
         415, 400 and 422 of what cannot be read, with every mistake at its place
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import orjson
from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError

from connector.host.web.api.bearer import by_token
from connector.host.web.api.models import Mistake
from connector.host.web.api.problems import Refused, problem, refuse_invalid
from connector.host.web.here import Here, here
from connector.host.web.who import Role

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
View = Callable[..., BaseModel]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    role: Role
    answers: type[BaseModel]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    named: str = ""
    says: str = ""
    headers: tuple[str, ...] = ()  # further ones that it heeds
    may_be_late: bool = False  # 409: what it is about has changed since


ROUTES: list[Route] = []


def route(method: str, path: str, role: Role, answers: type[BaseModel], **more: Any) -> Callable[[View], View]:
    def declare(view: View) -> View:
        declared = Route(method, path, role, answers, named=view.__name__, says=(view.__doc__ or "").strip(), **more)
        ROUTES.append(declared)
        blueprint.add_url_rule(
            path,
            view.__name__,
            _answering(declared, view),
            methods=[method],
            provide_automatic_options=False,
        )
        return view

    return declare


def _answering(declared: Route, view: View) -> Callable[..., Response]:
    @wraps(view)
    def answer(crm: str | None = None, **words: Any) -> Response:
        if not g.viewer.may(declared.role):
            raise Refused(403, f"Only the role {declared.role.name.lower()} may do this.")
        query = _asked(declared.query)
        sent = [_sent(declared.body)] if declared.body else []
        at = [here(crm)] if crm is not None else []
        told = view(*at, *([query] if declared.query else []), *sent, **words)
        return Response(orjson.dumps(told.model_dump(mode="json")), declared.status, content_type="application/json")

    return answer


def _asked(model: type[BaseModel] | None) -> BaseModel | None:
    """What stands in the query, each parameter once and none that the route does not have."""
    given = request.args.to_dict(flat=False)
    many = [name for name, values in given.items() if len(values) > 1]
    unknown = [name for name in given if model is None or name not in model.model_fields]
    told = [("Stands there more than once.", many), ("There is no such parameter.", unknown)]
    if mistakes := tuple(Mistake(at=f"query.{name}", what=what) for what, names in told for name in names):
        raise Refused(422, "The query is not as it should be.", mistakes)
    try:
        return model.model_validate({name: values[0] for name, values in given.items()}) if model else None
    except ValidationError as error:
        raise refuse_invalid(error, "query") from error


def _sent(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != "application/json":
        raise Refused(415, "The body is not application/json.")
    try:
        orjson.loads(request.get_data())
    except ValueError as error:
        raise Refused(400, "The body is not JSON.") from error
    try:
        return model.model_validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        raise refuse_invalid(error, "body") from error


@blueprint.before_request
def let_in() -> None:
    if request.endpoint != "api.openapi":
        g.viewer = by_token()


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return problem(error)


__all__ = ["ROUTES", "Here", "Route", "blueprint", "route"]
