"""The Airflow DAGs, run by Airflow: what came of the night is what came of the task."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.orchestrators.conftest import EXAMPLES, PYTHON, Company

HOME = TemporaryDirectory(prefix="airflow")  # Airflow reads where it lives when it is imported
SETTINGS = {
    "AIRFLOW_HOME": HOME.name,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLES),
    "CALLPLAN_SCHEDULE": "@once",
}
os.environ.update(SETTINGS)
pytest.importorskip("airflow.sdk", reason="Airflow is not installed here: `make orchestrators` brings it")


@pytest.fixture(scope="module", autouse=True)
def database() -> Iterator[None]:
    airflow = Path(sys.executable).with_name("airflow")
    subprocess.run([airflow, "db", "migrate"], check=True, capture_output=True)
    yield
    HOME.cleanup()


def run(name: str) -> dict[str, str]:
    """The state of each task, and of the run."""
    example = importlib.reload(importlib.import_module("airflow_dag"))
    ended: Any = getattr(example, name).test()
    return {"run": str(ended.state), **{one.task_id: str(one.state) for one in ended.get_task_instances()}}


def test_a_night_over_the_api_ends_as_a_run_that_succeeds(company: Company) -> None:
    assert run("callplan_by_api") == {"run": "success", "call": "success", "watch": "success"}


def test_a_night_that_needs_a_person_fails_the_run(company: Company) -> None:
    company.loses_its_tiers()

    assert run("callplan_by_api") == {"run": "failed", "call": "success", "watch": "failed"}


@pytest.mark.parametrize(("code", "state"), [(0, "success"), (1, "failed"), (2, "failed"), (3, "skipped")])
def test_an_exit_code_is_what_becomes_of_the_task(
    examples: None, monkeypatch: pytest.MonkeyPatch, code: int, state: str
) -> None:
    monkeypatch.setenv("CALLPLAN_COMMAND", f"sh -c 'exit {code}'")

    assert run("callplan_by_command")["night"] == state


def test_what_passes_is_tried_again(examples: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    once = tmp_path / "once"
    monkeypatch.setenv("CALLPLAN_COMMAND", f"sh -c 'test -e {once} || {{ touch {once}; exit 75; }}'")

    assert run("callplan_by_command") == {"run": "success", "night": "success"}
    assert once.exists()


def test_the_command_itself_says_that_it_needs_a_person(
    examples: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLPLAN_COMMAND", f"{PYTHON} -m connector.host.cli nightly --config {tmp_path}/no.yaml")

    assert run("callplan_by_command")["night"] == "failed"
