"""What somebody sends who knows how the pages are made: no fault, and on record where it is not theirs."""

from __future__ import annotations

import math

import pytest

from connector.host.web import make_app
from tests.web.house import ADEYEMI, ASH, CASTILLO, KIM, PAT, ROBIN, House

BEYOND = str(2**63)
RUNS = "/memory/runs"


@pytest.mark.parametrize(
    "path",
    [
        *(f"{RUNS}?before={BEYOND}", f"{RUNS}/refused?before={BEYOND}", f"{RUNS}/1?after={BEYOND}"),
        *(f"/memory/plan?after={BEYOND}", f"{RUNS}/1?after=-{BEYOND}"),
    ],
)
def test_a_place_that_no_row_can_have_begins_anew(shared: House, path: str) -> None:
    assert shared.get(path, ROBIN)[0] == 200


def test_a_number_that_no_row_can_have_is_not_there(shared: House) -> None:
    read = [f"{RUNS}/{BEYOND}", f"{RUNS}/{BEYOND}/changes.csv", f"{RUNS}/{BEYOND}/undo", f"{RUNS}/{BEYOND}/undo.csv"]
    sent = [f"{RUNS}/{BEYOND}/undo", f"{RUNS}/nights/{BEYOND}/retry", f"/memory/cold/{BEYOND}/snooze"]

    told = [shared.get(path, ROBIN)[0] for path in read] + [shared.post(path, ROBIN)[0] for path in sent]

    assert set(told) <= {404, 405}


@pytest.mark.parametrize(
    "asked",
    ["coverage?after=%00", "territory?town=a%00b,%20IA", "runs/1?who=%00", "cold?rep=%00", "accounts?find=a%00b"],
)
def test_a_sign_that_no_text_has_is_refused_before_the_store_is_asked(shared: House, asked: str) -> None:
    assert shared.get(f"/memory/{asked}", ROBIN)[0] == 400
    assert shared.post(RUNS, ROBIN, {"job": "a\0b"})[0] == 400


def test_who_asks_for_what_is_not_theirs_is_on_record_without_a_name(shared: House) -> None:
    shared.log.clear()

    shared.get(f"/memory/accounts/{CASTILLO}", KIM)
    shared.get(f"{RUNS}?who={ASH}", PAT)
    shared.get(f"/memory/accounts/{ADEYEMI}", KIM)

    found = [(one["event"], one["status"], one["at"], one["role"]) for one in shared.log]
    assert found == [("refused", 404, "pages.account", "rep"), ("refused", 403, "pages.runs", "manager")]
    assert not any(word in f"{shared.log}" for word in ("example.com", CASTILLO, "Castillo"))


def test_a_refusal_that_is_read_by_a_program_is_plain_text_and_says_what_else_may_be_done(shared: House) -> None:
    answer = shared.ask("PUT", "/webhooks/memory", {"Accept": "text/plain"})
    heard = shared.ask("POST", "/webhooks/%3Cb%3E", {})

    assert (answer.status, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert answer.headers["Content-Type"] == heard.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_every_answer_says_of_what_kind_it_is(shared: House) -> None:
    pages = ("cold", "week", "matches.xlsx", "plan.csv", "runs/rejected.csv")
    at = [f"/memory/{page}" for page in pages]
    at += ["/healthz", "/metrics", "/api/v1/crms", "/nowhere", "/static/callplan.css"]
    key, _ = shared.session(ROBIN)

    kinds = {path: shared.ask("GET", path, {"Cookie": f"callplan={key}"}).headers["Content-Type"] for path in at}

    texts = {path: kind for path, kind in kinds.items() if kind.startswith("text/")}
    assert [path for path, kind in texts.items() if not kind.endswith("charset=utf-8")] == []
    assert {kinds[path] for path in kinds.keys() - texts.keys()} == {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/problem+json",
    }


def test_a_download_has_a_name_of_ours(shared: House) -> None:
    smuggled = "sort=x%22%0d%0aSet-Cookie:%20a=b&filename=../../evil.exe&name=evil.exe"
    key, _ = shared.session(ROBIN)

    asked = (f"/memory/{path}?{smuggled}" for path in ("matches.xlsx", "runs/rejected.csv", "runs/1/changes.csv"))
    answers = [shared.ask("GET", path, {"Cookie": f"callplan={key}"}).headers for path in asked]

    names = [answer["Content-Disposition"].replace('"', "") for answer in answers]
    ours = ("matches-memory-npi.xlsx", "rejected.csv", "run-1-changes.csv")
    assert names == [f"attachment; filename={name}" for name in ours]
    assert [answer["Set-Cookie"] for answer in answers] == [None] * 3


def test_no_two_keys_are_alike_and_each_has_256_bits(shared: House) -> None:
    keys = [shared.session(KIM)[0] for _ in range(20)]

    assert len(set(keys)) == 20
    assert min(map(len, keys)) * math.log2(64) >= 256


def test_a_fault_of_ours_tells_nothing_of_itself(shared: House) -> None:
    app = make_app(shared.site)

    @app.get("/breaks", endpoint="static.breaks")
    def breaks() -> str:
        raise RuntimeError("hunter2 of Dr. Castillo")

    shared.log.clear()
    answer = app.test_client().get("/breaks")

    assert (answer.status_code, app.debug) == (500, False)
    assert [one["event"] for one in shared.log] == ["fault"]
    assert not any(
        word in answer.text + f"{shared.log}" for word in ("hunter2", "Castillo", "Traceback", "test_hostile")
    )
