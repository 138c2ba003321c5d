"""The page of runs: a job run now and a night called once more, each once; what was rejected, refused and spent."""

from __future__ import annotations

import json

from connector.contract import Outcome, Verdict
from connector.store.journal import Difference
from connector.store.plan import Vintage
from tests.web.house import ADEYEMI, BRANDT, KIM, PAT, ROBIN, House
from tests.web.working import work

PATHS = (
    *("/memory/runs", "/memory/runs/1", "/memory/runs/1/undo", "/memory/plan", "/memory/runs/refused"),
    *("/memory/runs/1/changes.csv", "/memory/runs/rejected.csv", "/memory/runs/1/undo.csv", "/memory/plan.csv"),
)
FORMS = (
    *("/memory/runs", "/memory/runs/nights/1/retry", "/memory/runs/1/undo", "/memory/runs/1/undo/look"),
    *("/memory/plan", "/memory/plan/approve"),
)


def test_a_job_is_run_now_once_however_often_it_is_asked_for(home: House) -> None:
    asked = [home.post("/memory/runs", ROBIN, {"job": "nightly"})[0] for _ in range(3)]

    assert asked == [303, 409, 409]
    assert (home.desk.folder / "callplan.db.audit.jsonl").read_text().count('"event": "asked"') == 1
    assert (work(home), work(home)) == (1, 0)
    assert [run.by for run in home.store.journal.last_runs()] == [ROBIN, None]


def test_a_job_that_does_not_exist_is_not_run(home: House) -> None:
    status, page = home.post("/memory/runs", ROBIN, {"job": "undo 1"})

    assert (status, home.site.database.nights.last("memory")) == (400, [])
    assert "There is no job of that name" in page


def test_a_night_that_was_stopped_is_called_once_more_and_only_once(home: House) -> None:
    tiers = home.desk.folder / "tiers.csv"
    kept = tiers.read_text()
    tiers.unlink()
    home.post("/memory/runs", ROBIN, {"job": "nightly"})
    work(home)
    stopped, page = home.site.database.nights.last("memory")[0], home.get("/memory/runs", ROBIN)[1]
    tiers.write_text(kept)
    home.desk.clock.sleep(60)

    retry = f"/memory/runs/nights/{stopped.id}/retry"
    again = [home.post(retry, ROBIN)[0] for _ in range(2)]
    work(home)
    home.desk.clock.sleep(60)
    again.append(home.post(retry, ROBIN)[0])

    assert "tiers.csv" in page
    assert "Retry</button>" in page
    assert again == [303, 409, 409]
    assert [night.state for night in home.site.database.nights.last("memory")] == ["done", "stopped"]
    assert "Retry</button>" not in home.get("/memory/runs", ROBIN)[1]


def test_rows_that_could_not_be_used_are_told_with_their_line_and_what_to_do(home: House) -> None:
    reason = "=1+1 is not an NPI: ten digits with a right check digit"
    row = {"file": "tiers.csv", "line": 7, "reason": reason}
    home.desk.night(name="keep_books")
    home.store.plan.save_vintage(2, Vintage("of today", 4, 5, 1, (), (row,)))
    (home.desk.folder / home.site.config.value.rejected).write_text(json.dumps({**row, "file": "=tiers.csv"}))

    page, sheet = home.get("/memory/runs", ROBIN)[1], home.get("/memory/runs/rejected.csv", ROBIN)[1]

    assert "<code>tiers.csv:7</code> =1+1 is not an NPI" in page
    assert "the NPI registry finds it by name" in page
    assert sheet.splitlines()[1].startswith("'=tiers.csv,7,'=1+1 is not an NPI")


def test_refused_records_are_told_in_the_words_of_the_crm_until_they_are_written(home: House) -> None:
    told = "Tier A needs the director's approval."
    settle(home, Outcome(home.account(BRANDT), Verdict.REFUSED, "RULE", told, remedy="Ask the director."))
    refused = home.get("/memory/runs", ROBIN)[1]
    settle(home, Outcome(home.account(BRANDT), Verdict.WRITTEN))

    assert "Tier A needs the director&#39;s approval. <code>RULE</code>" in refused
    assert "Ask the director." in refused
    assert "approval" not in home.get("/memory/runs", ROBIN)[1]


def test_the_calls_of_each_day_stand_against_the_budget_in_a_chart_and_a_table(home: House) -> None:
    calls = home.store.meter.counted(home.desk.clock.now().date())

    page = home.get("/memory/runs", ROBIN)[1]

    row = page.partition('id="calls"')[2].partition("</tbody>")[0]
    assert f'<td class="number">{calls}</td>' in row
    assert '<td class="number">250,000</td>' in row
    assert f"<title>23 Nov, Calls: {calls}</title>" in page


def test_the_changes_of_a_run_are_found_by_account_and_by_field_and_go_into_a_spreadsheet(home: House) -> None:
    settle(home, Outcome(home.account(ADEYEMI), Verdict.REFUSED, "RULE", "=HYPERLINK()"))

    one = home.get(f"/memory/runs/1?who={BRANDT}", ROBIN)[1]
    none = home.get("/memory/runs/1?field=call_listed", ROBIN)[1]
    refused = home.get("/memory/runs/1?field=tier&written=no", ROBIN)[1]
    sheet = home.get("/memory/runs/1/changes.csv", ROBIN)[1]

    assert (f"NPI {BRANDT}" in one, f"NPI {ADEYEMI}" in one) == (True, False)
    assert "No change like that." in none
    assert (refused.count("<summary>"), f"NPI {ADEYEMI}" in refused) == (1, True)
    assert sheet.splitlines()[0].lstrip("\ufeff") == "record,npi,field,before,after,state,code,message,remedy"
    assert sheet.splitlines()[-1].endswith(",tier,,A,refused,RULE,'=HYPERLINK(),")


def test_a_run_of_nobody_is_not_there(home: House) -> None:
    assert [home.get(f"/{crm}/runs/{run}", ROBIN)[0] for crm, run in (("memory", 99), ("other", 1))] == [404, 404]


def test_runs_and_plans_are_for_admins_alone(home: House) -> None:
    assert {home.get(path, who)[0] for path in PATHS for who in (KIM, PAT)} == {403}
    assert {home.post(path, who)[0] for path in FORMS for who in (KIM, PAT)} == {403}
    assert home.site.database.nights.last("memory") == []


def settle(home: House, outcome: Outcome) -> None:
    """What the CRM said to a tier that run 1 sent."""
    npi = next(npi for npi, book in home.store.books.all().items() if book.record == outcome.id)
    change, now = Difference(outcome.id, npi, {"tier": None}, {"tier": "A"}), home.desk.clock.now()
    numbers = home.store.journal.intend(1, [change], now)
    home.store.journal.settle(1, numbers, [change], [outcome], now)
