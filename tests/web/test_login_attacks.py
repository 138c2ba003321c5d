"""What must log nobody in: answers that no provider gave, and logins of somebody else."""

from __future__ import annotations

import pytest
import requests

from connector.host.web.wire import Wire
from tests.web.entry import app_of
from tests.web.house import House
from tests.web.idp import Idp
from tests.web.visitor import Visitor, query


@pytest.fixture
def home(lobby: House) -> House:
    return lobby


MINUTE = 60


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_an_answer_with_another_state_logs_nobody_in(provider: Idp, visitor: Visitor, state: str) -> None:
    code = query(visitor.begin())["code"]

    assert visitor.get(f"/login/callback?code={code}&state={state}").status_code == 403
    assert visitor.in_as == ""
    assert "token" not in provider.asked


def test_an_answer_to_another_browsers_login_logs_nobody_in(home: House, provider: Idp, visitor: Visitor) -> None:
    """An attacker's own answer would log a victim in as the attacker."""
    attackers = Visitor(home).begin()

    assert visitor.get(attackers).status_code == 403
    visitor.begin()
    assert visitor.get(attackers).status_code == 403
    assert visitor.in_as == ""


def test_an_answer_counts_once(home: House, provider: Idp, visitor: Visitor) -> None:
    answer = visitor.begin()
    before = visitor.key
    assert visitor.get(answer).status_code == 303

    visitor.hold(before)
    assert visitor.get(answer).status_code == 403
    other = Visitor(home)
    state = query(other.begin())["state"]
    assert other.get(f"/login/callback?code={query(answer)['code']}&state={state}").status_code == 403
    assert (visitor.in_as, other.in_as) == ("", "")


def test_a_login_takes_one_answer_even_where_the_provider_gives_two(provider: Idp, visitor: Visitor) -> None:
    at = visitor.get("/login").headers["Location"]
    first, second = (visitor.get(at).headers["Location"] for _ in range(2))
    before = visitor.key
    assert visitor.get(first).status_code == 303

    visitor.hold(before)
    assert visitor.get(second).status_code == 403
    assert provider.asked.count("token") == 1


def test_a_login_under_way_lasts_ten_minutes(home: House, provider: Idp, visitor: Visitor) -> None:
    late, answer = Visitor(home), visitor.begin()
    too_late = late.begin()

    home.desk.clock.sleep(10 * MINUTE)
    assert visitor.get(answer).status_code == 303
    home.desk.clock.sleep(1)
    assert late.get(too_late).status_code == 403


def test_a_provider_that_calls_itself_otherwise_than_the_config_is_not_believed(home: House, provider: Idp) -> None:
    login = home.site.settings.login
    assert login
    app = app_of(home, login=login.model_copy(update={"issuer": f"{provider.issuer}/"}))

    answer = app.test_client(use_cookies=False).get("/login", base_url=home.url)

    assert (answer.status_code, "Location" in answer.headers) == (503, False)
    assert "calls itself" in home.log[-1]["why"]


def test_an_answer_of_another_provider_logs_nobody_in(provider: Idp, visitor: Visitor) -> None:
    came = query(visitor.begin())

    answer = visitor.get(f"/login/callback?code={came['code']}&state={came['state']}&iss=https://evil.example")

    assert answer.status_code == 403
    assert "token" not in provider.asked


def test_a_key_that_was_planted_before_the_login_is_worth_nothing_after_it(
    home: House, provider: Idp, visitor: Visitor
) -> None:
    """Whether the victim begins a login of their own, or ends the one that was planted."""
    attacker = Visitor(home)
    answer = attacker.begin()
    planted = attacker.key

    visitor.hold(planted)
    assert visitor.get(answer).status_code == 303
    assert visitor.in_as == "admin"
    assert visitor.key != planted
    assert attacker.in_as == ""

    attacker.begin()
    other = Visitor(home)
    other.hold(attacker.key)
    other.log_in(provider, "robin")
    assert (other.in_as, attacker.in_as) == ("admin", "")


def test_a_login_under_way_opens_no_page(provider: Idp, visitor: Visitor) -> None:
    visitor.begin()

    assert visitor.key
    assert visitor.in_as == ""


def test_a_provider_that_refuses_leads_to_a_page_and_not_in_circles(
    home: House, provider: Idp, visitor: Visitor
) -> None:
    provider.error = "access_denied"

    answer = visitor.get(visitor.begin())

    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert home.log == [{"event": "login_refused", "why": "the provider said access_denied"}]


def test_what_a_stranger_writes_into_an_answer_is_not_in_the_log(home: House, provider: Idp, visitor: Visitor) -> None:
    state = query(visitor.begin())["state"]

    answer = visitor.get(f"/login/callback?error=<script>pat@example.com&state={state}")

    assert "script>" not in answer.text.split("<main")[1]
    assert home.log == [{"event": "login_refused", "why": "the provider said no"}]


def test_after_five_refusals_in_a_minute_an_address_waits(home: House, provider: Idp, visitor: Visitor) -> None:
    for _ in range(8):
        assert Visitor(home).log_in(provider, "kim").status_code == 303
    for _ in range(5):
        assert visitor.get("/login/callback?code=x&state=y").status_code == 403
        home.desk.clock.sleep(1)

    for path in ("/login", "/login/callback?code=x&state=y"):
        answer = visitor.get(path, **{"X-Forwarded-For": "203.0.113.9"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "55")
    home.desk.clock.sleep(55)
    assert visitor.log_in(provider, "kim").status_code == 303


def test_logins_that_only_begin_fill_the_store_by_sixty_a_minute(home: House, provider: Idp, visitor: Visitor) -> None:
    statuses = [visitor.get("/login").status_code for _ in range(61)]

    assert statuses == [303] * 60 + [429]
    home.desk.clock.sleep(MINUTE)
    assert visitor.get("/login").status_code == 303


def test_a_wrong_secret_is_told_to_the_log_and_not_to_the_visitor(home: House, provider: Idp, visitor: Visitor) -> None:
    provider.secret = "another"

    answer = visitor.get(visitor.begin())

    assert answer.status_code == 503
    assert "client_secret" not in answer.text
    assert "does not take client_id and client_secret" in home.log[-1]["why"]


def test_the_wire_follows_nothing_reads_so_much_and_goes_nowhere_in_clear(provider: Idp) -> None:
    with Wire() as wire:
        leave = wire.get(f"{provider.issuer}/leave?post_logout_redirect_uri=/", withhold_token=True)
        assert leave.status_code == 302
        with pytest.raises(requests.RequestException, match="too long"):
            wire.get(f"{provider.issuer}/huge", withhold_token=True)
        with pytest.raises(requests.RequestException, match="not by https"):
            wire.get("http://idp.example.com/", withhold_token=True)
