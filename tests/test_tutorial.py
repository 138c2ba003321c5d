"""The tutorial, as somebody follows it who has never seen Callplan: each command copied from the page, in its order."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess, Popen

import pytest
import requests

from tests.command import callplan

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/tutorial.md").read_text()
COMMANDS = re.findall(r"^    \.venv/bin/callplan (.+)$", PAGE, re.MULTILINE)
COLD = "/salesforce/cold"


class Visitor:
    """Somebody with two windows left open, a browser, and one terminal more."""

    def __init__(self, left_open: ExitStack) -> None:
        self.rest, self.port, self._open = list(COMMANDS), free_port(), left_open
        self.browser = requests.Session()

    def next(self, verb: str, *, fails: bool = False) -> CompletedProcess[str]:
        done = callplan(*self._words(verb))
        assert (done.returncode == 2) is fails, done.stdout + done.stderr
        return done

    def leave_open(self, verb: str, until: str) -> str:
        """What it said up to there."""
        return self._open.enter_context(running(self._words(verb), until))

    def _words(self, verb: str) -> list[str]:
        line = self.rest.pop(0)
        assert line.startswith(verb), f"the page goes on with: callplan {line}"
        return shlex.split(line.replace("8350", str(self.port)))

    def page(self) -> str:
        assert f"<http://127.0.0.1:8350{COLD}>" in PAGE
        return self.browser.get(f"http://127.0.0.1:{self.port}{COLD}", timeout=20).text

    def snooze_the_first(self, page: str) -> str:
        action, csrf = (
            re.search(pattern, page) for pattern in (r'action="([^"]+/snooze)"', r'name="csrf" value="([^"]+)"')
        )
        assert action
        assert csrf
        form = {"csrf": csrf[1], "reason": "On sabbatical"}
        return self.browser.post(f"http://127.0.0.1:{self.port}{action[1]}", data=form, timeout=20).text


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def running(words: list[str], until: str) -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "connector.host.cli", *words]
    process = Popen(command, stdout=PIPE, stderr=STDOUT, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout
    told = ""
    for line in process.stdout:
        told += line
        if until in line:
            break
    try:
        yield told
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.chdir(tmp_path)
    with ExitStack() as left_open:
        yield Visitor(left_open)


def test_the_tutorial_leads_to_a_flag_that_is_snoozed_and_gone_from_the_crm(visitor: Visitor) -> None:
    told = visitor.leave_open("sandbox", until="Ctrl-C")
    crm = re.findall(r"Salesforce +(\S+)", told)[0]

    assert "ok  claims: 200 providers" in visitor.next("check").stdout
    assert "salesforce: 200 records would change" in visitor.next("plan").stdout
    assert visitor.next("nightly").stdout.count("200 written, 0 refused") == 2
    flags = re.findall(r"NPI (\d{10}), of", visitor.next("flags").stdout)
    assert going_cold(crm) == len(flags) > 0

    visitor.leave_open("serve", until="serving")
    page = visitor.page()
    assert all(npi in page for npi in flags)
    said = visitor.snooze_the_first(page)
    assert "The CRM says so after the next push." in said
    [snoozed] = re.findall(r"NPI (\d{10}) is snoozed", said)
    assert snoozed in flags
    visitor.next("nightly")
    assert going_cold(crm) == len(flags) - 1
    assert snoozed not in visitor.page().split('id="rows"')[1].split("</ol>")[0]

    assert "committed" in visitor.next("week").stdout
    assert "weeks/" in visitor.next("export").stdout
    assert "2000000010" in visitor.next("explain").stdout
    mapping = Path("callplan-sandbox/mappings/salesforce.yaml")
    mapping.write_text(mapping.read_text().replace("Call_Tier__c", "Call_Teir__c"))
    assert 'The nearest is "Call_Tier__c"' in visitor.next("check", fails=True).stderr
    assert visitor.rest == []


def going_cold(crm: str) -> int:
    """As the CRM's page of accounts has it."""
    return int(re.findall(r"(\d+) Tier A going cold", requests.get(crm, timeout=20).text)[0])
