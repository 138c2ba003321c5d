"""Going cold, end to end on both CRMs: what reps log by day is what managers see the next morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from connector.host.open import open_config, open_store
from sandbox.world import Touch
from tests.nights.land import CRMS, Land, land

TWO_REPS = 200
KIM, ROBIN = "kim@example.com", "robin@example.com"
ROBIN_IS_AWAY = "  - {email: robin@example.com, leave: [{since: 2026-11-02, until: 2027-12-31, why: sabbatical}]}\n"
Fields = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """What one CRM holds after each of three nights, and which accounts something happened to between the first two."""

    first: Fields
    second: Fields
    after_the_outage: Fields
    met: str
    stood_up: str
    merged: str
    owners: dict[str, str]
    gaps: list[str]  # of whom nothing is logged, "" being everybody


@pytest.fixture(scope="module")
def mornings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    with land(tmp_path_factory.mktemp("cold") / "callplan", accounts=TWO_REPS) as place:
        _set(place, "per_day: 5", "per_day: 100")
        _set(place, "\nreps: []", f"\nreps:\n{ROBIN_IS_AWAY}")
        place.callplan("nightly")
        first = {crm: place.state(crm) for crm in CRMS}
        met, stood_up, merged = _flagged(first[CRMS[0]])[:3]
        for crm in CRMS:
            _a_day_of_work(place, crm, met, stood_up, merged)
        later = replace(place, today=place.today + timedelta(days=1))
        later.callplan("nightly")
        second = {crm: place.state(crm) for crm in CRMS}
        nobody_logs = replace(place, today=place.today + timedelta(days=22))
        nobody_logs.callplan("nightly")
        owners = {provider.npi: provider.rep for provider in place.serving.world.providers}
        yield {
            crm: Told(first[crm], second[crm], place.state(crm), met, stood_up, merged, owners, _gaps(place, crm))
            for crm in CRMS
        }


def _set(place: Land, old: str, new: str) -> None:
    config = place.folder / "config.yaml"
    said = config.read_text(encoding="utf-8")
    assert old in said
    config.write_text(said.replace(old, new, 1), encoding="utf-8")


def _gaps(place: Land, crm: str) -> list[str]:
    return [gap.who for gap in open_store(open_config(place.folder / "config.yaml"), crm).flags.gaps()]


def _a_day_of_work(place: Land, crm: str, met: str, stood_up: str, merged: str) -> None:
    """One was met and one did not come; of the third there was a second record, on which its visit stood."""
    vendor, yesterday = place.vendor(crm), place.today - timedelta(days=1)
    vendor.log_touch(vendor.find(met), _visit(met, yesterday, "done"))
    vendor.log_touch(vendor.find(stood_up), _visit(stood_up, yesterday, "no_show"))
    double = vendor.add_account(None, "Dr. Double", KIM)
    vendor.log_touch(double, _visit(merged, yesterday, "done"))
    vendor.merge(double, vendor.find(merged))


def _visit(npi: str, day: date, result: str) -> Touch:
    return Touch(npi, KIM, "visit", datetime.combine(day, time(15), UTC), 30, "outbound", result)


def _flagged(fields: Fields) -> list[str]:
    return [npi for npi, held in fields.items() if str(held["going_cold"]).lower() == "true"]


@pytest.mark.parametrize("crm", CRMS)
def test_a_meeting_that_a_rep_logs_clears_the_flag_in_the_next_night(crm: str, mornings: dict[str, Told]) -> None:
    told = mornings[crm]

    assert told.met in _flagged(told.first)
    assert told.met not in _flagged(told.second)
    assert not told.second[told.met]["cold_reason"]


@pytest.mark.parametrize("crm", CRMS)
def test_a_no_show_clears_nothing(crm: str, mornings: dict[str, Told]) -> None:
    told = mornings[crm]

    assert told.stood_up in _flagged(told.second)
    assert told.second[told.stood_up] == told.first[told.stood_up] | {
        name: told.second[told.stood_up][name] for name in ("call_order", "next_visit", "call_week", "slot_kind")
    }


@pytest.mark.parametrize("crm", CRMS)
def test_a_merged_account_has_the_visits_of_both(crm: str, mornings: dict[str, Told]) -> None:
    told = mornings[crm]

    assert told.merged in _flagged(told.first)
    assert told.merged not in _flagged(told.second)
    assert told.second[told.merged]["tier_since"] == told.first[told.merged]["tier_since"]


@pytest.mark.parametrize("crm", CRMS)
def test_a_rep_on_leave_raises_nothing(crm: str, mornings: dict[str, Told]) -> None:
    told = mornings[crm]
    cold = {npi for npi, held in told.first.items() if held["touch_state"] in ("cold", "lost_contact", "never_visited")}

    assert {told.owners[npi] for npi in _flagged(told.first)} == {KIM}
    assert [npi for npi in cold if told.owners[npi] == ROBIN and told.first[npi]["tier"] == "A"]


@pytest.mark.parametrize("crm", CRMS)
def test_an_outage_is_one_logging_gap_and_no_cold_flag(crm: str, mornings: dict[str, Told]) -> None:
    told = mornings[crm]
    gone_cold = {
        npi
        for npi in told.second
        if told.second[npi]["touch_state"] in ("on_track", "due", "overdue")
        and told.after_the_outage[npi]["touch_state"] in ("cold", "lost_contact")
    }

    assert told.gaps == [""]
    assert _flagged(told.after_the_outage) == _flagged(told.second)
    assert [npi for npi in gone_cold if told.owners[npi] == KIM and told.second[npi]["tier"] == "A"]
