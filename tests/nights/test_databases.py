"""A night is the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.nights.land import CRMS, Land


def test_plan_night_and_a_second_night(store_url: str, fresh_land: Land) -> None:
    config = fresh_land.folder / "config.yaml"
    config.write_text(config.read_text().replace("sqlite:///callplan.db", store_url))
    assert store_url in config.read_text()

    planned = fresh_land.callplan("plan")
    fresh_land.callplan("nightly")
    first = {crm: fresh_land.wire(crm).tally() for crm in CRMS}
    fresh_land.callplan("nightly")
    second = {crm: fresh_land.wire(crm).tally() for crm in CRMS}

    assert planned.stdout.count("200 records would change") == 2
    assert {crm: first[crm]["rows"] for crm in CRMS} == {"salesforce": 200, "hubspot": 200}
    assert {crm: second[crm]["writes"] - first[crm]["writes"] for crm in CRMS} == {"salesforce": 0, "hubspot": 0}
    assert "going cold" in fresh_land.callplan("status").stdout
