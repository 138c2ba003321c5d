"""A night killed at any point, and run again, ends where an undisturbed night ends."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.wire import Fault
from tests.nights.land import CRMS, land

ACCOUNTS = 400  # several batches of HubSpot's
WRITES = {"salesforce": r"/composite", "hubspot": r"/batch/update"}
POINTS = {
    "while it reads the second page of interactions": Fault(r"query|calls", skip=1, status=503),
    "after announcing a batch, before the CRM has it": Fault("WRITES", status=503),
    "after the CRM has written a batch, before its answer": Fault("WRITES"),
    "between two batches": Fault("WRITES", skip=1, status=503),
}
# The whole sample fits into one Salesforce call; what comes before it is the same code for both.
ANSWER_LOST = "after the CRM has written a batch, before its answer"
CASES = [("salesforce", ANSWER_LOST), *(("hubspot", when) for when in POINTS)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with land(tmp_path_factory.mktemp("undisturbed"), accounts=ACCOUNTS) as calm:
        calm.callplan("nightly")
        yield {crm: calm.state(crm) for crm in CRMS}


@pytest.mark.parametrize(("crm", "when"), CASES)
def test_a_night_killed(when: str, crm: str, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    with land(tmp_path, accounts=ACCOUNTS) as struck:
        process = subprocess.Popen(struck.command("nightly", "--crm", crm), stderr=subprocess.DEVNULL)
        point = POINTS[when]

        def kill() -> None:
            process.kill()
            process.wait()

        path = WRITES[crm] if point.path == "WRITES" else point.path
        struck.wire(crm).faults.append(Fault(path, skip=point.skip, status=point.status, before=kill))
        assert process.wait(60) == -9

        struck.callplan("nightly", "--crm", crm)

        assert struck.state(crm) == undisturbed[crm]
