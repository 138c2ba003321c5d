"""Who may ask for what, with which form; and what every answer carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from werkzeug.routing import Rule

from connector.host.web import make_app
from connector.host.web.door import OPEN
from connector.host.web.who import Role
from tests.web.entry import app_of
from tests.web.house import ADEYEMI, KIM, LEE, PAT, ROBIN, House

WHO = {Role.REP: KIM, Role.MANAGER: PAT, Role.ADMIN: ROBIN}


PUBLIC = "https://callplan.example.com"


@pytest.fixture
def home(lobby: House) -> House:
    return lobby


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each with an address that it answers."""
    filled = {"crm": "memory", "npi": ADEYEMI, "name": "callplan.css"}
    for rule in app.url_map.iter_rules():
        words = {name: filled.get(name, "1") for name in rule.arguments}
        built = rule.build(words)
        assert built, rule
        yield rule, built[1]


def guarded(app: Flask) -> Iterator[tuple[str, str, Role]]:
    for rule, path in routes(app):
        if rule.endpoint.rpartition(".")[0] not in OPEN:
            least = getattr(app.view_functions[rule.endpoint], "allowed", None)
            assert least, f"{rule} says nothing of who may have it"
            yield from ((method, path, least) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def test_every_route_is_for_those_who_may_and_nobody_else(home: House) -> None:
    found = list(guarded(make_app(home.site)))

    assert len(found) > 2
    for method, path, least in found:
        answer = home.ask(method, path, {})
        told = (answer.status, (answer.headers["Location"] or "").partition("?")[0])
        assert told == ((303, "/login") if method == "GET" else (403, "")), (method, path)
        for role, who in WHO.items():
            if role < least or method == "GET":
                status, _ = home.get(path, who) if method == "GET" else home.post(path, who, {"role": "admin"})
                assert status == 403 if role < least else status != 403 and status < 500, (method, path, role)


def test_a_view_that_says_nothing_is_nobodys(home: House) -> None:
    app = make_app(home.site)
    app.add_url_rule("/forgotten", view_func=lambda: "everything")
    key, _ = home.session(ROBIN)

    answer = app.test_client(use_cookies=False).get("/forgotten", headers={"Cookie": f"callplan={key}"})

    assert (answer.status_code, "everything" in answer.text) == (404, False)


HEADERS = {
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Cache-Control",
}


def test_every_answer_has_the_headers(home: House) -> None:
    client = app_of(home, public_url=PUBLIC).test_client(use_cookies=False)
    paths = {path for _, path in routes(make_app(home.site))} | {"/nowhere", "/static/../door.py", "/memory/cold/x"}

    for path in sorted(paths):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = client.open(path, method=method, base_url=PUBLIC)
            missing = HEADERS - {name for name, _ in answer.headers}
            assert not missing, (method, path, missing)
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            kept = answer.headers["Cache-Control"] != "no-store"
            assert kept == (path == "/static/callplan.css" and method in ("GET", "HEAD")), (method, path)


def test_no_address_changes_anything_when_it_is_only_read(home: House) -> None:
    before = content(home)

    for method, path, _ in guarded(make_app(home.site)):
        if method == "GET":
            assert home.get(f"{path}?reason=x&until=2027-01-01&snooze=1", ROBIN)[0] < 500

    assert content(home) == before


UNSAID = {"sessions", "meters"}  # when somebody was last here; that the set-up page asked the CRM


def content(home: House) -> dict[str, str]:
    tables = MetaData()
    tables.reflect(home.site.database.engine)
    with home.site.database.reading() as connection:
        told = {table.name: f"{connection.execute(select(table)).all()}" for table in tables.sorted_tables}
    return {name: hashlib.sha256(rows.encode()).hexdigest() for name, rows in told.items() if name not in UNSAID}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"csrf": ""},
        {"csrf": "x" * 43},
        {"csrf": "é"},
        {"csrf": "of Lee"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"X-CSRF-Token": "x"},
    ],
    ids=str,
)
def test_a_form_that_is_not_ours_does_nothing(home: House, wrong: dict[str, str]) -> None:
    flag = home.store.flags.open()[ADEYEMI]
    told = {"reason": "On leave"}
    if "csrf" in wrong:
        told["csrf"] = home.session(LEE)[1].csrf if wrong["csrf"] == "of Lee" else wrong["csrf"]
    headers = {name: value for name, value in wrong.items() if name != "csrf"}

    assert home.post(f"/memory/cold/{flag.id}/snooze", PAT, told, **headers)[0] == 403

    assert home.store.flags.open()[ADEYEMI] == flag


def test_a_form_of_ours_comes_from_our_own_origin_or_says_nothing_of_it(home: House) -> None:
    for headers in ({}, {"Origin": home.url, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert home.post("/memory/cold/999999/snooze", PAT, {"reason": "x"}, **headers)[0] == 404
    key, session = home.session(PAT)
    by_htmx = {"Cookie": f"callplan={key}", "X-CSRF-Token": session.csrf, **FORM}
    assert home.ask("POST", "/memory/cold/999999/snooze", by_htmx, "reason=x").status == 404


def test_a_part_of_a_page_that_comes_too_late_leads_the_whole_page_to_the_login(home: House) -> None:
    answer = home.ask("GET", "/memory/cold", {"HX-Request": "true"})

    assert (answer.status, answer.headers["HX-Redirect"]) == (403, "/login")


def test_a_provider_that_is_not_there_is_a_page_and_asked_again_after_a_moment(home: House) -> None:
    assert home.site.settings.login
    nowhere = home.site.settings.login.model_copy(update={"issuer": "http://127.0.0.1:1/idp"})
    client = app_of(home, login=nowhere).test_client()

    statuses = [client.get("/login").status_code for _ in range(2)]

    assert statuses == [503, 503]
    assert ["a moment ago" in one["why"] for one in home.log] == [False, True]
    home.desk.clock.sleep(10)
    assert client.get("/login").status_code == 503
    assert "a moment ago" not in home.log[-1]["why"]
