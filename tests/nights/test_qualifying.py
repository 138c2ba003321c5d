"""What counts, by the plain rule and by the one question that a night asks of the database: they agree on every log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sqlalchemy import event

from callplan.model import Tier, Touch, TouchRule
from callplan.rhythm import Heard
from callplan.touches import Touches, last_by_channel, last_touch, qualifies, why_not
from connector.contract import Account, CrmId, Cursor, Direction, Interaction, Kind, Page, Result
from connector.host.explain import explain_as_json, say_explain
from connector.store import Database, Store
from connector.store.days import local_days
from connector.store.mirror import AccountFields
from connector.sync.book import Book
from jobs._quiet import heard_of
from jobs._touches import Asked, ask, by_tier, log_of, seen_by
from jobs.nightly import nightly, rehearse
from tests.connector.samples import ADEYEMI, BRANDT
from tests.nights.desk import Desk

OURS = ("adeyemi", "brandt", "castillo", "okafor")
MERGED = {"double": "triple", "triple": "brandt", "lost": "elsewhere"}  # a chain, and one that leads to none of ours
WORDS = ("Gespräch geführt", "GESPRÄCH GEFÜHRT", "Straße", "STRASSE", "Connected")
CHANGES = {  # days on which clocks change, most of them at midnight
    "America/Chicago": date(2024, 11, 3),
    "America/Havana": date(2024, 11, 3),
    "America/Santiago": date(2024, 9, 8),
    "America/Asuncion": date(2024, 3, 24),
    "Pacific/Kiritimati": date(2024, 1, 1),
}
DAY = date(2026, 11, 9)

texts = st.sampled_from([(), (), (), ("gespräch Geführt",), ("strasse", "CONNECTED")])
rules = st.lists(
    st.builds(
        TouchRule,
        st.sampled_from([Kind.VISIT.value, Kind.CALL.value]),
        st.sampled_from([tuple(Tier), (Tier.A,), (Tier.B, Tier.C)]),
        st.sampled_from([0.0, 5.0, 5.0]),
        st.sampled_from([None, None, Direction.INBOUND.value]),
        texts,
        texts,
    ),
    max_size=3,
).map(tuple)


@st.composite
def moments(draw: st.DrawFn) -> Asked:
    """About the midnight at which some clock changes, or those beside it; today begins there, or is just over."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    today = CHANGES[zone] + timedelta(days=draw(st.integers(-1, 1)))
    now = datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    now += timedelta(
        minutes=draw(st.one_of(st.integers(-90, 90), st.integers(23 * 60, 27 * 60))),
        microseconds=draw(st.sampled_from([0, 700_000])),
    )
    return Asked(by_tier(draw(rules)), by_tier(draw(rules)), now, today, ZoneInfo(zone))


@st.composite
def logs(draw: st.DrawFn, now: datetime) -> list[Interaction]:
    ids, log = (
        count(),
        st.builds(
            Interaction,
            st.builds(lambda: CrmId(f"i{next(ids)}")),
            st.sampled_from([None, *map(CrmId, (*OURS, *MERGED, "nobody"))]),
            st.sampled_from([Kind.VISIT, Kind.CALL, Kind.EMAIL]),
            st.one_of(
                st.integers(-240, 240).map(lambda minutes: now + timedelta(minutes=minutes)),
                st.integers(-2_000_000, 1_500_000).map(lambda us: now + timedelta(microseconds=us)),
            ),
            st.just(now),
            st.sampled_from([*Result, *[Result.DONE] * 8]),
            st.sampled_from([None, *Direction]),
            st.sampled_from([None, float("nan"), 4.99, 5.0, 5.0]),
            gone=st.sampled_from([False] * 5 + [True]),
            outcome=st.sampled_from([None, *WORDS]),
            status=st.sampled_from([None, *WORDS]),
            automated=st.sampled_from([False] * 4 + [True]),
        ),
    )
    return draw(st.lists(log, min_size=1, max_size=25))


def held(store: Store, log: list[Interaction], now: datetime) -> None:
    there = [Account(CrmId(id_), now) for id_ in (*OURS, "elsewhere")]
    gone = [Account(CrmId(id_), now, gone=True, merged_into=CrmId(into)) for id_, into in MERGED.items()]
    store.mirror.save_accounts(Page((*there, *gone), Cursor("1")), AccountFields("npi"))
    store.mirror.save_interactions(Page(tuple(log), Cursor("1")))


def book() -> Book:
    ids, numbers = np.array(OURS), np.zeros(len(OURS))
    days = np.full(len(OURS), "2024-01-01", "datetime64[D]")
    return Book(ids, ids, ids, numbers, numbers, np.array(["A", "B", "C", "A"]), days, numbers, ids)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), moments())
def test_the_database_says_of_every_log_what_the_plain_rule_says(
    database: Database, data: st.DataObject, asked: Asked
) -> None:
    log, ours = data.draw(logs(asked.now)), book()
    with database.store("memory").rehearsal() as store:
        held(store, log, asked.now)

        found, plain = seen_by(ask(store, asked), asked, ours), log_of(store, asked, ours)
        by_day = heard_of(store, asked, ours)

    counts, inbound = (
        qualifies(plain, ours.tier, flat(rules), asked.today) for rules in (asked.touches, asked.inbound)
    )
    assert_array_equal(found.last, last_touch(plain, counts, len(OURS)))
    assert_array_equal(found.inbound, last_touch(plain, inbound, len(OURS)))
    assert_array_equal(found.inbounds, np.bincount(plain.account[inbound], minlength=len(OURS)))
    on_days = [sorted({*plain.at[inbound & (plain.account == at)].tolist()}) for at in range(len(OURS))]
    assert [on[:1] + on[-1:] for on in on_days] == [[] if not many else [a, z] for a, z, many in _rows(by_day)]
    assert by_day.days.tolist() == [*map(len, on_days)]
    by_channel = last_by_channel(plain, len(OURS), asked.today)
    for channel, days in found.by_channel.items():
        assert_array_equal(days, by_channel[channel])


def test_each_account_is_heard_of_by_the_rules_of_its_tier_and_by_what_was_merged_into_it(database: Database) -> None:
    noon, ours = datetime(2026, 11, 9, 18, tzinfo=UTC), book()
    touches = [("adeyemi", 9), ("adeyemi", 9), ("brandt", 9), ("double", 30), ("castillo", 20), ("nobody", 5)]
    visits = [
        Interaction(CrmId(f"v{at}"), CrmId(of), Kind.VISIT, noon - timedelta(ago), noon, Result.DONE)
        for at, (of, ago) in enumerate(touches)
    ]
    inbound = by_tier((TouchRule("visit", (Tier.A, Tier.B)), TouchRule("call")))
    with database.store("memory").rehearsal() as store:
        held(store, visits, noon)

        found = heard_of(store, Asked(inbound, inbound, noon, DAY, ZoneInfo("America/Chicago")), ours)

    assert found.days.tolist() == [1, 2, 0, 0]
    assert found.first.tolist() == [DAY - timedelta(9), DAY - timedelta(30), None, None]


def _rows(of: Heard) -> Iterator[tuple[date, date, int]]:
    return zip(of.first.tolist(), of.last.tolist(), of.days.tolist(), strict=True)


def flat(rules: Mapping[Tier, tuple[TouchRule, ...]]) -> list[TouchRule]:
    return [replace(rule, tiers=(tier,)) for tier, some in rules.items() for rule in some]


@settings(max_examples=30)
@given(st.sampled_from(sorted(CHANGES)), st.lists(st.integers(-3_000_000, 3_000_000), min_size=1), st.integers(-90, 90))
def test_the_day_of_a_touch_is_the_one_on_the_calendar_there(zone: str, seconds: list[int], minutes: int) -> None:
    midnight = datetime.combine(CHANGES[zone], time(), ZoneInfo(zone)).astimezone(UTC) + timedelta(minutes=minutes)
    at = [midnight, *(midnight + timedelta(seconds=many) for many in seconds)]

    days = local_days(np.array([None, *(one.replace(tzinfo=None) for one in at)], "datetime64[s]"), ZoneInfo(zone))

    assert days.tolist() == [None, *(one.astimezone(ZoneInfo(zone)).date() for one in at)]


# One touch, and why it does not count


@settings(max_examples=50)
@given(st.data(), moments(), st.sampled_from(Tier))
def test_there_is_a_reason_exactly_where_a_touch_does_not_count(data: st.DataObject, asked: Asked, tier: Tier) -> None:
    (one, *_) = data.draw(logs(asked.now))
    rules, day = flat(asked.touches), one.at.astimezone(asked.zone).date()
    minutes = None if one.minutes is None or one.minutes != one.minutes else one.minutes
    said = (one.direction or "", minutes, one.outcome or "", one.status or "", one.automated)

    why = why_not(Touch(day, one.kind, one.result, *said), tier, rules, asked.today)

    assert (why == "") == bool(qualifies(alone(one, day), np.array([tier.value]), rules, asked.today)[0])


def alone(one: Interaction, day: date) -> Touches:
    texts = (one.kind, one.direction or "", one.result)
    minutes = np.nan if one.minutes is None else one.minutes
    rest = ([minutes], [one.outcome or ""], [one.status or ""], [one.automated], [""])
    columns = ([0], [np.datetime64(day, "D")], *([str(text)] for text in texts), *rest)
    return Touches(*(np.array(column) for column in columns))


EMAILS_FOR_B = (TouchRule("visit"), TouchRule("email", (Tier.B,)), TouchRule("call", min_minutes=5))
CONNECTED = (TouchRule("call", direction="inbound", outcomes=("Connected",)),)


@pytest.mark.parametrize(
    ("touch", "tier", "rules", "why"),
    [
        (Touch(DAY, "visit", "no_show"), Tier.A, EMAILS_FOR_B, "no-show"),
        (Touch(date(2026, 12, 3), "visit", "done"), Tier.A, EMAILS_FOR_B, "planned for 3 Dec"),
        (Touch(date(2027, 1, 8), "visit", "planned"), Tier.A, EMAILS_FOR_B, "planned for 8 Jan 2027"),
        (Touch(DAY, "visit", "planned"), Tier.A, EMAILS_FOR_B, "planned for 9 Nov, and nothing was logged of it since"),
        (Touch(DAY, "call", "done", minutes=3.0), Tier.A, EMAILS_FOR_B, "3 minutes, fewer than 5"),
        (Touch(DAY, "call", "done", minutes=4.99), Tier.A, EMAILS_FOR_B, "4.9 minutes, fewer than 5"),
        (Touch(DAY, "call", "done"), Tier.A, EMAILS_FOR_B, "its minutes are not logged, and 5 are wanted"),
        (Touch(DAY, "email", "done"), Tier.A, EMAILS_FOR_B, "an e-mail does not count for Tier A"),
        (Touch(DAY, "email", "done"), Tier.B, EMAILS_FOR_B, ""),
        (Touch(DAY, "email", "done", automated=True), Tier.B, EMAILS_FOR_B, "sent automatically"),
        (
            Touch(DAY, "call", "done", "outbound", outcome="Left voicemail"),
            *(Tier.A, CONNECTED, "outbound, not inbound, outcome Left voicemail is none of: Connected"),
        ),
        (
            Touch(DAY, "call", "done", "inbound"),
            *(Tier.A, CONNECTED, "its outcome is not logged"),
        ),
    ],
)
def test_why_a_touch_does_not_count_is_said_in_words(
    touch: Touch, tier: Tier, rules: tuple[TouchRule, ...], why: str
) -> None:
    assert why_not(touch, tier, rules, date(2026, 11, 23)) == why


# Whole nights

CONFIG = """
ready_made: {path: tiers.csv}
time_zone: America/Chicago
cold: {touches: [{kind: visit}, {kind: call, tiers: [B], min_minutes: 5}]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG)
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},B")
    return desk


def did(desk: Desk, account: CrmId, kind: Kind, days_ago: float, **said: Any) -> None:
    at = desk.clock.now() - timedelta(days=days_ago)
    one = Interaction(CrmId(f"{kind}{account}{days_ago}"), account, kind, at, at, Result.DONE, owner="kim@example.com")
    desk.org.log(replace(one, **said))


def explained(desk: Desk, npi: str) -> list[str]:
    said = say_explain(desk.folder / "config.yaml", None, npi, desk.clock).splitlines()
    return [line.strip() for line in said[said.index("  Logged, the newest first:") + 1 :]]


def test_explain_goes_through_what_is_logged_and_says_what_counted_and_why_the_rest_did_not(desk: Desk) -> None:
    _, brandt = desk.has(ADEYEMI, BRANDT)
    did(desk, brandt, Kind.VISIT, -10)
    did(desk, brandt, Kind.CALL, 3, minutes=12, direction=Direction.INBOUND, owner="lee@example.com")
    did(desk, brandt, Kind.CALL, 4, minutes=3)
    did(desk, brandt, Kind.EMAIL, 5, automated=True, owner=None)
    did(desk, brandt, Kind.VISIT, 6, result=Result.NO_SHOW)

    desk.night()

    assert desk.says(brandt, "last_visit") == ("2026-11-20",)
    assert explained(desk, BRANDT) == [
        "3 Dec 2026, visit by kim@example.com: not counted: planned for 3 Dec",
        "20 Nov 2026, call by lee@example.com (not the owner): counted; from its side",
        "19 Nov 2026, call by kim@example.com: not counted: 3 minutes, fewer than 5",
        "18 Nov 2026, e-mail: not counted: sent automatically",
        "17 Nov 2026, visit by kim@example.com: not counted: no-show",
    ]


def test_explain_shows_the_last_fifteen_with_those_of_an_account_that_was_merged_into_it(desk: Desk) -> None:
    adeyemi, double = *desk.has(ADEYEMI), desk.org.add_account("kim@example.com")
    for days_ago in range(1, 10):
        did(desk, adeyemi, Kind.VISIT, 2 * days_ago)
        did(desk, double, Kind.VISIT, 2 * days_ago + 1)
    desk.org.merge(double, adeyemi)

    desk.night()
    told = json.loads(explain_as_json(desk.folder / "config.yaml", None, ADEYEMI, desk.clock))["memory"]["interactions"]

    assert explained(desk, ADEYEMI)[-1] == "and 3 more before."
    assert (len(told["shown"]), told["more"]) == (15, 3)
    assert told["shown"][1] == {
        "id": f"visit{double}3",
        "day": "2026-11-20",
        "kind": "visit",
        "by": "kim@example.com",
        "by_another": False,
        "why_not": "",
        "from_its_side": False,
        "counted": True,
    }


def test_what_is_logged_between_the_plan_and_its_approval_counts_that_night(desk: Desk) -> None:
    (adeyemi,) = desk.has(ADEYEMI)
    desk.visited(adeyemi, days_ago=50)

    with desk.run() as run:
        rehearse(run)
        did(desk, adeyemi, Kind.VISIT, 1)
        nightly(run)

    assert desk.says(adeyemi, "last_visit") == ("2026-11-22",)


def test_the_log_is_gone_through_once_a_night(desk: Desk) -> None:
    (adeyemi,) = desk.has(ADEYEMI)
    desk.visited(adeyemi, days_ago=50)
    asked = list[str]()

    @event.listens_for(desk.store.database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(" ".join(statement.split()))

    desk.night()

    assert len([one for one in asked if "FROM interactions" in one and "GROUP BY coalesce" in one]) == 1
    assert not [
        one
        for one in asked
        if "FROM interactions" in one and "ORDER BY interactions.at" in one and "interactions.at >=" not in one
    ]
