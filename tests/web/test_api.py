"""The API: whose token may do what, a night that is triggered once, pages of rows, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from connector.host.web.api import cursors
from connector.host.web.api.declare import ROUTES
from connector.host.web.api.openapi import as_json, document
from connector.store.tables import assignments, flags
from tests.conftest import TODAY
from tests.web.house import ADEYEMI, BRANDT, CASTILLO, DIAZ, KIM, PAT, ROBIN, SAM, House, house
from tests.web.programs import Answer, ask, token

DOCUMENT = Path(__file__).parent.parent.parent / "docs/reference/openapi.json"
V1 = "/api/v1/memory"
EVIL = ("'", "'%20OR%201=1--", "..%2f..%2f", "%00", "${7*7}", "{{7*7}}", "%F0%9F%92%A3", "1e999", "-1", "a" * 1900)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for the tests that change nothing but what they look at."""
    with house(tmp_path_factory.mktemp("api")) as made:
        yield made


@pytest.fixture(scope="module")
def robin(home: House) -> str:
    return token(home, ROBIN)


def npis(answer: Answer) -> list[str]:
    return [flag["npi"] for flag in answer.told["flags"]]


def test_each_token_sees_the_flags_of_its_person(home: House) -> None:
    seen = {who: npis(ask(home, f"{V1}/flags", token(home, who))) for who in (KIM, PAT, SAM, ROBIN)}

    assert seen == {KIM: [ADEYEMI], PAT: [ADEYEMI, BRANDT], SAM: [CASTILLO], ROBIN: [ADEYEMI, BRANDT, CASTILLO]}


def test_filters_narrow_what_a_token_sees_and_never_widen_it(home: House, robin: str) -> None:
    assert npis(ask(home, f"{V1}/flags?rep={KIM}", robin)) == [ADEYEMI]
    assert npis(ask(home, f"{V1}/flags?manager={SAM}", robin)) == [CASTILLO]
    assert npis(ask(home, f"{V1}/flags?manager={SAM}", token(home, PAT))) == []
    assert ask(home, f"{V1}/call-lists?rep={KIM}", token(home, SAM)).told["stops"] == []


def test_an_account_of_somebody_else_is_as_one_that_is_not_there(home: House) -> None:
    kims, absent = token(home, KIM), "1000000996"

    assert ask(home, f"{V1}/accounts/{ADEYEMI}", kims).told["flag"]["npi"] == ADEYEMI
    hidden, missing = (ask(home, f"{V1}/accounts/{npi}", kims) for npi in (BRANDT, absent))
    assert (hidden.status, hidden.text) == (404, missing.text)


@pytest.mark.parametrize("path", ["runs", "runs/1", "nights/1"])
def test_runs_are_for_admins(home: House, path: str) -> None:
    assert ask(home, f"{V1}/{path}", token(home, PAT)).status == 403


def test_a_rep_triggers_nothing_and_snoozes_nothing(home: House) -> None:
    kims = token(home, KIM)

    assert ask(home, f"{V1}/runs", kims, {"job": "nightly"}).status == 403
    assert ask(home, f"{V1}/flags/1/snooze", kims, {"reason": "On leave"}).status == 403
    assert home.store.flags.open().keys() >= {ADEYEMI}


def test_a_cookie_alone_opens_nothing(home: House) -> None:
    key, _ = home.session(ROBIN)

    answer = ask(home, f"{V1}/runs", body={"job": "nightly"}, Cookie=f"callplan={key}")

    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="callplan"')
    assert answer.told["next_step"].startswith("Send `Authorization: Bearer")


def test_tokens_that_are_revoked_expired_or_of_another_house_are_refused(home: House, tmp_path: Path) -> None:
    tokens, now = home.site.database.tokens, home.site.clock.now()
    revoked, expired = token(home, ROBIN), token(home, ROBIN, timedelta(0))
    tokens.revoke(tokens.all()[-2].id, now)
    with house(tmp_path, night=False) as other:
        elsewhere = token(other, ROBIN)

    answers = [ask(home, "/api/v1/crms", key) for key in (revoked, expired, elsewhere, f"{elsewhere}x")]

    assert [answer.status for answer in answers] == [401] * 4
    assert "error=" in answers[0].headers["WWW-Authenticate"]


def test_the_store_holds_no_token_and_the_log_none_either(home: House) -> None:
    made = token(home, ROBIN)
    ask(home, "/api/v1/crms", made)

    files = home.desk.folder.glob("callplan.db*")

    assert made.startswith("callplan_")
    assert not any(made[9:].encode() in file.read_bytes() for file in files)
    assert made[9:] not in json.dumps(home.log)


def test_whoever_guesses_is_made_to_wait_and_a_good_token_still_passes(tmp_path: Path) -> None:
    with house(tmp_path, night=False) as home:
        good, guess = token(home, ROBIN), f"callplan_{'x' * 43}"

        answers = [ask(home, "/api/v1/crms", guess) for _ in range(11)]

        assert [answer.status for answer in answers] == [401] * 10 + [429]
        assert int(answers[-1].headers["Retry-After"]) == 60
        assert ask(home, "/api/v1/crms", good).status == 200
        home.desk.clock.sleep(61)
        assert ask(home, "/api/v1/crms", guess).status == 401


def test_the_same_job_for_the_same_time_is_one_night_and_so_is_the_same_key(home: House, robin: str) -> None:
    asked = {"job": "nightly", "scheduled": "2026-11-22T02:15:00-06:00"}

    twice = [ask(home, f"{V1}/runs", robin, asked) for _ in range(2)]
    home.desk.clock.sleep(1)
    keyed = [ask(home, f"{V1}/runs", robin, {"job": "pull"}, **{"Idempotency-Key": "dag-1"}) for _ in range(2)]

    assert [answer.status for answer in twice + keyed] == [202] * 4
    assert twice[0].told == twice[1].told
    assert keyed[0].told == keyed[1].told
    assert twice[0].told["scheduled"] == "2026-11-22T08:15:00Z"
    other = ask(home, f"{V1}/runs", robin, {"job": "push"}, **{"Idempotency-Key": "dag-1"})
    assert (other.status, "night" in other.told["detail"]) == (409, True)


def test_a_night_that_was_triggered_is_watched_to_its_end_with_its_run(tmp_path: Path) -> None:
    with house(tmp_path, night=False) as home:
        robin, nights = token(home, ROBIN), home.site.database.nights
        number = ask(home, f"{V1}/runs", robin, {"job": "nightly"}).told["id"]
        told = [ask(home, f"{V1}/nights/{number}", robin).told["state"]]

        taken = nights.take("a worker", home.site.clock.now())
        assert taken
        told.append(ask(home, f"{V1}/nights/{number}", robin).told["state"])
        with home.desk.run(TODAY) as run:
            nights.note_run(taken, run.id)
        nights.finish(taken, "done", home.site.clock.now())

        ended = ask(home, f"{V1}/nights/{number}", robin).told
        assert [*told, ended["state"], ended["runs"]] == ["waiting", "running", "done", [run.id]]
        assert ask(home, f"{V1}/runs/{run.id}", robin).told["state"] == "done"
        assert '"called"' in (home.desk.folder / "callplan.db.audit.jsonl").read_text()


def test_a_manager_snoozes_a_flag_once(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        flag, path = home.store.flags.open()[ADEYEMI], f"{V1}/flags/1/snooze"
        told = [ask(home, path, token(home, who), {"reason": "On leave"}) for who in (SAM, PAT, PAT)]

        assert (flag.id, [answer.status for answer in told]) == (1, [404, 200, 409])
        assert told[1].told == {"id": 1, "npi": ADEYEMI, "snoozed_until": "2026-12-23"}
        ended = next(one for one in home.store.flags.all() if one.id == 1)
        assert (ended.said, ended.by) == ("On leave", PAT)


def test_pages_of_flags_miss_none_and_repeat_none_while_flags_come_and_go(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        _raise_flags(home, 2 * cursors.PAGE)
        robin, seen, path = token(home, ROBIN), list[int](), f"{V1}/flags"
        before = {flag.id for flag in home.store.flags.all() if not flag.ended}

        first = ask(home, path, robin).told
        ended = first["flags"][7]["id"]
        with home.site.database.begin() as connection:
            connection.execute(update(flags).where(flags.c.id == ended).values(ended=TODAY))
        seen += [flag["id"] for flag in first["flags"]]
        while first["next"]:
            first = ask(home, f"{path}?after={first['next']}", robin).told
            seen += [flag["id"] for flag in first["flags"]]

        assert sorted(seen) == seen == sorted(before)


def test_pages_of_stops_and_of_runs_go_on_where_the_page_before_ended(
    home: House, robin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ask(home, f"{V1}/call-lists", robin).told["stops"]
    monkeypatch.setattr(cursors, "PAGE", 1)

    seen, after = list[Any](), ""
    while after is not None:
        told = ask(home, f"{V1}/call-lists{after and f'?after={after}'}", robin).told
        seen, after = [*seen, *told["stops"]], told["next"]

    assert seen == whole
    assert sorted(stop["npi"] for stop in seen) == sorted([ADEYEMI, BRANDT, CASTILLO, DIAZ])


def test_a_count_from_1_to_10_is_not_told(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        told = []
        for volume in (None, 0.0, 3.0, 10.9, 11.0):
            with home.site.database.begin() as connection:
                connection.execute(update(assignments).values(volume=volume))
                connection.execute(update(flags).values(at_risk=volume))
            answer = ask(home, f"{V1}/accounts/{ADEYEMI}", token(home, ROBIN)).told
            assert answer["flag"]["at_risk"] == answer["volume"]
            told.append((answer["volume"], answer["volume_below"]))

    assert told == [(None, None), (0.0, None), (None, 11), (None, 11), (11.0, None)]


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_that_is_smuggled_into_a_parameter_is_done_or_told(home: House, robin: str, evil: str) -> None:
    queries = [f"{V1}/{what}={evil}" for what in ("flags?rep", "flags?manager", "flags?after", "call-lists?week")]
    paths = [f"{V1}/accounts/{evil}", f"{V1}/runs/{evil}", f"/api/v1/{evil}/flags", f"{V1}/call-lists?after={evil}"]
    written = {"job": evil, "scheduled": evil}

    answers = [ask(home, path, robin) for path in (*queries, *paths)]
    answers += [ask(home, f"{V1}/runs", robin, written), ask(home, f"{V1}/flags/{evil}/snooze", robin, {"reason": "x"})]

    assert all(answer.status in (200, 404, 422) for answer in answers), [answer.status for answer in answers]
    assert all(npis(answer) == [] for answer in answers if answer.status == 200)
    assert not any(word in answer.text for answer in answers for word in ("Traceback", "sqlalchemy", "SELECT"))


def test_what_is_refused_says_at_which_place_and_never_tells_back_what_was_sent(home: House, robin: str) -> None:
    answer = ask(home, f"{V1}/flags?rep=a&rep=b&depth=7", robin)
    body = ask(home, f"{V1}/runs", robin, {"job": "nightly", "scheduled": "my secret", "x": 1})

    assert (answer.status, answer.kind) == (422, "application/problem+json")
    assert [one["at"] for one in answer.told["mistakes"]] == ["query.rep", "query.depth"]
    assert {one["at"] for one in body.told["mistakes"]} == {"body.scheduled", "body.x"}
    assert "my secret" not in body.text


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/runs", "{", "application/json", 400),
        ("/runs", '{"job": "nightly"}', "text/plain", 415),
        ("/runs", '{"job": "\\ud800"}', "application/json", 400),
        ("/runs", '{"job": "nightly", "scheduled": "9999-12-31T23:59:59-14:00"}', "application/json", 422),
        ("/flags/1/snooze", '{"reason": "a\\u0000b"}', "application/json", 422),
        ("/flags/1/snooze", '{"reason": "On leave", "until": "2026-11-23"}', "application/json", 422),
        ("/crms", "{}", "application/json", 404),
        ("/call-lists", "{}", "application/json", 405),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_no_fault(
    home: House, robin: str, path: str, body: str, kind: str, status: int
) -> None:
    answer = ask(home, V1 + path, robin, body, **{"Content-Type": kind})

    assert (answer.status, answer.kind) == (status, "application/problem+json")
    assert answer.told["next_step"]


def test_the_document_is_the_one_on_file_and_has_every_route_and_no_other(home: House) -> None:
    from connector.host.web import make_app

    rules = [rule for rule in make_app(home.site).url_map.iter_rules() if rule.rule.startswith("/api/")]
    served = {(method, rule.endpoint) for rule in rules for method in rule.methods or () if method != "HEAD"}
    told = {
        (m.upper(), f"api.{one['operationId']}") for path in document()["paths"].values() for m, one in path.items()
    }

    assert served - {("GET", "api.openapi")} == told
    assert len(told) == len(ROUTES)
    assert DOCUMENT.read_text() == as_json(document()), "run `make schemas`"
    assert ask(home, "/api/v1/openapi.json").text == DOCUMENT.read_text()


def _raise_flags(home: House, many: int) -> None:
    """So many more of one account, as after years."""
    row = {"crm": "memory", "npi": ADEYEMI, "run": 1, "raised": TODAY, "rep": KIM, "manager": PAT}
    with home.site.database.begin() as connection:
        connection.execute(insert(flags), [{**row, "reason": "silent", "next_step": "Call."} for _ in range(many)])
