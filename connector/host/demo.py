"""`callplan demo`: a whole night on sample data, against a Salesforce and a HubSpot on this machine.

Both CRMs are set up first (playground.py), then the night runs as cron would run it, twice, and is told in the
words of a manager (story.py).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from connector.host.discover import job
from connector.host.log import silent
from connector.host.open import Options, open_config, open_run
from connector.host.playground import Sandbox, prepared
from connector.host.story import tell_night, tell_opening, tell_second_night

Say = Callable[[str], object]


def run_demo(claims: Path | None, *, keep: bool, folder: Path | None, today: date | None, say: Say) -> None:
    home = folder or Path(tempfile.mkdtemp(prefix="callplan-demo-"))
    try:
        with prepared(claims, home, today) as sandbox:
            say(tell_opening(sandbox.label, claims))
            for crm in ("salesforce", "hubspot"):
                _night(home, crm, today)
            say(tell_night(home, sandbox))
            for crm in ("salesforce", "hubspot"):
                sandbox.count_anew(crm)
                _night(home, crm, today)
            say(tell_second_night(home, sandbox, keep))
            if keep:
                _wait(sandbox, say)
    finally:
        if not keep and not folder:
            shutil.rmtree(home, ignore_errors=True)


def run_sandbox(claims: Path | None, folder: Path, accounts: int, say: Say) -> None:
    with prepared(claims, folder, None, accounts) as sandbox:
        say(f"Salesforce  {sandbox.salesforce['url']}\nHubSpot     {sandbox.hubspot['url']}")
        say(f"Try: callplan plan --config {folder / 'config.yaml'}")
        _wait(sandbox, say)


def _night(home: Path, crm: str, today: date | None) -> None:
    options = Options(home / "config.yaml", today=today)
    with open_run(options, open_config(options.config), crm, "nightly", log=silent) as run:
        run.tally.update(job("nightly")(run))


def _wait(sandbox: Sandbox, say: Say) -> None:
    say("The sandbox is running. Ctrl-C ends it.")
    try:
        sandbox.process.wait()
    except KeyboardInterrupt:
        say("Ended.")
