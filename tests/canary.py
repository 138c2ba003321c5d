"""The tests' secrets are known, and none of them may be where secrets are not kept: in what a test or a command prints,
in a log, a store, an export, a page or any other file that a test leaves behind.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

CANARIES = (
    *("sandbox-secret", "pat-na1-sandbox", "sandbox-refresh"),  # what the sandbox takes for a login
    *("a secret of the app", "canary-of-a-password"),  # of webhooks; of pages, mail and databases
)
KEPT_IN = {".token", ".client_secret", ".refresh_token", ".secret", ".py", ".pyc"}  # files that hold one by design
MOST_BYTES = 50_000_000
LOOKED_THROUGH = set[Path]()


def leaks(where: str, told: bytes | str) -> Iterator[str]:
    text = told if isinstance(told, bytes) else told.encode()
    return (f'the secret "{canary}" is in {where}' for canary in CANARIES if canary.encode() in text)


def leaks_in(folder: Path) -> Iterator[str]:
    LOOKED_THROUGH.add(folder)
    for file in folder.rglob("*"):
        before = LOOKED_THROUGH & ({*file.parents} - {folder})
        if not before and file.suffix not in KEPT_IN and file.is_file() and file.stat().st_size < MOST_BYTES:
            yield from leaks(str(file), file.read_bytes())


def demand_silence(where: str, told: str) -> None:
    assert not [*leaks(where, told)]


@pytest.fixture(scope="session", autouse=True)
def _nothing_secret_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In the end, of what files of tests share."""
    yield
    found = [*leaks_in(tmp_path_factory.getbasetemp())]
    assert not found, "\n".join(found)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Once a test is over, all that it said and left is looked through; a leak fails it."""
    report, folder = (yield), getattr(item, "funcargs", {}).get("tmp_path")
    if report.when != "teardown" or not report.passed:
        return report
    if item.get_closest_marker("shows_secrets"):
        LOOKED_THROUGH.update([folder] if folder else [])
        return report
    found = [leak for name, said in report.sections for leak in leaks(name, said)]
    if found := found + ([*leaks_in(folder)] if folder else []):
        report.outcome, report.longrepr = "failed", "\n".join(found)
    return report
