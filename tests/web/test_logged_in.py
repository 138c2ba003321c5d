"""How long somebody stays logged in, and what ends it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from connector.host.cli import cli
from connector.host.web import Site, make_app
from connector.store.tables import sessions
from tests.web.house import House
from tests.web.idp import Idp
from tests.web.visitor import Visitor


@pytest.fixture
def home(lobby: House) -> House:
    return lobby


MINUTE = 60


HOUR = 60 * MINUTE


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
