"""Logging in at a provider, and what comes of it: a role, a session, its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from connector.host.cli import cli
from connector.host.web import Site, make_app
from connector.host.web.login import own_path
from connector.store.tables import sessions
from tests.web.entry import place
from tests.web.house import House
from tests.web.idp import Idp, signed
from tests.web.visitor import Visitor, claims, query

MINUTE, HOUR = 60, 3600


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Idp]]:
    with place(tmp_path_factory.mktemp("login")) as made:
        yield made


@pytest.fixture
def home(shared: tuple[House, Idp]) -> House:
    shared[0].desk.clock.sleep(MINUTE + 1)
    shared[0].log.clear()
    return shared[0]


@pytest.fixture
def provider(shared: tuple[House, Idp]) -> Idp:
    shared[1].honest(claims("robin"))
    return shared[1]


@pytest.fixture
def visitor(home: House) -> Visitor:
    return Visitor(home)


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


@pytest.mark.parametrize("told", [{"email": None}, {"email": "robin"}, {"email": ["a@b"]}, {"email_verified": False}])
def test_who_has_no_proven_address_is_refused(provider: Idp, visitor: Visitor, told: dict[str, object]) -> None:
    provider.honest({**claims("robin"), **told})

    assert visitor.get(visitor.begin()).status_code == 403
    assert visitor.in_as == ""


def test_a_group_that_the_config_no_longer_names_opens_nothing(home: House, provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "robin")

    assert visitor.in_as == "admin"
    assert asked_with(home, visitor.key, {"admin": (), "rep": ("ops",)}) == (200, "rep")
    assert asked_with(home, visitor.key, {"admin": ("reps",)}) == (303, "")
    assert asked_with(home, visitor.key, {"admin": ("ops",)}, issuer="https://other.example.com") == (303, "")


def asked_with(home: House, key: str, groups: dict[str, tuple[str, ...]], **words: object) -> tuple[int, str]:
    """What a service answers that was started anew with such a config."""
    config, web = home.site.config.value, home.site.settings
    assert web.login
    login = web.login.model_copy(update={"groups": type(web.login.groups)(**groups), **words})
    changed = config.model_copy(update={"web": web.model_copy(update={"login": login})})
    loaded = replace(home.site.config, value=changed)
    app = make_app(Site(loaded, home.site.database, home.site.clock, home.site.log))
    answer = app.test_client(use_cookies=False).get("/memory/cold", headers={"Cookie": f"callplan={key}"})
    return answer.status_code, "rep" if ", rep</span>" in answer.text else ""


def test_a_session_ends_when_nobody_asks_for_half_an_hour(home: House, provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "kim")

    for _ in range(3):
        home.desk.clock.sleep(29 * MINUTE)
        assert visitor.in_as == "rep"
    home.desk.clock.sleep(31 * MINUTE)
    assert visitor.in_as == ""


def test_a_session_ends_after_twelve_hours_in_any_case(home: House, provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "kim")

    for _ in range(25):
        home.desk.clock.sleep(28 * MINUTE + 45)
        assert visitor.in_as == "rep"
    home.desk.clock.sleep(10 * MINUTE)
    assert visitor.in_as == ""


def test_a_logout_ends_the_session_and_takes_a_form_of_ours(provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "kim")
    key, csrf = visitor.key, visitor.csrf

    assert visitor.post("/logout").status_code == 403
    assert visitor.post("/logout", {"csrf": csrf}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert visitor.in_as == "rep"
    assert visitor.post("/logout", {"csrf": csrf}).status_code == 303
    assert visitor.key == ""
    visitor.hold(key)
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


def test_the_store_holds_no_key_of_a_session(home: House, provider: Idp, visitor: Visitor) -> None:
    visitor.log_in(provider, "robin")

    with home.site.database.reading() as connection:
        kept = connection.execute(select(sessions)).all()
    assert visitor.key not in f"{kept}"
    for row in kept:
        visitor.hold(row.id)
        assert visitor.in_as == ""


def test_an_admin_of_the_machine_sees_who_is_logged_in_and_ends_it(
    home: House, provider: Idp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.host.sessions.WallClock", lambda: home.site.clock)
    home.desk.clock.sleep(HOUR)
    kim, pat, robin = (Visitor(home) for _ in range(3))
    for one, who in ((kim, "kim"), (pat, "pat"), (robin, "robin")):
        one.log_in(provider, who)

    def asked(*words: str) -> str:
        path = str(home.site.config.path)
        return CliRunner().invoke(cli, ["sessions", *words, "--config", path], catch_exceptions=False).output

    listed = asked()
    assert all(f"{who}@example.com" in listed for who in ("kim", "pat", "robin"))
    assert "Write:" in asked("end", "kim@example.com")
    assert asked("end", "Kim@example.com", "--by", "Robin") == "1 ended.\n"
    assert (kim.in_as, pat.in_as) == ("", "manager")
    assert asked("end", "--all", "--by", "Robin") == "2 ended.\n"
    assert (pat.in_as, robin.in_as, asked()) == ("", "", "Nobody is logged in.\n")
    kim.log_in(provider, "kim")
    assert kim.in_as == "rep"
