"""For tests that run in an orchestrator's environment: nothing of Callplan is imported there, only reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
PYTHON = os.environ.get("CALLPLAN_PYTHON", sys.executable)  # the one that has Callplan
TIERS = "tiers.csv"


@dataclass(frozen=True)
class Company:
    folder: Path

    def loses_its_tiers(self) -> None:
        """A night needs a person then."""
        (self.folder / TIERS).unlink()


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """They can be imported, as where somebody has copied them to."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("CALLPLAN_RETRY_SECONDS", "0")


@pytest.fixture
def company(tmp_path: Path, examples: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """Callplan over HTTP, as the examples find it."""
    folder = tmp_path / "company"
    folder.mkdir()
    command = [PYTHON, "-m", "tests.orchestrators.company", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        told = json.loads(process.stdout.readline())
        settings = {"URL": told["url"], "TOKEN": told["token"], "CRM": "memory", "POLL_SECONDS": "0.2"}
        for name, value in settings.items():
            monkeypatch.setenv(f"CALLPLAN_{name}", value)
        yield Company(folder)
        process.stdin.close()
