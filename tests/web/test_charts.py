"""Charts that the server draws: in proportion, with gaps where nothing is known, and readable without looking."""

from __future__ import annotations

import re

import pytest

from connector.host.web.charts import Chart, Series, draw, round_up


def numbers(name: str, picture: str) -> list[float]:
    return [float(found) for found in re.findall(rf'\b{name}="([\d.]+)"', picture)]


def test_bars_are_as_high_as_their_values_stand_to_one_another() -> None:
    picture = draw(Chart("Calls", "Twice as many on Tuesday.", ["Mon", "Tue"], bars=[Series("Calls", [50, 100])]))

    monday, tuesday = numbers("height", picture)
    assert tuesday == pytest.approx(2 * monday, abs=0.2)
    assert re.findall(r"<text class=\"end\".*?>(.*?)</text>", picture) == ["0", "25", "50", "75", "100"]


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    picture = draw(Chart("Reach", "", ["1", "2", "3", "4"], lines=[Series("A", [0.5, None, 0.5, 1])], form=".0%"))

    first, second = re.findall(r'points="([^"]*)"', picture)
    assert (len(first.split()), len(second.split())) == (1, 2)
    assert "<title>4, A: 100%</title>" in picture


def test_what_stands_in_a_chart_is_text_whatever_it_says() -> None:
    picture = draw(Chart("<b>", '"><script>', ["<i>"], bars=[Series("<u>", [1]), Series("B", [2])]))

    assert not re.search(r"<(b|i|u|script)>", picture)
    assert "style=" not in picture


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 5), (11, 20), (100, 100), (0.34, 0.5), (2_100, 2_500)])
def test_an_axis_ends_at_a_round_number_above_all_values(most: float, top: float) -> None:
    assert round_up(most) == pytest.approx(top)


def test_a_chart_of_nothing_is_an_empty_chart() -> None:
    assert "<svg" in draw(Chart("Calls", "Nothing yet.", []))
