"""The flag: who is raised, in what order, how many a day, and by what alone a flag ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.cold import Cold
from callplan.flags import TURN, Decision, Standing, decide, say_waiting, wanted_since
from callplan.model import FlagRules, Npi, Tier
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO

NOVEMBER, OCTOBER = date(2026, 11, 3), date(2026, 10, 1)
PAT = "pat@example.com"


def standing(*rows: tuple[str, str, date | None, bool, str, float]) -> Standing:
    """Rows of NPI, tier, last touch, whether it is to be flagged, why it may not be, and volume; all are Pat's."""
    npi, tier, last, wanted, paused, volume = zip(*rows, strict=True)
    return Standing(
        npi=np.array(npi),
        tier=np.array(tier),
        manager=np.full(len(rows), PAT),
        last=np.array(last, "datetime64[D]"),
        wanted=np.array(wanted, np.bool_),
        paused=np.array(paused),
        volume=np.array(volume),
        urgency=np.full(len(rows), 2.0),
    )


def test_those_with_the_most_volume_at_risk_are_told_first_and_the_rest_wait() -> None:
    now = standing(
        (ADEYEMI, "A", OCTOBER, True, "", 120.0),
        (BRANDT, "A", OCTOBER, True, "", 412.0),
        (CASTILLO, "A", OCTOBER, True, "", np.nan),
    )

    found = decide(now, {}, {PAT: 3}, FlagRules(per_day=5))

    assert [now.npi[row] for row in found.raised] == [BRANDT, ADEYEMI]
    assert found.paused.tolist() == ["", "", TURN]
    assert say_waiting(1, FlagRules()).startswith("1 more account is to be flagged and waits for its turn;")
    assert say_waiting(7, FlagRules()).startswith("7 more accounts are to be flagged and wait for their turn;")


@pytest.mark.parametrize(
    ("last", "wanted", "ends"),
    [(NOVEMBER, False, True), (NOVEMBER, True, False), (OCTOBER, False, False), (None, False, False)],
)
def test_only_a_touch_newer_than_the_one_it_was_raised_on_ends_a_flag(
    last: date | None, wanted: bool, ends: bool
) -> None:
    """A stretched cadence, another rule or a letter from the account makes it no candidate, and ends nothing."""
    found = decide(standing((ADEYEMI, "A", last, wanted, "", 412.0)), {Npi(ADEYEMI): OCTOBER}, {}, FlagRules())

    assert (found.touched, found.withdrawn, found.raised) == ((0,) if ends else (), (), ())


def test_a_flag_of_an_account_that_is_another_tier_now_or_gone_is_withdrawn() -> None:
    now = standing((ADEYEMI, "C", OCTOBER, True, "", 412.0))

    found = decide(now, {Npi(ADEYEMI): OCTOBER, Npi(BRANDT): None}, {}, FlagRules())

    assert found.withdrawn == (ADEYEMI, BRANDT)
    assert found.raised == ()


def test_an_overdue_account_is_flagged_where_it_has_gone_quiet_or_its_activity_is_down() -> None:
    """Since it was so first: one that was quiet and overdue is none that has turned cold today."""
    states = np.array(["overdue", "overdue", "overdue", "due", "cold", "cold"])
    on = np.array(["2026-11-01"] * 6, "datetime64[D]")
    cold = Cold(states, np.ones(6), on, np.where(states == "cold", on + 15, np.datetime64("NaT")))
    quiet_on = np.array(["2026-11-09"] * 6, "datetime64[D]")

    since = wanted_since(
        cold,
        np.array(["quiet", "warm", "warm", "quiet", "warm", "quiet"]),
        np.array(["not_known", "down", "steady", "down", "steady", "steady"]),
        quiet_on,
    )

    assert since.astype(str).tolist() == ["2026-11-09", "2026-11-01", "NaT", "NaT", "2026-11-16", "2026-11-09"]


# Whatever the accounts are

ROW = st.tuples(
    st.sampled_from("ABC"),
    st.sampled_from([None, OCTOBER, NOVEMBER]),
    st.booleans(),
    st.sampled_from(["", "snoozed", "logging gap"]),
    st.sampled_from([5.0, 120.0, 412.0, np.nan]),
    st.sampled_from(["pat@example.com", "dana@example.com"]),
    st.sampled_from(["none", "never", "october", "november"]),  # flagged on which touch
)
WAS = {"never": None, "october": OCTOBER, "november": NOVEMBER}


@st.composite
def nights(draw: st.DrawFn) -> tuple[Standing, dict[Npi, date | None], dict[str, int], FlagRules]:
    rows = draw(st.lists(ROW, min_size=1, max_size=12))
    npis = [f"10000{n:05}" for n in range(len(rows))]
    now = standing(*((npi, *row[:5]) for npi, row in zip(npis, rows, strict=True)))
    now = replace(now, manager=np.array([row[5] for row in rows]))
    flagged = {Npi(npi): WAS[row[6]] for npi, row in zip(npis, rows, strict=True) if row[6] != "none"}
    heard = {"pat@example.com": draw(st.integers(0, 3))}
    return now, flagged, heard, FlagRules(tiers=draw(st.sampled_from([(Tier.A,), (Tier.A, Tier.B)])), per_day=2)


Told = tuple[Standing, dict[Npi, date | None], dict[str, int], FlagRules]


@given(nights())
def test_no_budget_is_passed_and_nobody_suppressed_or_paused_is_raised(told: Told) -> None:
    now, flagged, heard, rules = told
    found = decide(*told)

    new = Counter(str(now.manager[row]) for row in found.raised)
    assert all(
        count + heard.get(manager, 0) <= max(rules.per_day, heard.get(manager, 0)) for manager, count in new.items()
    )
    for row in found.raised:
        assert now.tier[row] in [tier.value for tier in rules.tiers]
        assert now.wanted[row]
        assert now.paused[row] == ""
        assert now.npi[row] not in flagged
    waits = (found.paused != "").sum() + len(found.raised)
    ours = np.isin(now.tier, [tier.value for tier in rules.tiers])
    assert waits == (now.wanted & ours & ~np.isin(now.npi, [*flagged])).sum()  # none is left out in silence


@given(nights())
def test_no_flag_ends_but_by_a_newer_touch_or_by_its_account(told: Told) -> None:
    now, flagged, _, rules = told
    found = decide(*told)

    for row in found.touched:
        was = flagged[Npi(str(now.npi[row]))]
        assert not np.isnat(now.last[row])
        assert was is None or now.last[row].item() > was
    for npi in found.withdrawn:
        assert now.tier[now.npi == npi].item() not in [tier.value for tier in rules.tiers]


@given(nights(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(told: Told, random: object) -> None:
    now, flagged, heard, rules = told
    order = list(range(len(now.npi)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = Standing(*(getattr(now, name)[order] for name in Standing.__slots__))

    one, two = decide(now, flagged, heard, rules), decide(other, flagged, heard, rules)

    assert _by_npi(now, one) == _by_npi(other, two)


def _by_npi(now: Standing, found: Decision) -> tuple[list[str], set[str], set[str]]:
    raised = [str(now.npi[row]) for row in found.raised]
    return raised, {str(now.npi[row]) for row in found.touched}, set(map(str, found.withdrawn))
