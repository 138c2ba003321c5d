"""The life of a flag, in whole nights: what raises it, what clears it, and what keeps quiet instead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from callplan.model import Npi
from connector.contract import CrmId, Direction, Interaction, Kind, Result
from connector.errors import NeedsHuman
from connector.host.explain import say_explain
from connector.host.flags import dismiss, flags_as_json, list_flags
from connector.store.flags import DISMISSED, TOUCHED, WITHDRAWN, Flag
from jobs.nightly import rehearse
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, npi
from tests.nights.desk import Desk

KIM, LEE, PAT = "kim@example.com", "lee@example.com", "pat@example.com"
CONFIG = """
ready_made: {path: tiers.csv, columns: {npi: npi, tier: tier, volume: volume}}
cold: {flag: {manager: pat@example.com}}
"""
FLAG = ("going_cold", "touch_state", "at_risk", "next_step")


class Team(Desk):
    """Kim's accounts, and nights that follow one another."""

    today = TODAY

    def opened(self, *accounts: str, days_ago: int = 50, rep: str = KIM) -> list[CrmId]:
        """All Tier A, visited so many days ago, and Kim's log has an entry of today."""
        self.write("tiers.csv", "npi,tier,volume", *(f"{one},A,{100 + n}" for n, one in enumerate(accounts)))
        found = [self.org.add_account(rep, npi=one) for one in accounts]
        for account in found:
            self.visited(account, days_ago)
        self.at_work()
        return found

    def later(self, days: int = 1, working: str | None = KIM) -> dict[str, int]:
        """The night after so many days, in which a rep has logged something."""
        self.clock.sleep(days * 24 * 3600)
        self.today += timedelta(days=days)
        if working:
            self.at_work(working)
        return self.night(self.today)

    def meets(self, account: CrmId, result: Result, kind: Kind = Kind.VISIT) -> None:
        at = self.clock.now()
        self.org.log(Interaction(CrmId(f"{account}{at:%m%d}"), account, kind, at, at, result, owner=LEE))

    def flags(self) -> list[Flag]:
        return self.store.flags.all()


@pytest.fixture
def desk(tmp_path: Path) -> Team:
    return Team(tmp_path, CONFIG)


def test_a_meeting_that_took_place_clears_the_flag_at_the_next_night_and_a_no_show_does_not(desk: Team) -> None:
    (adeyemi,) = desk.opened(ADEYEMI)
    desk.night()
    assert desk.says(adeyemi, *FLAG) == (True, "cold", 100, "Book a visit.")

    desk.meets(adeyemi, Result.NO_SHOW)
    desk.later()
    assert desk.says(adeyemi, *FLAG) == (True, "cold", 100, "Book a visit.")

    desk.meets(adeyemi, Result.DONE)
    desk.later()
    assert desk.says(adeyemi, *FLAG, "cold_reason") == (False, "on_track", None, None, None)
    (flag,) = desk.flags()
    assert (flag.raised, flag.manager, flag.how, flag.said) == (TODAY, PAT, TOUCHED, f"visited on 24 Nov 2026 by {LEE}")


def test_a_merged_account_keeps_its_flag_and_its_history(desk: Team) -> None:
    double, adeyemi = desk.org.add_account(KIM), desk.opened(ADEYEMI)[0]
    desk.night()

    desk.org.edit(adeyemi, npi=None)
    desk.org.edit(double, npi=ADEYEMI)
    desk.org.merge(adeyemi, double)
    desk.later()
    assert desk.says(double, "going_cold", "last_visit") == (True, "2026-10-04")
    assert [flag.ended for flag in desk.flags()] == [None]

    desk.meets(adeyemi, Result.DONE)  # logged on the record that is gone
    desk.later()
    assert [flag.said for flag in desk.flags()] == [f"visited on 24 Nov 2026 by {LEE}"]


def test_a_flag_ends_by_the_touch_that_counted_and_not_by_what_else_was_logged_that_day(desk: Team) -> None:
    desk.config = CONFIG.replace("{flag:", "{touches: [{kind: visit}, {kind: call, min_minutes: 10}], flag:")
    (adeyemi,) = desk.opened(ADEYEMI)
    at = desk.clock.now()
    call = Interaction(CrmId("c"), None, Kind.CALL, at, at, Result.DONE, minutes=12)
    desk.night()

    desk.org.log(replace(call, id=CrmId("lee"), account=adeyemi, direction=Direction.INBOUND, owner=LEE))
    desk.org.log(replace(call, id=CrmId("kim"), account=adeyemi, at=at + timedelta(hours=1), minutes=1, owner=KIM))
    desk.later()

    assert [flag.said for flag in desk.flags()] == [f"heard from on 23 Nov 2026, logged by {LEE}"]


def test_a_rep_on_leave_raises_nothing_until_the_log_shows_life_again(desk: Team) -> None:
    desk.config = CONFIG + f"reps: [{{email: {KIM}, leave: [{{since: 2026-11-23, until: 2026-12-06}}]}}]\n"
    (adeyemi,) = desk.opened(ADEYEMI, days_ago=44)  # cold from the first day of her leave

    desk.night()
    desk.later(13, working=LEE)
    away = desk.store.plan.coverage()[Npi(ADEYEMI)]
    desk.later(working=None)
    back = desk.store.plan.coverage()[Npi(ADEYEMI)]
    desk.later(working=KIM)

    assert (away.state, away.flagged, away.paused) == ("cold", False, "rep on leave until 6 Dec 2026")
    assert (back.flagged, back.paused) == (False, "nothing logged by its rep since it went cold")
    assert desk.says(adeyemi, "going_cold") == (True,)
    assert desk.store.flags.gaps(ended=True) == []


def test_a_feed_that_breaks_off_is_one_gap_and_no_account_goes_cold(desk: Team) -> None:
    accounts = desk.opened(*(npi(n) for n in range(6)), days_ago=40)  # cold in five days
    desk.night()

    for _ in range(3):
        desk.later(7, working=None)
    (gap,) = desk.store.flags.gaps(ended=True)
    paused = {one.paused for one in desk.store.plan.coverage().values()}
    assert (gap.who, gap.since) == ("", date(2026, 11, 23))
    assert (desk.flags(), paused) == ([], {"logging gap"})
    said = [str(facts["what"]) for name, facts in desk.told if name == "announced"]
    assert sum(one.startswith("Logging gap: nobody has logged anything since 23 Nov 2026.") for one in said) == 3

    for account in accounts:
        desk.meets(account, Result.DONE)
    desk.later()
    assert desk.store.flags.gaps() == []
    assert desk.flags() == []


def test_a_rep_who_books_weeks_ahead_and_keeps_the_meetings_is_at_work(desk: Team) -> None:
    adeyemi, *others = desk.opened(ADEYEMI, BRANDT, days_ago=40)
    booked = Interaction(CrmId("b"), others[0], Kind.VISIT, desk.clock.now(), desk.clock.now(), Result.DONE, owner=KIM)
    for days in (9, 18, 40):
        at = desk.clock.now() + timedelta(days=days)
        desk.org.log(replace(booked, id=CrmId(f"b{days}"), at=at, created=desk.clock.now()))

    desk.later(19, working=LEE)

    assert desk.store.flags.gaps(ended=True) == []
    assert desk.says(adeyemi, "going_cold") == (True,)


def test_last_year_s_holidays_are_no_silence_in_january(desk: Team) -> None:
    """From Friday 18 December to Monday 4 January are nine working days, of Christmas and New Year none."""
    desk.opened(ADEYEMI, days_ago=1)
    desk.clock.sleep(24 * 24 * 3600)
    desk.at_work()
    desk.clock.sleep(18 * 24 * 3600)
    desk.at_work(LEE)

    assert [desk.night(date(2027, 1, day))["logging_gaps"] for day in (4, 5)] == [0, 1]


def test_a_rep_who_logs_nothing_is_a_gap_and_the_others_accounts_are_flagged(desk: Team) -> None:
    desk.opened(ADEYEMI, days_ago=40)
    desk.write("tiers.csv", "npi,tier,volume", f"{ADEYEMI},A,100", f"{BRANDT},A,90")
    desk.visited(desk.org.add_account(LEE, npi=BRANDT), 40)
    desk.night()

    desk.later(20, working=LEE)

    assert [gap.who for gap in desk.store.flags.gaps()] == [KIM]
    assert [flag.npi for flag in desk.flags()] == [BRANDT]
    assert desk.store.plan.coverage()[Npi(ADEYEMI)].paused == "logging gap"


def test_a_dismissed_flag_is_not_raised_again_before_its_day_and_is_then(desk: Team) -> None:
    (adeyemi,) = desk.opened(ADEYEMI)
    desk.night()
    config = desk.folder / "config.yaml"

    with time_machine.travel(desk.clock.now()):
        (said,) = dismiss(config, None, Npi(ADEYEMI), "Pat", "on\nsabbatical.", date(2026, 11, 27))
        with pytest.raises(NeedsHuman, match="has no open flag"):
            list(dismiss(config, None, Npi(ADEYEMI), "Pat", "again", None))
    desk.later(3)
    snoozed = desk.says(adeyemi, "going_cold"), desk.store.plan.coverage()[Npi(ADEYEMI)].paused
    explained = say_explain(config, None, ADEYEMI, desk.clock)
    desk.later()

    gone = f"memory: NPI {ADEYEMI} is not flagged any more, by Pat, and not again before 2026-11-27."
    assert said == f"{gone} The CRM says so after the next night."
    assert "and not flagged: snoozed until 27 Nov 2026 by Pat: on sabbatical.\n" in explained
    assert "ended on 2026-11-23, dismissed by Pat, not to be raised before 2026-11-27: on sabbatical.\n" in explained
    assert "  Relationship little known; activity not known.\n" in explained
    assert "Its flag" not in say_explain(config, None, ADEYEMI, desk.clock)  # but why it is flagged again
    assert snoozed == ((False,), "snoozed until 27 Nov 2026 by Pat: on sabbatical")
    assert [(flag.raised.day, flag.how) for flag in desk.flags()] == [(23, DISMISSED), (27, None)]
    assert desk.says(adeyemi, "going_cold") == (True,)


def test_a_manager_hears_of_five_a_day_however_often_the_night_is_run_and_the_list_says_who_waits(desk: Team) -> None:
    desk.opened(*(npi(n) for n in range(7)))

    raised = [desk.night()["flags_raised"], desk.night()["flags_raised"]]
    waiting = [one.npi for one in desk.store.plan.coverage().values() if one.paused == "waiting for its turn"]
    with time_machine.travel(desk.clock.now() - timedelta(days=1)):
        listed = list(list_flags(desk.folder / "config.yaml", None, None))
        told = json.loads(flags_as_json(desk.folder / "config.yaml", None, npi(6)))["memory"]
        explained = say_explain(desk.folder / "config.yaml", None, npi(0))
    tomorrow = desk.later()

    assert raised == [5, 0]
    assert waiting == [npi(0), npi(1)]  # those with the least volume
    assert listed[0] == "memory: 5 accounts flagged as going cold, 2 more are to be and are not."
    assert listed[1] == f"  {PAT}:"
    assert listed[2].endswith(f"NPI {npi(6)}, of {KIM}, flagged since 23 Nov 2026: {told['open'][0]['reason']}")
    assert told["open"][0]["days_open"] == 0  # the night was of the coming day
    assert listed[-1] == f"  Not flagged, NPI {npi(0)}, {npi(1)}: waiting for its turn."
    assert "and not flagged: waiting for its turn." in explained
    assert (tomorrow["flags_raised"], tomorrow["flags_waiting"], tomorrow["going_cold"]) == (2, 0, 7)


def test_the_list_names_who_has_the_account_today_and_says_what_the_crm_says(desk: Team) -> None:
    """A visit of 48 days ago is written down late: of all that was said when the flag was raised, nothing is left."""
    dana = "dana@example.com"
    desk.config = CONFIG + f"reps: [{{email: {LEE}, manager: {dana}}}]\n"
    (adeyemi,) = desk.opened(ADEYEMI, days_ago=80)
    desk.night()

    then = desk.clock.now() - timedelta(days=48)
    desk.org.log(Interaction(CrmId("late"), adeyemi, Kind.VISIT, then, desk.clock.now(), Result.DONE, owner=KIM))
    desk.org.give(adeyemi, LEE)
    desk.later()
    with time_machine.travel(datetime(2026, 11, 25, 3, tzinfo=UTC)):  # the evening before, in Des Moines
        _, manager, told = list_flags(desk.folder / "config.yaml", None, None)
        days = json.loads(flags_as_json(desk.folder / "config.yaml", None, None))["memory"]["open"][0]["days_open"]

    (reason,) = desk.says(adeyemi, "cold_reason")
    assert manager == f"  {dana}:"
    assert told == f"    NPI {ADEYEMI}, of {LEE}, flagged since 23 Nov 2026: {reason}"
    assert ("since 6 Oct 2026;" in told, days) == (True, 1)


def test_a_longer_cadence_takes_no_flag_back_and_a_rehearsal_raises_none(desk: Team) -> None:
    (adeyemi,) = desk.opened(ADEYEMI)
    with desk.run() as run:
        rehearse(run)
    assert desk.flags() == []

    desk.night()
    desk.config += "cadence: {A: 60}\n"
    desk.later()

    assert desk.says(adeyemi, "going_cold", "touch_state") == (True, "due")


def test_an_account_that_is_closed_has_its_flag_withdrawn_with_the_reason(desk: Team) -> None:
    (adeyemi,) = desk.opened(ADEYEMI)
    desk.night()

    desk.write("tiers.csv", "npi,tier,volume", f"{ADEYEMI},B,100")
    desk.later()

    (flag,) = desk.flags()
    assert (flag.how, flag.said) == (WITHDRAWN, "Tier B: by tiers.csv.")
    assert desk.says(adeyemi, "going_cold") == (False,)


def test_where_the_week_does_not_hold_the_cadence_nobody_is_cold_by_it(desk: Team) -> None:
    """Seven accounts, of which a week holds one visit: every 49 days, which is told before the week."""
    desk.config = CONFIG + "tiers: {visits_per_week: 1, utilization: 1}\n"
    desk.opened(*(npi(n) for n in range(7)), days_ago=50)

    desk.night()

    assert desk.flags() == []
    assert {one.state for one in desk.store.plan.coverage().values()} == {"overdue"}


def test_what_comes_from_the_account_is_its_relationship_and_no_sign_of_life_of_its_rep(desk: Team) -> None:
    (adeyemi,) = desk.opened(ADEYEMI, days_ago=35)  # overdue
    for ago in (100, 110, 120):
        at = desk.clock.now() - timedelta(days=ago)
        mail = Interaction(CrmId(f"m{ago}"), adeyemi, Kind.EMAIL, at, at, Result.DONE, Direction.INBOUND, owner=KIM)
        desk.org.log(mail)

    desk.night()

    assert desk.says(adeyemi, *FLAG[:2], "relationship") == (True, "overdue", "quiet")
    assert desk.says(adeyemi, "next_step") == ("Call before you book a visit.",)


def test_a_letter_from_the_account_is_no_sign_of_life_of_its_rep(desk: Team) -> None:
    (adeyemi,) = desk.opened(ADEYEMI, days_ago=44)  # cold tomorrow
    desk.night()

    at = desk.clock.now() + timedelta(days=1)
    desk.org.log(Interaction(CrmId("m"), adeyemi, Kind.EMAIL, at, at, Result.DONE, Direction.INBOUND, owner=KIM))
    desk.later(2, working=None)

    cover = desk.store.plan.coverage()[Npi(ADEYEMI)]
    assert (cover.state, cover.flagged) == ("cold", False)
