"""Against the vendors' own addresses, which no test reaches: where calls would go, and with what."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import responses
from urllib3 import HTTPResponse, PoolManager

import adapters.hubspot
import adapters.salesforce
from connector.contract import Reading, Secret
from connector.errors import TryAgain
from tests.conftest import StillClock

MY_DOMAIN = "https://yourcompany.my.salesforce.com"
DESCRIBE = f"{MY_DOMAIN}/services/data/v67.0/sobjects/Account/describe"
HTML = "<html><body>Scheduled maintenance</body></html>"


def salesforce(clock: StillClock) -> Any:
    settings = adapters.salesforce.Settings(base_url=MY_DOMAIN, client_id="key", client_secret=Secret("secret"))
    return adapters.salesforce.connect(settings, Reading("Account", (), ()), clock=clock)


@responses.activate
def test_salesforce_is_asked_for_a_token_and_then_by_it(clock: StillClock) -> None:
    login = responses.post(f"{MY_DOMAIN}/services/oauth2/token", json={"access_token": "00D!token"})
    described = responses.get(DESCRIBE, json={"name": "Account", "fields": []})

    salesforce(clock).describe("Account")

    assert login.calls[0].request.body == "grant_type=client_credentials"
    assert described.calls[0].request.headers["Authorization"] == "Bearer 00D!token"


@responses.activate
def test_a_page_of_html_from_the_login_is_tried_again(clock: StillClock) -> None:
    responses.post(f"{MY_DOMAIN}/services/oauth2/token", body=HTML, status=503, content_type="text/html")

    with pytest.raises(TryAgain):
        salesforce(clock).describe("Account")


@responses.activate
def test_a_page_of_html_with_status_200_is_no_description(clock: StillClock) -> None:
    responses.post(f"{MY_DOMAIN}/services/oauth2/token", json={"access_token": "00D!token"})
    responses.get(DESCRIBE, body=HTML, content_type="text/html")

    with pytest.raises(TryAgain):
        salesforce(clock).describe("Account")


class Listener(PoolManager):
    """Notes what would have been sent, and answers with an empty list of properties."""

    def __init__(self, body: bytes = b'{"results": []}') -> None:
        super().__init__()
        self.body, self.heard = body, list[tuple[str, str, dict[str, str]]]()

    def request(self, method: str, url: str, *_: Any, **given: Any) -> Any:
        self.heard.append((method, url, given["headers"]))
        return HTTPResponse(io.BytesIO(self.body), status=200, headers={"Content-Type": "application/json"})


def hubspot(clock: StillClock, listener: Listener) -> Any:
    settings = adapters.hubspot.Settings(token=Secret("pat-na1-key"))
    return adapters.hubspot.connect(settings, Reading("companies", (), ()), clock=clock, transport=listener)


def test_hubspot_is_asked_on_its_dated_path_with_the_key(clock: StillClock) -> None:
    listener = Listener()

    hubspot(clock, listener).describe("companies")

    method, url, headers = listener.heard[0]
    assert (method, url) == ("GET", "https://api.hubapi.com/crm/properties/2026-09/companies")
    assert headers["Authorization"] == "Bearer pat-na1-key"


@pytest.mark.parametrize("body", [HTML.encode(), json.dumps(["no", "object"]).encode(), b""])
def test_an_answer_that_is_no_answer_is_tried_again(clock: StillClock, body: bytes) -> None:
    with pytest.raises(TryAgain):
        hubspot(clock, Listener(body)).describe("companies")
