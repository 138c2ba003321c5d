"""Drive minutes: an estimate that says so, and behaves like distances do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.roads.estimate import Roads, drive_minutes, great_circle_miles
from connector.roads.places import place

POINTS = st.lists(st.tuples(st.floats(25, 48), st.floats(-124, -68)), min_size=1, max_size=8)


def test_des_moines_to_chicago_is_as_far_as_the_globe_says() -> None:
    miles = great_circle_miles(np.array([41.5868, 41.8781]), np.array([-93.6250, -87.6298]))

    assert miles[0, 1] == pytest.approx(309, abs=2)


@given(POINTS)
def test_there_and_back_take_as_long_and_staying_takes_nothing(points: list[tuple[float, float]]) -> None:
    latitude, longitude = np.array(points).T

    minutes = drive_minutes(latitude, longitude, Roads())

    assert np.allclose(minutes, minutes.T)
    assert np.all(np.diag(minutes) == 0)
    assert np.all(minutes >= 0)


def test_a_longer_way_takes_longer_and_a_crooked_one_too() -> None:
    latitude, longitude = np.array([41.0, 41.1, 41.9]), np.array([-93.0, -93.0, -93.0])

    straight, crooked = (drive_minutes(latitude, longitude, Roads(circuity)) for circuity in (1.0, 1.4))

    assert straight[0, 1] < straight[0, 2]
    assert np.all(crooked[0, 1:] > straight[0, 1:])


def test_a_place_that_nobody_knows_takes_an_hour() -> None:
    minutes = drive_minutes(np.array([41.0, np.nan]), np.array([-93.0, np.nan]), Roads())

    assert minutes[0, 1] == 60


@pytest.mark.parametrize("asked", [("50309", "", ""), ("99999", "Des Moines", "IA"), ("", "des moines", "ia")])
def test_a_zip_or_else_a_town_has_a_point(asked: tuple[str, str, str]) -> None:
    found = place(*asked)

    assert found
    assert found.latitude == pytest.approx(41.6, abs=0.2)
    assert found.longitude == pytest.approx(-93.6, abs=0.2)


def test_nowhere_has_none() -> None:
    assert place("99999", "Nowhere", "ZZ") is None
