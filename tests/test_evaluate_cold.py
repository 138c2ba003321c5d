"""`callplan evaluate cold` as an admin runs it: figures computed elsewhere, files, and how to read them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from callplan.model import QuietModel, RelationshipRules
from connector.coverage import Cold
from connector.errors import NeedsHuman
from connector.host.cli import cli
from tests.conftest import SHARED

CADENCE = "Risk 1 (High)=183,Risk 2 (Medium)=365"
# Silences, censored, S(c), S(2c), precision at 0.7, 1, 1.25 and 1.5 cadences, and S there; computed independently.
GOLDEN = {
    ("any row", "Risk 1 (High)"): "27492 7343 .612 .298 .437 .486 .542 .627 .680 .612 .549 .474",
    ("any row", "Risk 2 (Medium)"): "8296 2707 .472 .094 .160 .199 .317 .460 .587 .472 .296 .204",
    ("purpose=Canvass", "Risk 1 (High)"): "15195 6652 .890 .536 .569 .603 .643 .705 .943 .890 .834 .761",
    ("purpose=Canvass", "Risk 2 (Medium)"): "4208 2348 .790 .242 .266 .306 .438 .573 .908 .790 .552 .422",
}


def cold(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["evaluate", "cold", *map(str, arguments)], catch_exceptions=True)


def figures(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cold(*arguments, "--json").stdout)
    return found


# On a real log


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    if not SHARED.is_dir():
        pytest.skip("the real public files are not here (../shared/data)")
    log = SHARED / "visits/field_visits_2011_2013.csv.gz"
    return figures(log, "--cadence", CADENCE, "--counts", "purpose=Canvass", "--resamples", 0)


@pytest.mark.parametrize("row", list(GOLDEN), ids=" ".join)
def test_coverage_is_what_was_computed_elsewhere_to_the_digit(real: dict[str, Any], row: tuple[str, str]) -> None:
    [found] = [each for each in real["coverage"] if (each["ended_by"], each["tier"]) == row]

    counted = [found["silences"], found["censored"]]
    shares = [found["reach_cadence"], found["reach_twice"]]
    shares += [point[name] for name in ("precision", "reached") for point in found["points"]]
    assert " ".join([*map(str, counted), *(f"{share:.3f}"[1:] for share in shares)]) == GOLDEN[row]


def test_an_alert_leaves_the_rest_of_two_cadences(real: dict[str, Any]) -> None:
    for each in real["coverage"]:
        for point in each["points"]:
            assert point["lead_days"] == pytest.approx((2 - point["at"]) * each["cadence_days"])


def test_the_rows_that_name_no_account_are_told(real: dict[str, Any]) -> None:
    assert (real["rows"], real["rows_rejected"]) == (57866, 8)


# On made-up logs


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty accounts over two years, A seen twice as often as B; every third row is a call; some are recorded late."""
    rng, path = np.random.default_rng(3), tmp_path_factory.mktemp("log") / "visits.csv"
    lines = ["Account,Date,Created,Tier,Rep,Kind"]
    for at in range(40):
        tier, day = "AB"[at % 2], 0
        while (day := day + int(rng.exponential((25, 60)[at % 2])) + 1) < 730:
            on = np.datetime64("2024-01-01") + np.array([day, day + int(rng.integers(0, 20))])
            lines.append(f"{at},{on[0]},{on[1]},{tier},kim@example.com,{('visit', 'call')[len(lines) % 3 == 0]}")
    path.write_text("\n".join([*lines, ""]))
    return path


def test_the_same_log_gives_the_same_bytes(log: Path, tmp_path: Path) -> None:
    asked = (log, "--counts", "kind=visit", "--resamples", 20, "--json")
    one, two = (cold(*asked, "--out", tmp_path / name) for name in ("one", "two"))

    assert one.stdout == two.stdout
    for name in ("silences.csv", "alerts.csv", "cold.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_order_of_the_rows_is_of_no_account(log: Path, tmp_path: Path) -> None:
    header, *rows = log.read_text().splitlines()
    rows += [row.replace(",A,", ",B,") for row in rows[::9]]  # two tiers on one day
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("\n".join([header, *rows, ""]))
    two.write_text("\n".join([header, *rows[::-1], ""]))

    assert figures(one, "--resamples", 5) == figures(two, "--resamples", 5)


def test_visits_that_come_on_record_late_make_alerts_wrong_and_the_log_says_so(log: Path, tmp_path: Path) -> None:
    without = tmp_path / "without.csv"
    without.write_text(log.read_text().replace("Created", "Unused"))

    late, on_time = (figures(each, "--resamples", 0) for each in (log, without))

    [a_late, a_on_time] = (
        [each["alerts"] for each in found["alerts"] if each["tier"] == "A"] for found in (late, on_time)
    )
    assert sum(a_late) > sum(a_on_time)
    assert "sees only what was there by then" in late["how_to_read_it"][-1]
    assert "does not say when touches were put on record" in on_time["how_to_read_it"][-1]


def test_wherever_a_figure_is_shown_it_is_said_how_to_read_it(log: Path, tmp_path: Path) -> None:
    told = cold(log, "--resamples", 5, "--out", tmp_path).stdout
    picture = "".join(ElementTree.parse(tmp_path / "cold.svg").getroot().itertext())
    with (tmp_path / "alerts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["rule"] for row in rows} == {"silence over cadence", "same days for all tiers"}
    for shown in (told, picture, *(row["how_to_read_it"] for row in rows)):
        assert "Nothing is said of lost customers, sales or revenue" in shown
        assert "nobody went. It is not the account's will" in shown


def test_the_sentence_says_what_the_table_says(log: Path) -> None:
    found = figures(log, "--resamples", 5)

    [mine] = [
        each
        for each in found["alerts"]
        if (each["tier"], each["rule"], each["at"]) == ("all accounts", "silence over cadence", 1.5)
    ]
    assert found["what_it_comes_to"][0].startswith(
        f"At 1.5 cadences (the default) {100 * mine['precision']:.0f} of 100 alerts are right"
    )
    assert f"{100 * mine['recall']:.0f} are found in time" in found["what_it_comes_to"][0]


def test_a_log_too_short_for_a_cadence_says_what_it_lacks(log: Path) -> None:
    found = figures(log, "--cadence", "A=30,B=400", "--resamples", 0)

    first, second, *_ = found["what_it_comes_to"]
    assert [of["followed_days"] < 2 * of["cadence_days"] for of in found["coverage"]] == [False, True]
    assert first.startswith("B: no alert can be judged; twice the cadence is 800 days, and the log covers 7")
    assert second.startswith("Name the files of the years before too")
    assert not any(said.startswith("A: no alert") for said in found["what_it_comes_to"])


def test_what_lies_after_the_last_day_is_not_looked_at(log: Path) -> None:
    found = figures(log, "--until", "2024-12-31", "--resamples", 0, "--cadence", 60)

    assert found["until"] == "2024-12-31"
    assert [each["tier"] for each in found["coverage"]] == ["all accounts"]
    assert all(each["silences"] < 500 for each in found["coverage"])


def test_a_log_too_short_to_judge_an_alert_is_said_to_be(log: Path) -> None:
    told = cold(log, "--until", "2024-02-01", "--resamples", 3).stdout

    assert "No alert can be judged: in this log no silence can be followed for 2 cadences." in told
    assert "nan" not in told


def test_only_the_rows_that_are_asked_for_are_in_the_log(log: Path) -> None:
    rows = [row.split(",") for row in log.read_text().splitlines()[1:]]

    found = figures(log, "--only", "tier=a", "--only", "kind=visit", "--resamples", 0)

    assert found["rows"] == sum(row[3] == "A" and row[5] == "visit" for row in rows)
    assert {each["tier"] for each in found["coverage"]} == {"A"}


# Touches that accounts begin themselves


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts that order at a rate of their own until they leave for good, as BG/NBD has it."""
    rng, path = np.random.default_rng(6), tmp_path_factory.mktemp("orders") / "orders.csv"
    lines = ["customer_id,date"]
    for at in range(600):
        rate, leaves, day = rng.gamma(0.8, 1 / 12), rng.beta(0.6, 2), rng.uniform(0, 60)
        while day < 500:
            lines.append(f"{at},{(np.datetime64('2024-01-01') + int(day)).item():%m/%d/%Y}")
            day += rng.exponential(1 / rate) if rng.random() > leaves else 999
    path.write_text("\n".join([*lines, ""]))
    return path


def test_on_accounts_that_leave_for_good_the_model_that_knows_it_is_better_and_that_is_said(orders: Path) -> None:
    found = figures(orders, "--inbound", "--silent-for", 60, "--resamples", 40)

    recency, _, model = found["clues"]
    assert 0.5 < recency["auc"] < model["auc"]
    assert found["model_is_better"] is True
    better, switch = found["what_it_comes_to"]
    assert better.startswith("BG/NBD told better than plain recency on this log (AUC +")
    _, _, written = switch.partition("write into the config: ")
    assert Cold(**YAML(typ="safe").load(written)["cold"]).relationship.rules() == RelationshipRules(
        quiet_days=60, model=QuietModel.BG_NBD
    )
    assert [each["called"] > 0 for each in found["called_quiet"]] == [True, True]


def test_without_an_interval_plain_recency_is_kept(orders: Path) -> None:
    found = figures(orders, "--inbound", "--silent-for", 60, "--resamples", 0)

    assert found["model_is_better"] is False
    assert found["what_it_comes_to"][0].startswith("Keep plain recency")


def test_a_gain_that_may_be_chance_changes_nothing(orders: Path, tmp_path: Path) -> None:
    few, (header, *rows) = tmp_path / "few.csv", orders.read_text().splitlines()
    few.write_text("\n".join([header, *(row for row in rows if int(row.split(",")[0]) < 100), ""]))

    found = figures(few, "--inbound", "--silent-for", 60, "--resamples", 20)

    model = found["clues"][2]
    assert model["gain_low"] < 0 < model["gain"]
    assert found["what_it_comes_to"][0].startswith("Keep plain recency: BG/NBD is not surely better")


def test_where_a_long_silence_means_that_a_visit_is_due_no_clue_is_believed(tmp_path: Path) -> None:
    plan, rng = tmp_path / "plan.csv", np.random.default_rng(1)
    rows = [(at, int(40 * turn + rng.integers(0, 9) + at % 40)) for at in range(80) for turn in range(10)]
    days = [f"{at},{np.datetime64('2024-01-01') + day}" for at, day in rows]
    plan.write_text("\n".join(["account,date", *days, ""]))

    found = figures(plan, "--inbound", "--silent-for", 25, "--resamples", 20)

    assert found["clues"][0]["auc_high"] < 0.5
    assert found["model_is_better"] is False  # though it is better than a clue that is always wrong
    assert found["what_it_comes_to"][0].startswith("No clue tells who will stay silent")


def test_a_log_with_nobody_to_ask_about_has_an_answer_without_figures(tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("account,date\n1,2024-01-01\n1,2024-09-01\n")

    told = cold(few, "--inbound", "--out", tmp_path).stdout

    assert "Nobody could be asked about" in told
    assert "nan" not in told + (tmp_path / "cold.svg").read_text()


# What is asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cadence", "Z=30"], '--cadence: no row has the tier "Z".\nTiers of this log: A, B.'),
        (["--cadence", "A=soon"], '--cadence "A=soon" is no cadence.'),
        (["--cadence", "30,B=9"], "--cadence: one number is for all tiers."),
        (["--at", "1,2"], '--at "1,2" is no list of thresholds between 0 and 2 cadences.'),
        (["--counts", "kind=visits"], '--counts kind=visits: no row says "visits". The nearest is "visit".'),
        (["--counts", "purpose=visit"], 'visits.csv:1: the column "purpose" is missing.'),
        (["--only", "kind"], '--only "kind" is no condition.\nWrite COLUMN=VALUE.'),
        (["--until", "2020-01-01"], "--until 2020-01-01: the log begins on 2024-01"),
        (["--date", "when"], 'visits.csv:1: the column "when" is missing.'),
    ],
)
def test_a_wrong_question_is_answered_with_what_to_write(log: Path, arguments: list[str], said: str) -> None:
    error = cold(log, *arguments).exception

    assert isinstance(error, NeedsHuman)
    assert said in str(error)


def test_tiers_without_a_cadence_are_told(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("account,date,tier\n1,2024-01-01,gold\n2,2024-01-01,silver\n")

    error = cold(path).exception

    assert str(error).startswith("The tiers of this log are: gold, silver. None of them has a cadence.")


def test_an_unreadable_log_is_told_with_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "log.csv.gz"
    broken.write_bytes(b"\x1f\x8b this is no gzip")

    error = cold(broken, "--cadence", 30).exception

    assert isinstance(error, NeedsHuman)
    assert "log.csv.gz" in str(error)
    assert "Download or export the file again." in str(error)


def test_evaluate_without_a_subcommand_means_tiers() -> None:
    for words in (["nothing.csv"], ["--share", "0.3", "nothing.csv"], ["tiers", "nothing.csv"]):
        error = CliRunner().invoke(cli, ["evaluate", *words]).exception

        assert "nothing.csv: there is no such file" in str(error)
