"""Logging in at a provider, and what comes of it: a role, and the page that was wanted."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from connector.host.web.login import own_path
from tests.web.entry import app_of
from tests.web.house import House
from tests.web.idp import Idp, signed
from tests.web.visitor import Visitor, claims, query


@pytest.fixture
def home(lobby: House) -> House:
    return lobby


MINUTE = 60


HOUR = 60 * MINUTE


@pytest.mark.parametrize(("who", "role"), [("kim", "rep"), ("pat", "manager"), ("robin", "admin")])
def test_each_logs_in_with_a_browser_and_out_again(
    window: BrowserContext, home: House, provider: Idp, who: str, role: str
) -> None:
    provider.honest(claims(who))
    page = window.new_page()

    page.goto(f"{home.url}/memory/cold?rep=x")
    assert page.url == f"{home.url}/memory/cold?rep=x"
    assert f"{who}@example.com, {role}" in page.inner_text(".who")

    page.get_by_role("button", name="Log out").click()
    assert "You are logged out" in page.inner_text("main")
    page.get_by_role("link", name="Log out of the identity provider").click()
    assert page.url == f"{home.url}/logged-out"


def test_a_login_is_on_record_without_a_name_or_token_in_the_log(home: House, provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "pat")
    key = visitor.key

    visitor.post("/logout", {"csrf": visitor.csrf})

    assert home.site.database.audit
    assert [(one["event"], one.get("role")) for one in home.log] == [("logged_in", "manager"), ("logged_out", None)]
    told = f"{home.log}".lower()
    assert [word for word in ("pat", "1-pat", key, "eyj") if word in told] == []
    audit = home.site.database.audit.read_text().splitlines()[-2:]
    assert ['"event": "logged in"' in audit[0], '"event": "logged out"' in audit[1]] == [True, True]
    assert all('"by": "pat@example.com"' in line for line in audit)


def test_a_name_of_a_group_counts_as_it_is_written(home: House, provider: Idp, visitor: Visitor) -> None:
    for groups in (["op"], ["opsx"], ["OPS"], ["ops "], "o", {"ops": 1}, [["ops"]], None, []):
        provider.honest({**claims("robin"), "groups": groups})
        answer = visitor.get(visitor.begin())
        assert (answer.status_code, visitor.in_as) == (403, ""), groups
        assert "Ask whoever administers Callplan" in answer.text
        home.desk.clock.sleep(MINUTE)

    provider.honest({**claims("robin"), "groups": "ops"})
    visitor.get(visitor.begin())
    assert visitor.in_as == "admin"


def test_somebody_in_several_groups_has_the_highest_role(provider: Idp, visitor: Visitor) -> None:
    provider.honest({**claims("kim"), "groups": ["reps", "managers"]})

    visitor.get(visitor.begin())

    assert visitor.in_as == "manager"


KELVIN = "\u212aim@example.com"  # in small letters it is kim@example.com


@pytest.mark.parametrize(
    "told",
    [
        {"email": None},
        {"email": "robin"},
        {"email": ["a@b"]},
        {"email": ""},
        {"email": KELVIN},
        {"email_verified": False},
    ],
)
def test_who_has_no_proven_address_is_refused(provider: Idp, visitor: Visitor, told: dict[str, object]) -> None:
    provider.honest({**claims("robin"), **told})

    assert visitor.get(visitor.begin()).status_code == 403
    assert visitor.in_as == ""


def test_who_is_logged_in_stays_so_when_a_link_leads_to_the_login(provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "kim")
    key = visitor.key

    assert visitor.get("/login?next=/memory/cold").headers["Location"] == "/memory/cold"
    assert visitor.get("/login/callback?code=x&state=y").headers["Location"] == "/"
    assert (visitor.key, visitor.in_as) == (key, "rep")


def test_keys_are_kept_and_asked_for_again_when_a_token_names_another(
    home: House, provider: Idp, visitor: Visitor
) -> None:
    home.desk.clock.sleep(HOUR)
    for _ in range(2):
        Visitor(home).log_in(provider, "kim")
    provider.asked.clear()
    Visitor(home).get(Visitor(home).begin())
    assert provider.asked == []

    provider.keys, provider.sign = ("second",), lambda told: signed(told, "second")
    visitor.get(visitor.begin())

    assert visitor.in_as == "rep"
    assert provider.asked == ["token", "keys"]


def test_the_page_that_was_wanted_is_shown_after_the_login(provider: Idp, visitor: Visitor) -> None:
    to_login = visitor.get("/memory/cold?rep=a%26b&x=%2F").headers["Location"]

    assert query(to_login) == {"next": "/memory/cold?rep=a%26b&x=%2F"}
    visitor.get(to_login)
    assert visitor.log_in(provider, "kim", "/memory/cold%3Frep=a%2526b").headers["Location"] == "/memory/cold?rep=a%26b"


ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/a\\..\\b",
    " //evil.example",
    "evil.example",
    "javascript:alert(1)",
    "/a\r\nSet-Cookie: x=y",
    "",
    "/é",
    "/" + "a" * 600,
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_login_leads_to_another_site(wanted: str) -> None:
    assert own_path(wanted) == "/"


@pytest.mark.parametrize("path", ["", "/in"])
def test_under_https_the_cookie_and_the_way_back_are_those_of_our_public_address(
    home: House, provider: Idp, path: str
) -> None:
    client = app_of(home, public_url=f"https://callplan.example.com{path}").test_client(use_cookies=False)
    believed_nowhere = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Forwarded": "host=evil.example",
    }

    answer = client.get("/login", base_url="http://callplan.example.com", headers=believed_nowhere)

    name, *rest = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-callplan-in=" if path else "__Host-callplan=")
    assert {part.lower() for part in rest} == {"secure", "httponly", "path=/", "samesite=lax"}
    asked = query(answer.headers["Location"])
    assert asked["redirect_uri"] == f"https://callplan.example.com{path}/login/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
