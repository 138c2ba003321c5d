"""What the examples share: trigger a night of Callplan and see what became of it. Copy it beside the one that you use.

CALLPLAN_URL     where `callplan serve` answers, such as http://localhost:8350
CALLPLAN_TOKEN   of the role admin: `callplan tokens make NAME --role admin`

A request that is sent again is the same night, by its key; a night that waits for a busy CRM is still waiting.
"""

from __future__ import annotations

import os
import subprocess
from enum import Enum
from typing import Any

import requests

SECONDS = 30  # to wait for an answer


class Outcome(Enum):
    """What an orchestrator has to do about a night."""

    DONE = "done"
    WAIT = "wait"  # it waits or runs: ask again
    RETRY = "retry"  # something was in the way: run it again in a while
    SKIP = "skip"  # stopped for tonight, or a later night took its place: the next one goes on
    FAIL = "fail"  # a person must look; running it again does not help


STATES = {
    "waiting": Outcome.WAIT,
    "running": Outcome.WAIT,
    "done": Outcome.DONE,
    "skipped": Outcome.SKIP,
    "stopped": Outcome.FAIL,
}
EXIT_CODES = {0: Outcome.DONE, 3: Outcome.SKIP, 75: Outcome.RETRY}  # 1 is a bug of Callplan, 2 needs a person


def trigger(crm: str, key: str, job: str = "nightly") -> int:
    """The number of the night that was called, or that this key has called before."""
    answer = _session().post(
        f"{_api()}/{crm}/runs", json={"job": job}, headers={"Idempotency-Key": key}, timeout=SECONDS
    )
    return int(_read(answer)["id"])


def outcome(crm: str, night: int) -> tuple[Outcome, str]:
    """What became of a night, and why."""
    told = _read(_session().get(f"{_api()}/{crm}/nights/{night}", timeout=SECONDS))
    return STATES[told["state"]], told["said"] or f"Runs: {told['runs']}."


def run_command(*command: str) -> tuple[Outcome, str]:
    """The other way, where Callplan is installed on the worker: the command itself, and what its exit code means."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return EXIT_CODES.get(ended.returncode, Outcome.FAIL), ended.stderr.strip()[-2000:] or f"Exit {ended.returncode}."


def _api() -> str:
    return os.environ["CALLPLAN_URL"].rstrip("/") + "/api/v1"


def _session() -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['CALLPLAN_TOKEN']}"
    return session


def _read(answer: requests.Response) -> dict[str, Any]:
    """A problem says what to do about it."""
    if answer.status_code >= 400 and "problem+json" in answer.headers.get("Content-Type", ""):
        told = answer.json()
        raise requests.HTTPError(f"{told['detail']} {told['next_step']}", response=answer)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
