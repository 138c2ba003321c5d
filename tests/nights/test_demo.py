"""The demo, as the README starts it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SHARED


@pytest.mark.parametrize("source", ["florida"])  # that of the sample is the wheel's
def test_the_demo_tells_a_night_and_leaves_nothing_behind(source: str, tmp_path: Path) -> None:
    claims = [] if source == "sample" else ["--claims", str((SHARED / "demo").resolve())]
    if claims and not SHARED.exists():
        pytest.skip("the real public files are not here (../shared/data)")
    command = [sys.executable, "-m", "connector.host.cli", "demo", "--folder", "here", *claims]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = done.stdout
    assert ("sample data: made up" in told) is (source == "sample")
    for heading in ("TIERS", "A REP'S WEEK", "GOING COLD", "CALLS SPENT"):
        assert heading in told
    assert re.search(r"salesforce +\d+ +2 +\d+ +1 +2\.00", told)
    assert "write calls: 0 to salesforce, 0 to hubspot." in told
    assert subprocess.run(["pgrep", "-f", "providers here/providers.csv"], capture_output=True).returncode == 1
