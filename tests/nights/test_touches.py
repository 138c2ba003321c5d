"""Tier B between its visits, in whole nights: what the CRM says, when it is written, and what a manager is told."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from callplan.model import Npi, SlotKind
from connector.contract import CrmId, Interaction, Kind, Result
from connector.host.explain import say_explain
from connector.store.plan import Stop
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, npi
from tests.nights.desk import Desk

FAR = npi(7)  # Dr. Okafor, Tier B, in Decorah: three hours and more from Des Moines
DES_MOINES, DECORAH = "50309", "52101"
CONFIG = """
ready_made: {path: tiers.csv}
reps: [{email: kim@example.com, home_zip: "50309"}]
"""
TOUCH = ("channel", "next_touch")
TUESDAY = TODAY + timedelta(days=1)


class Week(Desk):
    """Kim's four accounts: A, B and C in Des Moines, and one B far from all of them."""

    def opened(self) -> tuple[CrmId, ...]:
        self.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},B", f"{CASTILLO},C", f"{FAR},B")
        found = tuple(self.has(ADEYEMI, BRANDT, CASTILLO, FAR))
        for account, zip_code in zip(found, (DES_MOINES, DES_MOINES, DES_MOINES, DECORAH), strict=True):
            self.org.edit(account, zip=zip_code)
        return found

    def touched(self, account: CrmId, kind: Kind, days_ago: int) -> None:
        at = self.clock.now() - timedelta(days=days_ago)
        self.org.log(Interaction(CrmId(f"{kind}{account}{days_ago}"), account, kind, at, at, Result.DONE))

    def explained(self, account: str) -> str:
        return say_explain(self.folder / "config.yaml", None, account)


@pytest.fixture
def desk(tmp_path: Path) -> Week:
    return Week(tmp_path, CONFIG, reads="zip: zip")


def test_a_tier_b_account_is_written_to_and_called_until_its_visit_is_due(desk: Week) -> None:
    adeyemi, brandt, castillo, _ = desk.opened()
    desk.visited(adeyemi, days_ago=3)
    desk.visited(brandt, days_ago=40)
    desk.touched(brandt, Kind.CALL, days_ago=10)

    desk.night()

    assert desk.says(brandt, *TOUCH) == ("email", "2026-12-13")
    assert [desk.says(account, *TOUCH) for account in (adeyemi, castillo)] == [(None, None)] * 2


def test_a_touch_that_is_due_is_written_once_and_no_more_until_somebody_logs_one(desk: Week) -> None:
    adeyemi, brandt, *_ = desk.opened()
    desk.visited(adeyemi, days_ago=3)
    desk.visited(brandt, days_ago=29)
    desk.night()

    later = [desk.night(TODAY + timedelta(days=days))["written"] for days in (1, 2, 3)]
    desk.touched(brandt, Kind.CALL, days_ago=0)
    called = desk.night(TODAY + timedelta(days=4))["written"]

    assert (later, called) == ([0, 0, 0], 1)
    assert desk.says(brandt, *TOUCH) == ("email", "2026-12-23")


def test_who_is_on_the_week_s_list_is_driven_to_on_that_day(desk: Week) -> None:
    _, brandt, *_ = desk.opened()
    desk.visited(brandt, days_ago=80)

    desk.night()

    (day,) = desk.says(brandt, "next_visit")
    assert desk.says(brandt, *TOUCH, "call_week", "slot_kind") == ("visit", day, "2026-11-23", "fill")


def test_an_account_far_from_any_other_is_not_on_the_list_and_explain_says_why(desk: Week) -> None:
    _, _, _, far = desk.opened()
    desk.visited(far, days_ago=200)

    tally = desk.night()

    assert tally["without_visits"] == 1
    assert desk.says(far, "call_order", *TOUCH) == (None, "call", "2026-06-06")
    assert re.search(
        r"Next touch by call, due 2026-06-06: \d{3} minutes from the next account: called and written to instead of "
        r"visited\. Last visited on 7 May 2026; ",
        desk.explained(FAR),
    )


def test_of_an_account_that_is_not_driven_to_explain_counts_what_the_night_counted(desk: Week) -> None:
    _, brandt, _, far = desk.opened()
    for account in (brandt, far):
        desk.touched(account, Kind.CALL, days_ago=10)

    desk.night()

    assert "On track: last counted touch 2026-11-13," in desk.explained(FAR)
    assert "13 Nov 2026, call: counted" in desk.explained(FAR)
    assert "13 Nov 2026, call: not counted: a call does not count for Tier B" in desk.explained(BRANDT)


def test_an_account_that_is_alone_since_last_night_is_still_driven_to_on_the_day_that_has_begun(desk: Week) -> None:
    adeyemi, *_ = desk.opened()
    desk.config += "channel: {thin: {neighbours: 1}}\n"
    desk.org.edit(adeyemi, zip=DECORAH)
    desk.night()
    planned = desk.store.plan.call_list()[Npi(FAR)].day
    desk.org.edit(adeyemi, zip=DES_MOINES)

    alone = desk.night(planned)["without_visits"]

    assert alone == 1
    assert desk.store.plan.call_list()[Npi(FAR)].day == planned


def test_an_account_whose_place_is_not_known_is_driven_to(desk: Week) -> None:
    _, brandt, _, far = desk.opened()
    desk.config += "channel: {thin: {from_home: 30}}\n"
    desk.org.edit(brandt, zip=None)
    for account in (brandt, far):
        desk.visited(account, days_ago=200)

    desk.night()

    assert [desk.says(account, "channel") for account in (brandt, far)] == [("visit",), ("call",)]


def test_every_rep_is_told_how_the_week_divides_and_what_is_set(desk: Week) -> None:
    desk.opened()  # nobody was ever seen; Adeyemi takes 45 minutes and Brandt 30
    desk.config += "tiers: {a_share: 0.7}\n"
    desk.night()

    desk.clock.sleep(98 * 24 * 3600)  # past the grace of a new Tier A and of a new Tier B
    desk.night(TODAY + timedelta(days=98))

    assert desk.facts("announced")["what"] == "60 % of kim@example.com's planned visit time is on Tier A; 70 % is set."


def test_the_kind_of_a_slot_is_written_as_a_manager_reads_it(desk: Week) -> None:
    _, brandt, *_ = desk.opened()
    desk.night()
    stop = Stop(Npi(BRANDT), "kim@example.com", TODAY, TUESDAY, 201, 10.0, "estimated", kind=SlotKind.RELEASED)
    desk.store.plan.save_call_list([stop])

    desk.night(name="push")

    assert desk.says(brandt, "call_order", "call_week", "slot_kind") == (201, "2026-11-23", "released")
