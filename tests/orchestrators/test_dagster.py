"""The Dagster jobs, run by Dagster: what came of the night is what came of the job."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.orchestrators.conftest import PYTHON, Company

dagster = pytest.importorskip("dagster", reason="Dagster is not installed here: `make orchestrators` brings it")


def run(name: str) -> Any:
    example = importlib.reload(importlib.import_module("dagster_job"))
    with dagster.DagsterInstance.ephemeral() as instance:
        return getattr(example, name).execute_in_process(instance=instance, raise_on_error=False)


def steps(ended: Any, event: str) -> list[str]:
    return [one.step_key for one in ended.all_events if one.event_type_value == event]


def test_a_night_over_the_api_ends_as_a_run_that_succeeds(company: Company) -> None:
    ended = run("callplan_by_api")

    assert ended.success
    assert ended.output_for_node("watch") == "Runs: [2]."  # the first was the house's own
    assert steps(ended, "STEP_SUCCESS") == ["call", "watch", "after_the_night"]


def test_a_night_that_needs_a_person_fails_the_run_with_what_to_do_and_is_not_tried_again(company: Company) -> None:
    company.loses_its_tiers()

    ended = run("callplan_by_api")

    (failed,) = [one for one in ended.all_events if one.event_type_value == "STEP_FAILURE"]
    assert failed.step_key == "watch"
    assert "tiers.csv" in str(failed.event_specific_data)
    assert steps(ended, "STEP_UP_FOR_RETRY") == []


@pytest.mark.parametrize(
    ("code", "event", "times"),
    [(0, "STEP_SUCCESS", 2), (1, "STEP_FAILURE", 1), (2, "STEP_FAILURE", 1), (3, "STEP_SKIPPED", 1)],
)
def test_an_exit_code_is_what_becomes_of_the_step(
    examples: None, monkeypatch: pytest.MonkeyPatch, code: int, event: str, times: int
) -> None:
    monkeypatch.setenv("CALLPLAN_COMMAND", f"sh -c 'exit {code}'")

    ended = run("callplan_by_command")

    assert ended.success is (code in (0, 3))
    assert len(steps(ended, event)) == times
    assert steps(ended, "STEP_UP_FOR_RETRY") == []


def test_what_passes_is_tried_again(examples: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    once = tmp_path / "once"
    monkeypatch.setenv("CALLPLAN_COMMAND", f"sh -c 'test -e {once} || {{ touch {once}; exit 75; }}'")

    ended = run("callplan_by_command")

    assert ended.success
    assert steps(ended, "STEP_UP_FOR_RETRY") == ["run_night"]


def test_the_command_itself_says_that_it_needs_a_person(
    examples: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLPLAN_COMMAND", f"{PYTHON} -m connector.host.cli nightly --config {tmp_path}/no.yaml")

    ended = run("callplan_by_command")

    (failed,) = [one for one in ended.all_events if one.event_type_value == "STEP_FAILURE"]
    assert "no.yaml" in str(failed.event_specific_data)
