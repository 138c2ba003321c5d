"""What the OpenAPI document says is what is answered: schemathesis tries it, with what fits and with what does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from connector.host.web import make_app
from connector.host.web.api.openapi import document
from tests.web.house import ADEYEMI, ROBIN, House, house
from tests.web.programs import token

FEW = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
SAID_OTHERWISE: list[Any] = [positive_data_acceptance]  # no schema says which cursor is ours, nor which day is to come


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("openapi")) as made:
        made.site.database.nights.call("memory", "nightly", made.site.clock.now())
        yield made


@pytest.fixture(scope="module")
def key(home: House) -> str:
    return token(home, ROBIN)


@pytest.fixture(scope="module")
def described(home: House) -> OpenApiSchema:
    app = make_app(home.site)
    app.extensions["limits"].tokens.most = 1_000_000  # it tries without a good token, too
    found: OpenApiSchema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    return found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", sorted(document()["paths"]))
def test_each_route_answers_as_the_document_says_whatever_is_asked(
    described: OpenApiSchema, key: str, path: str, mode: GenerationMode
) -> None:
    told = set[int]()
    for method in described[path]:
        operation = described[path][method]

        @FEW
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case[Any]) -> None:
            _bring_home(case, mode)
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=SAID_OTHERWISE)
            told.add(answer.status_code)

        ask()
    assert told & ({200, 202, 409} if mode is GenerationMode.POSITIVE else {401, 404, 405, 415, 422}), told


def _bring_home(case: schemathesis.Case[Any], mode: GenerationMode) -> None:
    """What fits the document mostly names no CRM, run or account that there is; here it does."""
    if mode is GenerationMode.POSITIVE and case.path_parameters:
        there = {"crm": "memory", "number": 1, "npi": ADEYEMI}
        case.path_parameters.update({name: there[name] for name in case.path_parameters})
