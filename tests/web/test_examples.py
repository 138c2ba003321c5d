"""What the examples for orchestrators share, against the API and real exit codes; tests/orchestrators runs the rest."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.web.house import PAT, ROBIN, House
from tests.web.programs import token

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture
def callplan(home: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("CALLPLAN_URL", home.url)
    monkeypatch.setenv("CALLPLAN_TOKEN", token(home, ROBIN))
    return importlib.import_module("callplan_api")


def test_a_night_is_waited_for_until_a_worker_has_ended_it(home: House, callplan: Any) -> None:
    nights, now, wait = home.site.database.nights, home.site.clock.now(), callplan.Outcome.WAIT
    first, again = (callplan.trigger("memory", key="run 1") for _ in range(2))
    seen = [callplan.outcome("memory", first)[0]]

    taken = nights.take("a worker", now)
    assert taken
    seen.append(callplan.outcome("memory", first)[0])
    nights.finish(taken, "stopped", now, "Write the mapping.")

    assert first == again
    assert seen == [wait, wait]
    assert callplan.outcome("memory", first) == (callplan.Outcome.FAIL, "Write the mapping.")


def test_a_refusal_says_what_to_do(home: House, callplan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLPLAN_TOKEN", token(home, PAT))

    with pytest.raises(requests.HTTPError, match=r"Only the role admin may do this\. Ask an admin for a token"):
        callplan.trigger("memory", key="run 1")


@pytest.mark.parametrize(("code", "outcome"), [(0, "DONE"), (1, "FAIL"), (2, "FAIL"), (3, "SKIP"), (75, "RETRY")])
def test_each_exit_code_of_the_command_has_a_meaning(callplan: Any, code: int, outcome: str) -> None:
    found, why = callplan.run_command("sh", "-c", f"echo because >&2; exit {code}")

    assert (found.name, why) == (outcome, "because")
