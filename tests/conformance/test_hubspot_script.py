"""The command as an owner runs it: its reasons, its help, its page, and a key that it never shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.wire import Fault
from tests.conformance.hubspot.conform import SCOPES
from tests.conformance.hubspot.portal import CannotRun, Portal
from tests.conformance.served import KEY, STANDARD, Asked
from tests.conftest import StillClock

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("url", ["https://api.hubapi.com.example.org", "http://api.hubapi.com", "https://example.org"])
def test_the_key_goes_to_hubspot_alone(clock: StillClock, url: str) -> None:
    with pytest.raises(CannotRun, match="--url is neither"):
        Portal(url, KEY, clock)


def run_script(*words: str, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "HUBSPOT_KEY"}
    env |= {"HUBSPOT_KEY": key} if key is not None else {}
    script = [sys.executable, str(ROOT / "tools" / "conform-hubspot"), *words]
    return subprocess.run(script, capture_output=True, text=True, timeout=60, env=env, check=False)


def test_the_script_ends_with_a_reason_and_never_shows_a_key(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/details", status=200, body=STANDARD))

    ended = {
        "type STANDARD": run_script("--url", portal.url),
        "does not say what it is: 401": run_script("--url", portal.url, key="pat-na1-other"),
        "HUBSPOT_KEY is no key": run_script("--url", portal.url, key=None),
        "or has blanks": run_script("--url", portal.url, key=f"{KEY} x\u00e9"),
        "no argument but --url": run_script(KEY, "--url", portal.url),
    }

    for why, end in ended.items():
        assert (end.returncode, end.stdout) == (2, ""), why
        assert why in end.stderr
        assert "pat-na1" not in end.stderr


def test_the_scopes_are_told_by_the_script_and_by_the_page() -> None:
    told = run_script("--help", key=None).stdout
    page = (ROOT / "docs/how-to/try-hubspot-for-real.md").read_text()

    for text in (told, page):
        assert set(re.findall(r"\bcrm\.[a-z.]+[a-z]", text)) == set(SCOPES)
