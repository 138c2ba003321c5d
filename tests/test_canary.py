"""That a secret that got out would be noticed: a test that shows one fails, whatever else it does."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

import pytest

pytest_plugins = ["pytester"]
SHOWING = """
import logging, sys

def test_that_prints():
    print("the login is sandbox-secret")

def test_that_logs():
    logging.getLogger("urllib3").warning("Authorization: Bearer %s", "pat-na1-sandbox")

def test_that_leaves_it_in_a_file(tmp_path):
    (tmp_path / "callplan.db").write_bytes(b"\\0\\0sandbox-refresh\\0")

def test_that_keeps_it_where_it_is_kept(tmp_path):
    (tmp_path / "hubspot.token").write_text("pat-na1-sandbox")
"""


@pytest.mark.shows_secrets
def test_a_secret_that_is_printed_logged_or_left_in_a_file_is_noticed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    pytester.makeconftest("from tests.canary import pytest_runtest_makereport")
    pytester.makeini("[pytest]\nmarkers = shows_secrets")
    pytester.makepyfile(SHOWING)

    told = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist")
    rmtree(pytester.path)

    told.assert_outcomes(passed=4, errors=3)
    told.stdout.fnmatch_lines(['*the secret "sandbox-refresh" is in*callplan.db*'])
