"""A plan in a file is carried out exactly or not at all; a part of it can be taken; an approval is for one plan."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.nights.land import Land, land

CRM = "salesforce"


@pytest.fixture
def fresh_land(tmp_path: Path) -> Iterator[Land]:
    """Two batches of HubSpot's, where fewer accounts tell as much as many."""
    with land(tmp_path / "callplan", accounts=200) as fresh:
        yield fresh


def saved(place: Land, *words: str) -> Path:
    path = place.folder / "plan.json"
    place.callplan("plan", "--crm", CRM, "--out", str(path), *words)
    return path


def sent(place: Land) -> list[list[Any]]:
    """Record, field and new value of what came from us."""
    return [
        [record, name, plain(after)] for _, who, record, name, _, after in place.vendor(CRM).history if who == "api"
    ]


def test_a_saved_plan_is_carried_out_once(fresh_land: Land) -> None:
    path = saved(fresh_land)
    plan = json.loads(path.read_text())["plans"][0]

    done = fresh_land.callplan("apply", str(path))
    again = fresh_land.callplan("apply", str(path), check=False)

    assert "200 written" in done.stdout
    said = [[c["id"], name, plain(value)] for c in plan["changes"] for name, value in c["after"].items()]
    changed = [line for line in said if line[2] is not None and line[2] is not False]
    assert sorted(map(repr, sent(fresh_land))) == sorted(map(repr, changed))
    assert plan["forecast"]["calls"] == 1
    assert again.returncode == 2
    assert "was carried out by run" in again.stderr


def test_a_plan_that_was_edited_is_refused(fresh_land: Land) -> None:
    path = saved(fresh_land)
    path.write_text(path.read_text().replace('"Call_Tier__c": "C"', '"Call_Tier__c": "A"', 1))

    done = fresh_land.callplan("apply", str(path), check=False)

    assert (done.returncode, sent(fresh_land)) == (2, [])
    assert "was edited" in done.stderr


@pytest.mark.parametrize("moved", ["the CRM", "the config", "the day"])
def test_a_plan_that_is_stale_is_refused(moved: str, fresh_land: Land) -> None:
    path, words = saved(fresh_land), []
    if moved == "the CRM":
        vendor, npi = fresh_land.vendor(CRM), fresh_land.npis()[0]
        vendor.edit(vendor.find(npi), Tier_Reason__c="Ask Dana first.")
    elif moved == "the config":
        config = fresh_land.folder / "config.yaml"
        config.write_text(config.read_text().replace("visits_per_week: 12", "visits_per_week: 9"))
    else:
        words = ["--today", "2026-11-30"]

    done = fresh_land.callplan("apply", str(path), *words, check=False)

    assert (done.returncode, sent(fresh_land)) == (3, [])
    assert "stale" in done.stderr or "is not what would be written now" in done.stderr


def test_a_first_careful_send_takes_few_records_and_one_job(fresh_land: Land) -> None:
    fresh_land.callplan("nightly", "--crm", CRM, "--select", "job=refresh_tiers", "--limit", "3")

    assert len({record for record, _, _ in sent(fresh_land)}) == 3
    assert {name for _, name, _ in sent(fresh_land)} == {
        "Call_Tier__c",
        "Tier_Reason__c",
        "Tier_Since__c",
        "Procedure_Volume__c",
    }


def test_a_selection_that_cannot_be_read_says_what_can(fresh_land: Land) -> None:
    done = fresh_land.callplan("plan", "--select", "region=west", check=False)

    assert done.returncode == 2
    assert "job=..., territory=..., account=..., field=..." in done.stderr


def test_an_approval_lets_one_plan_pass_the_guards_and_no_other(fresh_land: Land) -> None:
    vendor = fresh_land.vendor(CRM)
    for npi in fresh_land.npis()[:20]:
        vendor.edit(vendor.find(npi), Tier_Reason__c="Ask Dana first.")
    plan = fresh_land.asked(CRM, "plan")

    night = fresh_land.callplan("nightly", "--crm", CRM, check=False)
    wrong = fresh_land.callplan("nightly", "--crm", CRM, "--approve", "0123456789abcdef", check=False)
    before = len(sent(fresh_land))
    right = fresh_land.callplan("nightly", "--crm", CRM, "--approve", plan["hash"])

    assert "20 of 200 records hold values that Callplan did not write" in plan["would_stop"][0]
    assert (night.returncode, wrong.returncode, before) == (3, 3, 0)
    assert plan["hash"] in wrong.stderr
    assert "200 written" in right.stdout
    assert "approved" in (fresh_land.folder / "callplan.audit.jsonl").read_text()


def test_the_audit_log_and_the_changes_tell_what_a_run_did(fresh_land: Land) -> None:
    fresh_land.vendor(CRM).rules.append(lambda r: "=1+1, no tier A" if r.get("Call_Tier__c") == "A" else None)
    fresh_land.callplan("nightly", "--crm", CRM)

    whole = fresh_land.callplan("audit").stdout
    fresh_land.callplan("changes", "1", str(fresh_land.folder / "out"))
    status = fresh_land.callplan("status").stdout

    assert "each as it was written" in whole
    written, rest = (rows(fresh_land.folder / f"out/run-1-{name}.csv") for name in ("written", "not-written"))
    assert {row["state"] for row in written} == {"written"}
    assert {(row["state"], row["code"], row["message"][:6]) for row in rest} == {
        ("refused", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "'=1+1,")
    }
    assert "Validation Rules" in rest[0]["remedy"]
    assert "records wait for somebody" in status
    log = fresh_land.folder / "callplan.audit.jsonl"
    log.write_text(log.read_text().replace('"Call_Tier__c": [null, "B"]', '"Call_Tier__c": [null, "C"]', 1))
    broken = fresh_land.callplan("audit", check=False)
    assert (broken.returncode, "was changed or taken out" in broken.stderr) == (2, True)


def test_refused_rows_are_held_back_until_something_about_them_changes(fresh_land: Land) -> None:
    vendor = fresh_land.vendor(CRM)
    vendor.rules.append(lambda r: "No tier A" if r.get("Call_Tier__c") == "A" else None)
    fresh_land.callplan("nightly", "--crm", CRM)
    fresh_land.wire(CRM).calls.clear()

    held = fresh_land.callplan("nightly", "--crm", CRM)
    calls = fresh_land.wire(CRM).tally()["writes"]
    vendor.rules.clear()
    vendor.hide("Account", "BillingStreet")
    released = fresh_land.callplan("nightly", "--crm", CRM)

    assert calls == 0
    assert "0 written, 0 refused, 52 held" in held.stdout
    assert "52 written, 0 refused, 148 unchanged" in released.stdout


def test_a_challenged_edit_waits_for_a_manager_who_keeps_it_and_a_lock_waits_for_nobody(fresh_land: Land) -> None:
    mapping = fresh_land.folder / "mappings" / "salesforce.yaml"
    mapping.write_text(mapping.read_text().replace("Call_Tier__c, policy: ours", "Call_Tier__c, policy: challenge"))
    fresh_land.callplan("nightly", "--crm", CRM)
    vendor, (npi, other) = fresh_land.vendor(CRM), fresh_land.npis()[:2]
    record, locked = vendor.find(npi), vendor.find(other)
    edit = "A" if vendor.record(record)["Call_Tier__c"] != "A" else "B"
    vendor.edit(record, Call_Tier__c=edit)

    fresh_land.callplan("nightly", "--crm", CRM)
    listed = fresh_land.callplan("overrides").stdout
    fresh_land.callplan("overrides", "accept", "1", "--by", "Dana", "--reason", "opens a new lab")
    fresh_land.callplan("lock", other, "A", "--by", "Lee", "--until", "2027-06-30")
    fresh_land.callplan("nightly", "--crm", CRM)
    let_go = [fresh_land.callplan("unlock", other, "--by", "Lee", check=False) for _ in range(2)]

    assert f'1  proposed  {record} NPI {npi} Call_Tier__c: a person wrote "{edit}"' in listed
    assert vendor.record(record)["Call_Tier__c"] == edit
    assert vendor.record(record)["Tier_Reason__c"] == f"Tier {edit}: kept by Dana (opens a new lab)."
    assert vendor.record(locked)["Tier_Reason__c"] == "Tier A: kept by Lee, until 30 Jun 2027."
    assert [done.returncode for done in let_go] == [0, 2]
    assert f"The tier of NPI {other} is not locked." in let_go[1].stderr


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value


def test_an_account_that_is_matched_no_more_keeps_no_stale_tier(fresh_land: Land) -> None:
    fresh_land.callplan("nightly", "--crm", CRM)
    vendor, fields = fresh_land.vendor(CRM), fresh_land.fields(CRM)
    lost, edited = (vendor.find(npi) for npi in fresh_land.npis()[:2])
    vendor.edit(lost, NPI__c=None)
    vendor.edit(edited, NPI__c=None, Tier_Reason__c="Ask Dana first.")

    fresh_land.callplan("nightly", "--crm", CRM)

    assert {vendor.record(lost)[field] for field in fields.values()} <= {None, False}
    assert vendor.record(edited)["Tier_Reason__c"] == "Ask Dana first."
    assert vendor.record(edited)["Call_Tier__c"] is None


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
