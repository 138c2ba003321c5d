"""The benchmarks of the week run: on a handful of accounts, so that they are right when somebody wants a figure."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench import night, visits, week
from bench.lists import as_it_came, driven, nearest
from bench.team import team_of
from bench.towns import World, asked_of, stops_of
from callplan.model import WeekRules
from tests.nights.desk import empty_store

RULES = WeekRules(visits_per_day=2, effort=4)


def on_a_line(*minutes: float, rules: WeekRules = RULES) -> World:
    at = np.array([0.0, *minutes])
    return asked_of(stops_of(len(minutes), 2, seed=1), np.abs(at[:, None] - at), rules)


def test_a_search_is_measured_against_a_long_one_of_the_same_problem(capsys: pytest.CaptureFixture[str]) -> None:
    few = on_a_line(30, 60, 20, 10, 40)

    more = week.one_rep("Des Moines, IA", few, seconds=0.05, seeds=1)

    assert more == [0.0, 0.0]
    assert "2 of 2 Tier A" in capsys.readouterr().out


def test_the_nearest_list_goes_on_to_the_nearest_and_the_other_as_the_accounts_came() -> None:
    few = on_a_line(30, 60, 20, 10, 40)

    near, came = nearest(few), as_it_came(few)

    assert near[:3] == [[3, 2], [0, 4], [1]]
    assert came[:3] == [[0, 1], [2, 3], [4]]
    assert (driven(near, few.minutes), driven(came, few.minutes)) == (40 + 80 + 120, 120 + 40 + 80)


def test_one_whom_no_day_can_hold_does_not_end_the_list_as_it_came() -> None:
    assert as_it_came(on_a_line(30, 300, 20))[:2] == [[0, 2], []]


def test_a_night_tells_its_seconds_from_those_of_the_search_and_the_next_searches_nothing(tmp_path: Path) -> None:
    (tmp_path / "callplan.db").write_bytes(empty_store())
    team = team_of(tmp_path, reps=2, accounts=4, tier_a=2, visits_per_day=3)

    with night.asked() as worlds:
        first, again = night.night(team), night.night(team)

    assert [len(world.stops.npi) for world in worlds] == [4, 4]
    assert (first.searches, again.searches) == (4, 0)
    assert 0 < first.searching <= first.seconds


def test_a_log_of_visits_ends_where_the_file_goes_back_in_time(tmp_path: Path) -> None:
    monday = date(2012, 1, 2)
    days = [monday + timedelta(days=n % 5) for n in (0, 0, 1, 1, 2, 2, 3, 3, 0)]
    rows = [f"{day},Canvass,{41.8 + at / 100},-87.6" for at, day in enumerate(days)]
    with gzip.open(tmp_path / "log.csv.gz", "wt") as file:
        file.write("\n".join(["visit_date,purpose,Latitude,Longitude", *rows, "2012-01-02,Complaint,41.8,-87.6"]))

    logs = list(visits.read(tmp_path / "log.csv.gz"))

    assert [len(log) for log in logs] == [8, 1]
    (full,) = visits.sampled(logs, every=1)
    for found in visits.orders(full):
        assert sorted(row for day in found[0] for row in day) == list(range(8))
