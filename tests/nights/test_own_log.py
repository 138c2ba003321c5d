"""Going cold tried on what the store itself has read from the CRM."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from connector.contract import CrmId, Interaction, Kind, Result
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
