"""Under which name and path we are reached, by whom, and what of that is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import NeedsHuman
from connector.host.web.server import start
from tests.web.entry import app_of
from tests.web.house import KIM, House

PUBLIC = "https://callplan.example.com"


@pytest.fixture
def home(lobby: House) -> House:
    return lobby


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded"])
def test_what_a_proxy_says_of_us_is_not_believed(home: House, header: str) -> None:
    said = {header: "host=evil.example;proto=https" if header == "Forwarded" else "evil.example"}
    key, _ = home.session(KIM)

    answer = home.ask("GET", "/", {"Cookie": f"callplan={key}", **said})

    assert (answer.status, answer.headers["Location"]) == (302, "/memory/week")
    assert "evil" not in home.get("/memory/cold", KIM, **said)[1]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.7", ""]
)
def test_pages_are_not_reached_under_a_strangers_name(home: House, host: str) -> None:
    for settings in ({"login": None}, {}, {"public_url": PUBLIC}):
        client = app_of(home, **settings).test_client(use_cookies=False)
        for path in ("/memory/cold", "/login", "/static/callplan.css", "/nowhere"):
            assert client.get(path, environ_overrides={"HTTP_HOST": host}).status_code == 400, (settings, path)


def test_without_a_login_only_this_machine_is_answered_and_no_proxy_on_it(home: House) -> None:
    client = app_of(home, login=None).test_client(use_cookies=False)

    def status(address: str, **headers: str) -> int:
        return client.get("/memory/cold", environ_overrides={"REMOTE_ADDR": address}, headers=headers).status_code

    assert [status(address) for address in ("127.0.0.1", "::1", "127.0.0.7")] == [200, 200, 200]
    assert [status(address) for address in ("192.168.1.7", "10.0.0.1", "", "127x.example")] == [400] * 4
    for header in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via"):
        assert status("127.0.0.1", **{header: "127.0.0.1"}) == 400, header


def test_the_server_hides_no_proxy_from_the_door(home: House) -> None:
    from connector.host.web import start

    serving = start(app_of(home, login=None), "127.0.0.1", 0)
    local = replace(home, serving=serving)
    try:
        assert local.get("/memory/cold")[0] == 200
        assert local.get("/memory/cold", **{"X-Forwarded-For": "203.0.113.9"})[0] == 400
    finally:
        serving.stop()


@pytest.mark.parametrize(
    ("host", "called"), [("127.0.0.1", "127.0.0.1"), ("localhost", "(127.0.0.1|\\[::1\\])"), ("0.0.0.0", "localhost")]
)
def test_where_the_pages_are_is_an_address_that_a_browser_opens(host: str, called: str) -> None:
    serving = start(lambda _environ, _start: [], host, 0)
    try:
        assert re.fullmatch(f"http://{called}:{serving.port}", serving.pages)
    finally:
        serving.stop()


def test_a_session_of_this_machines_admin_is_worth_nothing_once_there_is_a_login(home: House) -> None:
    local = app_of(home, login=None).test_client(use_cookies=False)
    cookie = local.get("/memory/cold").headers["Set-Cookie"].partition(";")[0]

    assert (
        app_of(home).test_client(use_cookies=False).get("/memory/cold", headers={"Cookie": cookie}).status_code == 303
    )


def test_a_cookie_is_for_our_host_alone_and_for_no_script(home: House) -> None:
    here = app_of(home, login=None).test_client(use_cookies=False).get("/memory/cold").headers["Set-Cookie"].split("; ")

    assert here[0].startswith("callplan=")
    assert {part.lower() for part in here[1:]} == {"httponly", "path=/", "samesite=lax"}


@pytest.mark.parametrize(
    ("public", "above", "root"),
    [
        (None, "/acme", "/acme"),
        (f"{PUBLIC}", "/acme", "/acme"),
        (f"{PUBLIC}/acme", "/acme", "/acme"),
        (f"{PUBLIC}/in/acme", "/acme", "/in/acme"),
        (f"{PUBLIC}/in", "/acme", "/in/acme"),
        (f"{PUBLIC}/in/", "", "/in"),
    ],
)
def test_links_begin_with_the_path_under_which_others_reach_us(
    home: House, public: str | None, above: str, root: str
) -> None:
    client = app_of(home, public_url=public).test_client(use_cookies=False)
    asked: dict[str, Any] = {"environ_overrides": {"SCRIPT_NAME": above, "HTTP_HOST": host(public)}}
    name = ("__Host-callplan-" if public else "callplan-") + root.strip("/").replace("/", "%2F")

    answer = client.get("/memory/cold", **asked)
    assert answer.headers["Location"].partition("?")[0] == f"{root}/login"
    key, _ = home.session(KIM)
    for path in ("cold", "accounts?find=dr", "territory"):
        page = client.get(f"/memory/{path}", headers={"Cookie": f"{name}={key}"}, **asked)
        assert page.status_code == 200
        links = [part.partition('"')[0] for word in ("href", "action") for part in page.text.split(f'{word}="/')[1:]]
        assert [link for link in links if not f"/{link}".startswith(f"{root}/")] == []
    assert client.get("/memory/cold", headers={"Cookie": f"callplan={key}"}, **asked).status_code == 303


def host(public: str | None) -> str:
    return "callplan.example.com" if public else "localhost"


def test_a_proxy_may_leave_the_path_as_it_is(home: House) -> None:
    client = app_of(home, public_url=f"{PUBLIC}/in").test_client(use_cookies=False)

    statuses = {
        path: client.get(path, base_url=PUBLIC).status_code for path in ("/in/logged-out", "/logged-out", "/inn")
    }

    assert statuses == {"/in/logged-out": 200, "/logged-out": 200, "/inn": 404}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"login": None, "host": "0.0.0.0"}, "for this machine alone"),
        ({"host": "0.0.0.0"}, "no `web.public_url`"),
        ({"public_url": "http://callplan.example.com"}, "without https"),
    ],
)
def test_a_door_that_would_stand_open_is_not_opened(home: House, settings: Mapping[str, Any], told: str) -> None:
    with pytest.raises(NeedsHuman, match=told):
        app_of(home, **settings)
