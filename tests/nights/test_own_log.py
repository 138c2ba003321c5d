"""Going cold tried on what the store itself has read from the CRM."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connector.contract import CrmId, Direction, Interaction, Kind, Result
from connector.host.cli import cli
from tests.connector.samples import ADEYEMI, BRANDT
from tests.nights.desk import Desk

CONFIG = """
ready_made: {path: tiers.csv}
cadence: {A: 20, B: 60}
cold: {touches: [{kind: visit, min_minutes: 10}]}
"""


def evaluated(desk: Desk, *words: str) -> Any:
    config = str(desk.folder / "config.yaml")
    return CliRunner().invoke(cli, ["evaluate", "cold", "--config", config, "--json", *words])


def test_the_own_log_is_judged_by_the_config_s_rules_and_cadences_and_by_when_it_was_put_on_record(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, CONFIG)
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},B")
    adeyemi, _ = desk.has(ADEYEMI, BRANDT)
    for days_ago, late, minutes in ((300, 0, 30), (290, 0, 5), (275, 9, 30), (200, 0, 30)):
        at = desk.clock.now() - timedelta(days_ago)
        told = Interaction(CrmId(f"v{days_ago}"), adeyemi, Kind.VISIT, at, at, Result.DONE, minutes=minutes)
        desk.org.log(replace(told, created=at + timedelta(late)))
    desk.night()

    found = json.loads(evaluated(desk).stdout)

    # The visit of five minutes is a row, and ends no silence.
    [of_any, counted] = found["coverage"]
    assert (of_any["tier"], of_any["cadence_days"]) == ("A", 20)
    assert (of_any["silences"], counted["silences"]) == (4, 3)
    assert found["counts"] == "cold.touches of the config"
    assert any("on record: each week" in note for note in found["how_to_read_it"])
    # Of 25 days the alert at one cadence sees 25 + 9 before the next visit is on record.
    assert found["what_it_comes_to"][0].startswith("At 1.5 cadences (yours)")


def test_a_store_without_anything_that_counts_says_what_to_do(tmp_path: Path) -> None:
    desk = Desk(tmp_path, CONFIG)
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A")
    desk.has(ADEYEMI)
    desk.night()

    error = evaluated(desk).exception
    wrong = evaluated(desk, "--counts", "kind=visit").exception

    assert "The store of memory holds no interaction that counts by `cold.touches`." in str(error)
    assert "--counts, --only and columns are for files" in str(wrong)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("recency", []),
        ("bg_nbd", ["Your config goes by BG/NBD. To go back, write into it: cold: {relationship: {model"]),
    ],
)
def test_inbound_is_asked_of_the_own_log_as_the_night_asks(tmp_path: Path, model: str, said: list[str]) -> None:
    rules = f"quiet_days: 20, least: 2, model: {model}, touches: [{{kind: call, direction: inbound}}]"
    desk = Desk(tmp_path, f"ready_made: {{path: tiers.csv}}\ncold: {{relationship: {{{rules}}}}}\n")
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A")
    (adeyemi,) = desk.has(ADEYEMI)
    for days_ago, way in ((90, "inbound"), (80, "inbound"), (75, "outbound"), (5, "inbound")):
        at = desk.clock.now() - timedelta(days_ago)
        call = Interaction(CrmId(f"c{days_ago}"), adeyemi, Kind.CALL, at, at, Result.DONE, Direction(way))
        desk.org.log(call)
    desk.night()

    found = json.loads(evaluated(desk, "--inbound").stdout)

    # 70 and 42 days ago: heard of on two days, not more than 40 days before, and not in the 20 that follow.
    assert (found["silent_for_days"], found["counts"]) == (20, "cold.relationship.touches of the config")
    assert (found["snapshots"], found["asked"], found["silent"]) == (2, 2, 1.0)
    assert [line[: len(start)] for line, start in zip(found["what_it_comes_to"][1:], said, strict=True)] == said
