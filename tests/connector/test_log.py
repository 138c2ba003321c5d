"""Each line of the log is one object that says whose it is; nothing that was being worked on stands in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connector.host.log import fault, hear_libraries, make_log, said_with

SECRET = "canary-of-a-token"


@contextmanager
def libraries() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    hear_libraries("json")
    try:
        yield
    finally:
        root.handlers[:], root.level = before


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_line_says_its_tenant_and_its_run(capsys: pytest.CaptureFixture[str]) -> None:
    log = make_log("json", tenant="acme")

    with said_with(crm="salesforce", run=7):
        log("pushed", written=3)
    log("stopped")

    told = [{**line, "at": ""} for line in lines(capsys)]
    assert told[0] == {"at": "", "event": "pushed", "tenant": "acme", "crm": "salesforce", "run": 7, "written": 3}
    assert told[1] == {"at": "", "event": "stopped", "tenant": "acme"}


@pytest.mark.parametrize("library", ["waitress", "apscheduler.executors.default", "urllib3.connectionpool"])
def test_what_a_library_warns_of_is_a_line_of_ours(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    with libraries(), said_with(tenant="acme", run=7):
        logging.getLogger(library).warning("the queue is %d long", 9)

    told = lines(capsys)[0]
    assert {name: told[name] for name in ("event", "logger", "tenant", "run")} == {
        "event": "the queue is 9 long",
        "logger": library,
        "tenant": "acme",
        "run": 7,
    }


def test_a_fault_is_told_by_its_lines_and_not_by_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    def work(token: str) -> None:
        raise ValueError(f"no login with {token}")

    with libraries():
        try:
            work(SECRET)
        except ValueError as error:
            fault(make_log("json"), error, crm="hubspot")
            logging.getLogger("apscheduler").exception("a job failed")

    said = capsys.readouterr().err
    ours, theirs = map(json.loads, said.splitlines())
    assert SECRET not in said
    assert ours["error"] == theirs["error"] == "ValueError"
    assert ours["where"][-1].startswith("tests/connector/test_log.py:")
    assert ours["where"][-1].endswith(" work")
