"""What counts, by the plain rule and by the one question that a night asks of the database: they agree on every log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from callplan.model import Tier, TouchRule
from callplan.touches import last_by_channel, last_touch, qualifies
from connector.contract import Account, CrmId, Cursor, Direction, Interaction, Kind, Page, Result
from connector.store import Database, Store
from connector.store.mirror import AccountFields
from connector.sync.book import Book
from jobs._touches import Asked, ask, by_tier, log_of, seen_by

OURS = ("adeyemi", "brandt", "castillo", "okafor")
MERGED = {"double": "triple", "triple": "brandt", "lost": "elsewhere"}  # a chain, and one that leads to none of ours
WORDS = ("Connected", "connected", "Gespräch geführt", "GESPRÄCH GEFÜHRT", "Straße", "STRASSE", "left a message")
CHANGES = {  # days on which clocks change, most of them at midnight
    "America/Chicago": date(2024, 11, 3),
    "America/Havana": date(2024, 11, 3),
    "America/Santiago": date(2024, 9, 8),
    "America/Asuncion": date(2024, 3, 24),
    "Pacific/Kiritimati": date(2024, 1, 1),
}
NO_ROWS = np.array([])

texts = st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)
rules = st.lists(
    st.builds(
        TouchRule,
        st.sampled_from([Kind.VISIT.value, Kind.CALL.value, Kind.EMAIL.value]),
        st.lists(st.sampled_from(Tier), min_size=1, unique=True).map(tuple),
        st.sampled_from([0.0, 0.0, 5.0]),
        st.sampled_from([None, None, *(way.value for way in Direction)]),
        texts,
        texts,
    ),
    max_size=4,
).map(tuple)


@st.composite
def moments(draw: st.DrawFn) -> Asked:
    """An hour about the midnight at which some clock changes, or the one after."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    today = CHANGES[zone] + timedelta(days=draw(st.integers(-1, 1)))
    now = datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    now += timedelta(minutes=draw(st.integers(-90, 24 * 60)), microseconds=draw(st.sampled_from([0, 700_000])))
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
                st.integers(-48 * 60, 30 * 60).map(lambda minutes: now + timedelta(minutes=minutes)),
                st.integers(-2_000_000, 1_500_000).map(lambda us: now + timedelta(microseconds=us)),
            ),
            st.just(now),
            st.sampled_from([*Result, *[Result.DONE] * 8]),
            st.sampled_from([None, *Direction]),
            st.sampled_from([None, float("nan"), 0.0, 4.99, 5.0, 40.0]),
            gone=st.sampled_from([False] * 5 + [True]),
            outcome=st.sampled_from([None, *WORDS]),
            status=st.sampled_from([None, *WORDS]),
            automated=st.sampled_from([False] * 4 + [True]),
        ),
    )
    return draw(st.lists(log, min_size=1, max_size=12))


def held(store: Store, log: list[Interaction], now: datetime) -> None:
    there = [Account(CrmId(id_), now) for id_ in (*OURS, "elsewhere")]
    gone = [Account(CrmId(id_), now, gone=True, merged_into=CrmId(into)) for id_, into in MERGED.items()]
    store.mirror.save_accounts(Page((*there, *gone), Cursor("1")), AccountFields("npi"))
    store.mirror.save_interactions(Page(tuple(log), Cursor("1")))


def book() -> Book:
    ids, days = np.array(OURS), np.full(len(OURS), "2024-01-01", "datetime64[D]")
    return Book(ids, ids, ids, *[np.zeros(len(OURS))] * 2, np.array(["A", "B", "C", "A"]), days, np.zeros(len(OURS)))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), moments())
def test_the_database_says_of_every_log_what_the_plain_rule_says(
    database: Database, data: st.DataObject, asked: Asked
) -> None:
    log, ours = data.draw(logs(asked.now)), book()
    with database.store("memory").rehearsal() as store:
        held(store, log, asked.now)

        found, plain = seen_by(ask(store, asked), asked, ours), log_of(store, asked, ours)

    counts, inbound = (
        qualifies(plain, ours.tier, flat(rules), asked.today) for rules in (asked.touches, asked.inbound)
    )
    assert_array_equal(found.last, last_touch(plain, counts, len(OURS)))
    assert_array_equal(found.inbound, last_touch(plain, inbound, len(OURS)))
    assert_array_equal(found.inbounds, np.bincount(plain.account[inbound], minlength=len(OURS)))
    by_channel = last_by_channel(plain, len(OURS), asked.today)
    for channel, days in found.by_channel.items():
        assert_array_equal(days, by_channel[channel])


def flat(rules: dict[Tier, tuple[TouchRule, ...]]) -> list[TouchRule]:
    return [replace(rule, tiers=(tier,)) for tier, some in rules.items() for rule in some]
