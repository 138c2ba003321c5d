"""What moved from one vintage to the next, and what did not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.facts import Sources, gather
from callplan.model import (
    Affiliations,
    AssessRules,
    Event,
    Facts,
    Family,
    Npi,
    Registry,
    Signal,
    SignalRules,
    Span,
    Tier,
    Way,
)
from callplan.nominations import deactivated, has_worked, nominations, only_undoes, taken_back
from callplan.signals import compare, why_unlike
from tests.callplan.columns import assessed, claims, npi

ADEYEMI, BRANDT, CASTILLO = npi(0), npi(1), npi(2)
EVERYTHING = frozenset({"registry", "practices", "facilities"})
RULES = SignalRules()
NEVER = "NaT"


def facts(*volumes: float, vintage: str = "v1", **columns: Any) -> Facts:
    """Accounts that differ in nothing but what is given."""
    n = len(volumes)
    texts = {"specialty": "Cardiology", "claims_zip": "50309", "taxonomy": "207RC0000X", "zip": "50309"}
    told: dict[str, Any] = {name: np.array(columns.pop(name, [usual] * n)) for name, usual in texts.items()}
    for name in ("enumerated", "deactivated"):
        told[name] = np.array(columns.pop(name, [NEVER] * n), dtype="datetime64[D]")
    told["listed"] = np.array(columns.pop("listed", [True] * n))
    belongs = [(at, one) for at, ones in enumerate(columns.pop("organisations", [()] * n)) for one in ones]
    told["member"] = np.array([at for at, _ in belongs], dtype=np.int64)
    told["organisation"] = np.array([one for _, one in belongs], dtype=np.str_)
    span = Span(("cms_provider_service",), 12.0, {"v1": "2023-12", "v2": "2024-12"}.get(vintage, ""))
    given: dict[str, Any] = {
        "claims": vintage,
        "day": np.datetime64("2026-11-23"),
        "span": span,
        "measure": "33249 x 1",
    } | columns
    return Facts(
        vintage=vintage,
        knows=given.pop("knows", EVERYTHING),
        npi=np.array([npi(at) for at in range(n)]),
        volume=np.array(volumes),
        size=np.full(n, np.nan),
        **told,
        **given,
    )


def later(*volumes: float, **columns: Any) -> Facts:
    return facts(*volumes, vintage="v2", **columns)


def events(before: Facts, after: Facts) -> list[tuple[str, Event]]:
    return [(signal.npi, signal.event) for signal in compare(before, after, RULES)]


def texts(before: Facts, after: Facts) -> list[str]:
    return [signal.text for signal in compare(before, after, RULES)]


# Volume


def test_a_volume_that_more_than_doubles_nominates_up_and_says_from_what_to_what() -> None:
    found = compare(facts(40, 96), later(96, 40), RULES)

    assert [signal.text for signal in found] == [
        "volume up from 40 to 96 procedures a year",
        "volume down from 96 to 40 procedures a year",
    ]
    assert [signal.way for signal in found] == [Way.UP, Way.DOWN]


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [(100, 143, True), (100, 142, False), (100, 70, True), (100, 71, False), (40, 69, False), (40, 70, True)],
)
def test_a_volume_moves_by_a_share_of_the_larger_and_by_a_number(before: float, after: float, moves: bool) -> None:
    assert bool(events(facts(before), later(after))) is moves


def test_an_account_that_vanished_from_the_claims_is_absent_and_not_down_to_nothing() -> None:
    found = compare(facts(400, np.nan), later(np.nan, 400), RULES)

    assert [(signal.event, signal.way) for signal in found] == [
        (Event.LEFT_CLAIMS, Way.REVIEW),
        (Event.ENTERED_CLAIMS, Way.REVIEW),
    ]


def test_a_provider_without_a_relevant_cell_is_absent_although_others_are_there() -> None:
    rules, nobody = AssessRules((Family("rhythm", ("33249",)),)), np.array([], dtype=np.str_)
    read = claims((0, "33249", 40.0), (1, "99213", 900.0), (3, "33249", 12.0))
    days, number = np.array([], dtype="datetime64[D]"), np.array([], dtype=np.int64)
    registry = Registry(nobody, number, nobody, nobody, nobody, days, days)
    none = Affiliations(nobody, number, number, nobody, nobody, nobody, np.array([]), nobody, nobody, nobody, nobody)
    sources = Sources(
        "v1", read, assessed(read, rules).volume, registry, none, frozenset(), np.datetime64("2026-11-23")
    )

    found = gather(np.array([npi(3), BRANDT, ADEYEMI, npi(7)]), sources, rules)

    assert found.npi.tolist() == [ADEYEMI, BRANDT, npi(3), npi(7)]
    assert np.array_equal(found.volume, [40.0, np.nan, 12.0, np.nan], equal_nan=True)
    assert found.specialty.tolist() == ["Cardiology", "Cardiology", "Cardiology", ""]


def test_organisations_are_gathered_once_each_with_the_size_of_the_largest_practice() -> None:
    of = np.array([ADEYEMI, ADEYEMI, ADEYEMI, CASTILLO])
    where = Affiliations(
        npi=of,
        organisation=np.array([0, 0, 1, 2]),
        address=np.array([0, 1, 2, 3]),
        organisation_id=np.array(["42", "100018", ""]),
        organisation_name=np.array(["", "", ""]),
        sort=np.array(["practice", "Hospital", "practice"]),
        size=np.array([120.0, np.nan, np.nan]),
        street=np.full(4, ""),
        city=np.full(4, ""),
        state=np.full(4, ""),
        zip=np.full(4, ""),
    )
    day = np.array(["2005-05-23"], dtype="datetime64[D]")
    registry = Registry(
        np.array([CASTILLO]), np.array([1]), np.array(["X"]), np.array([""]), np.array(["50309"]), day, day
    )
    read = claims((0, "33249", 40.0))
    sources = Sources("v1", read, np.zeros(1), registry, where, EVERYTHING, np.datetime64("2026-11-23"))

    found = gather(np.array([ADEYEMI, BRANDT, CASTILLO]), sources, AssessRules(()))

    assert (found.member.tolist(), found.organisation.tolist()) == ([0, 0], ["Hospital 100018", "practice 42"])
    assert np.array_equal(found.size, [120.0, np.nan, np.nan], equal_nan=True)
    assert (found.listed.tolist(), found.zip.tolist()) == ([False, False, True], ["", "", "50309"])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"measure": "33249 x 2"}, "other procedures"),
        ({"span": Span(("columns",), 12.0, "2024-12")}, "were of cms_provider_service and are of columns"),
        ({"span": Span(("cms_provider_service",), 24.0, "2024-12")}, "12 months and the other 24"),
        ({"span": Span(("cms_provider_service",), 12.0, "2023-12")}, "up to 2023-12: the later one only completes"),
        ({"span": Span(("cms_provider_service",), 12.0, "")}, "only one of them says"),
    ],
)
def test_volumes_of_unlike_periods_are_not_compared_and_the_reason_is_said(changed: Any, why: str) -> None:
    before, after = facts(40, 96, np.nan), later(96, np.nan, 40, **changed)

    assert why in why_unlike(before, after)
    assert events(before, after) == []


def test_the_same_claims_beside_another_registry_are_like_enough() -> None:
    before, after = facts(40, 96), facts(40, 96, vintage="v1", zip=["50309", "61602"])

    assert why_unlike(before, after) == ""
    assert texts(before, after) == ["practice moved from ZIP 50309 to 61602"]


# Practice, organisations, registry


def test_where_a_registry_is_read_it_tells_who_moved_and_the_claims_do_elsewhere() -> None:
    late = facts(40, 40, 40, claims_zip=["50309"] * 3, zip=["61602", "", ""])
    now = later(40, 40, 40, claims_zip=["61602"] * 3, zip=["61602", "", "61602"])

    assert events(late, now) == [(BRANDT, Event.PRACTICE_LOCATION_CHANGED)]


def test_organisations_are_joined_and_left_by_what_both_vintages_know() -> None:
    before = facts(40, 40, organisations=[["practice 42", "Hospital 100018"], ["practice 42"]])
    after = later(40, 40, organisations=[["practice 77"], ["practice 42"]])
    only_practices = replace(after, knows=frozenset({"registry", "practices"}))

    assert texts(before, after) == ["joined practice 77", "left Hospital 100018, practice 42"]
    assert texts(before, only_practices) == ["joined practice 77", "left practice 42"]


def test_a_registry_that_was_not_read_before_brings_no_signal() -> None:
    before = facts(40, knows=frozenset(), listed=[False], taxonomy=[""], zip=[""])
    after = later(40, organisations=[["practice 42"]], enumerated=["2026-11-01"], deactivated=["2026-11-10"])

    assert events(before, after) == []


def test_what_the_registry_does_with_an_npi_is_told() -> None:
    before = facts(40, 40, 40, 40, deactivated=[NEVER, "2020-01-02", NEVER, NEVER], listed=[True, True, False, False])
    now = ["2005-05-23", "2005-05-23", "2026-11-01", "2005-05-23"]
    after = later(40, 40, 40, 40, deactivated=["2026-11-10", NEVER, NEVER, NEVER], enumerated=now)

    found = compare(before, after, RULES)

    assert [signal.text for signal in found] == [
        "NPI deactivated on 2026-11-10",
        "NPI reactivated, after it was deactivated on 2020-01-02",
        "newly enumerated on 2026-11-01",  # the fourth was missing from the file, and is not new
    ]
    assert deactivated(after.npi, after).tolist() == [True, False, False, False]


def test_a_deactivated_npi_that_the_registry_blanks_has_not_moved_or_changed_its_taxonomy() -> None:
    after = later(40, deactivated=["2026-11-10"], zip=[""], taxonomy=[""])

    assert events(facts(40), after) == [(ADEYEMI, Event.DEACTIVATED)]


def test_specialty_and_taxonomy_changes_are_told_but_not_where_another_source_spells_them() -> None:
    after = later(40, specialty=["Electrophysiology"], taxonomy=["207RC0001X"])
    other = replace(after, span=replace(after.span, sources=("columns",)))

    assert [event for _, event in events(facts(40), after)] == [Event.PRIMARY_TAXONOMY_CHANGED, Event.SPECIALTY_CHANGED]
    assert [event for _, event in events(facts(40), other)] == [Event.PRIMARY_TAXONOMY_CHANGED]


# How long a signal stands


def test_a_later_vintage_takes_back_what_is_so_again_and_absence_takes_nothing_back() -> None:
    before = facts(40, 40, 40, organisations=[["practice 42"], [], []])
    after = later(96, 96, 96, zip=["61602", "50309", "50309"], organisations=[["practice 77"], [], []])
    standing = compare(before, after, RULES)
    third = facts(45, np.nan, 90, vintage="v3", organisations=[["practice 42"], [], []])

    back = [signal for signal, is_back in zip(standing, taken_back(standing, third, RULES), strict=True) if is_back]

    assert {(signal.npi, signal.event) for signal in back} == {
        (ADEYEMI, Event.VOLUME_UP),
        (ADEYEMI, Event.PRACTICE_LOCATION_CHANGED),
        (ADEYEMI, Event.AFFILIATION_JOINED),
        (ADEYEMI, Event.AFFILIATION_LEFT),
    }


def test_a_volume_that_only_returns_ends_a_signal_and_begins_none() -> None:
    up = compare(facts(40), later(96), RULES)
    (back,) = compare(later(96), facts(45, vintage="v3", span=later(1).span, claims="v2"), RULES)
    (collapse,) = compare(facts(200), later(20), RULES)

    assert only_undoes(back, up, RULES)
    assert not only_undoes(collapse, [replace(up[0], before="100", after="200")], RULES)


def test_signals_nominate_together_and_only_a_hard_event_frees_from_the_band() -> None:
    after = later(96, 40, 40, zip=["50309", "61602", "50309"])
    standing = compare(facts(40, 96, 40), after, RULES)

    nominated, hard = nominations(np.array([CASTILLO, BRANDT, ADEYEMI, npi(7)]), standing, RULES)

    assert nominated.tolist() == [0, -1, 1, 0]
    assert hard.tolist() == ["", "practice moved from ZIP 50309 to 61602", "", ""]


@pytest.mark.parametrize(
    ("event", "way", "was", "now", "worked"),
    [
        (Event.VOLUME_UP, Way.UP, Tier.C, Tier.B, True),
        (Event.VOLUME_UP, Way.UP, Tier.A, Tier.B, False),
        (Event.VOLUME_UP, Way.UP, Tier.B, Tier.B, False),
        (Event.VOLUME_UP, Way.UP, None, Tier.A, False),
        (Event.VOLUME_DOWN, Way.DOWN, Tier.A, Tier.C, True),
        (Event.AFFILIATION_LEFT, Way.REVIEW, Tier.A, Tier.C, False),
        (Event.PRACTICE_LOCATION_CHANGED, Way.REVIEW, Tier.A, Tier.C, True),
    ],
)
def test_a_nomination_has_worked_once_the_tier_moved_that_way(
    event: Event, way: Way, was: Tier | None, now: Tier, worked: bool
) -> None:
    assert has_worked(Signal(Npi(ADEYEMI), event, "", "", "", way), was, now, RULES) is worked


# Properties

ACCOUNTS = st.lists(
    st.tuples(
        st.one_of(st.just(np.nan), st.integers(1, 300).map(float)),
        st.sampled_from(["", "50309", "61602"]),
        st.sampled_from(["", "207RC0000X", "207X00000X"]),
        st.sampled_from([NEVER, "2026-11-10"]),
        st.lists(st.sampled_from(["practice 42", "Hospital 100018"]), unique=True),
    ),
    min_size=3,
    max_size=3,
)
MIRRORED = {
    Event.VOLUME_UP: Event.VOLUME_DOWN,
    Event.ENTERED_CLAIMS: Event.LEFT_CLAIMS,
    Event.AFFILIATION_JOINED: Event.AFFILIATION_LEFT,
    Event.DEACTIVATED: Event.REACTIVATED,
}


def of(accounts: list[tuple[float, str, str, str, list[str]]], vintage: str) -> Facts:
    volumes, zips, taxonomies, off, organisations = zip(*accounts, strict=True)
    columns = {"zip": zips, "taxonomy": taxonomies, "deactivated": off, "organisations": organisations}
    return facts(*volumes, vintage=vintage, **columns)


@settings(max_examples=25)
@given(ACCOUNTS)
def test_a_vintage_compared_with_itself_has_no_signal(accounts: list[Any]) -> None:
    assert events(of(accounts, "v1"), of(accounts, "v1")) == []
    assert events(of(accounts, "v1"), of(accounts, "v2")) == []


@settings(max_examples=25)
@given(ACCOUNTS, ACCOUNTS)
def test_two_vintages_in_the_other_order_mirror_every_signal(some: list[Any], others: list[Any]) -> None:
    there = compare(of(some, "v1"), of(others, "v2"), RULES)
    back = compare(of(others, "v2"), of(some, "v1"), RULES)

    mirror = MIRRORED | {other: one for one, other in MIRRORED.items()}
    assert {(s.npi, mirror.get(s.event, s.event)) for s in there} == {(s.npi, s.event) for s in back}


@settings(max_examples=25)
@given(ACCOUNTS, ACCOUNTS)
def test_the_older_vintage_again_takes_back_every_signal_that_it_knows_of(some: list[Any], others: list[Any]) -> None:
    before, after = of(some, "v1"), of(others, "v2")
    standing = compare(before, after, RULES)

    assert all(taken_back(standing, before, RULES))
