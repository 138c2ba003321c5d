"""What comes from the account's side, what its claims say, and the words of a flag."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from callplan.activity import activity, declines
from callplan.model import ActivityRules, Event, Npi, RelationshipRules, Signal, Way
from callplan.pleas import Plea, say_next_step, say_why
from callplan.relationship import quiet_on, relationship
from tests.connector.samples import ADEYEMI

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("ago", "times", "state"),
    [(89, 3, "warm"), (90, 3, "quiet"), (5, 2, "little_known"), (400, 2, "little_known"), (None, 0, "little_known")],
)
def test_an_account_is_quiet_only_where_it_used_to_write(ago: int | None, times: int, state: str) -> None:
    inbound = np.array([None if ago is None else TODAY - timedelta(days=ago)], "datetime64[D]")

    rules = RelationshipRules()
    assert relationship(np.array([times]), quiet_on(inbound, rules), rules, TODAY).tolist() == [state]


def signal(event: Event, before: str, after: str) -> Signal:
    return Signal(
        Npi(ADEYEMI), event, before, after, f"volume down from {before} to {after} procedures a year", Way.DOWN
    )


@pytest.mark.parametrize(
    ("event", "before", "after", "said"),
    [
        (Event.VOLUME_DOWN, "412", "205", "volume down from 412 to 205 procedures a year"),
        (Event.VOLUME_DOWN, "412", "206", None),  # half of it, and not below
        (Event.VOLUME_DOWN, "29", "3", None),  # too few to say
        (Event.LEFT_CLAIMS, "412", "", "absent from the claims, with 412 procedures a year before"),
        (Event.LEFT_CLAIMS, "22", "", None),
        (Event.VOLUME_UP, "100", "412", None),
    ],
)
def test_activity_is_down_below_half_of_the_vintage_before(
    event: Event, before: str, after: str, said: str | None
) -> None:
    found = declines([signal(event, before, after)], ActivityRules())

    assert found == ({ADEYEMI: said} if said else {})


def test_where_nothing_could_be_compared_activity_is_not_known() -> None:
    volume, down = np.array([412.0, 412.0, np.nan]), np.array([True, False, False])

    assert activity(volume, down, compared=True).tolist() == ["down", "steady", "not_known"]
    assert activity(volume, down & False, compared=False).tolist() == ["not_known"] * 3


COLD = Plea("A", date(2026, 9, 24), 30, 30, 412.0, "warm", date(2026, 11, 20), "")


def but(**changed: object) -> Plea:
    return Plea(**({name: getattr(COLD, name) for name in Plea.__slots__} | changed))


@pytest.mark.parametrize(
    ("of", "why", "step"),
    [
        (
            COLD,
            "No counted visit since 24 Sep 2026; Tier A is seen every 30 days. "
            "412 relevant procedures a year at risk. Next step: book a visit.",
            "Book a visit.",
        ),
        (
            but(last=None, volume=10.0),
            "No counted visit yet; Tier A is seen every 30 days. Next step: book a first visit.",
            "Book a first visit.",
        ),
        (
            but(every=38, volume=np.nan, relationship="quiet", inbound=date(2026, 8, 12)),
            "No counted visit since 24 Sep 2026; Tier A is seen every 38 days here, not 30. "
            "Nothing from its side since 12 Aug 2026. Next step: call before you book a visit.",
            "Call before you book a visit.",
        ),
        (
            but(volume=np.nan, declined="volume down from 412 to 120 procedures a year", relationship="quiet"),
            "No counted visit since 24 Sep 2026; Tier A is seen every 30 days. Activity is down: volume down from 412 "
            "to 120 procedures a year. Next step: book a visit and ask what has changed.",
            "Book a visit and ask what has changed.",
        ),
    ],
)
def test_a_flag_says_what_happened_what_is_at_risk_and_what_to_do(of: Plea, why: str, step: str) -> None:
    assert (say_why(of), say_next_step(of)) == (why, step)


def test_the_longest_reason_fits_a_field_of_salesforce() -> None:
    longest = but(every=398, volume=12412.0, declined="absent from the claims, with 12,412 procedures a year before")

    assert len(say_why(longest)) <= 255
