"""A land to spend nights in: sample accounts in both sandbox CRMs over real HTTP, and a folder that reaches them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from connector.host.playground import claims_files, write_folder, write_providers
from connector.mapping import read_mapping
from sandbox.people import populate
from sandbox.salesforce.values import stamp
from sandbox.sample import write_sample
from sandbox.server import Serving, serve
from tests.command import callplan
from tests.conftest import TODAY

CRMS = ("salesforce", "hubspot")


@dataclass(frozen=True)
class Land:
    folder: Path
    serving: Serving
    today: date

    def callplan(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command as cron would, once the second is over in which somebody last worked in the CRM."""
        while self._is_still_the_second_of_a_change():
            time.sleep(0.02)
        done = callplan(*self.words(*words))
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def _is_still_the_second_of_a_change(self) -> bool:
        """Salesforce's stamps are of whole seconds, and a night reads no second that is not over."""
        records = self.serving.salesforce.records
        now = stamp(self.serving.salesforce.now())
        return any(row["SystemModstamp"] == now for table in records.tables.values() for row in table.values())

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "connector.host.cli", *self.words(*words)]

    def words(self, *words: str) -> list[str]:
        configured = [*words, "--config", str(self.folder / "config.yaml")]
        dated = {"nightly", "run", "plan", "apply"} & set(words)
        return [*configured, "--today", self.today.isoformat()] if dated and "--today" not in words else configured

    def asked(self, crm: str, *words: str) -> Any:
        return json.loads(self.callplan(*words, "--crm", crm, "--json").stdout)

    def vendor(self, crm: str) -> Any:
        return {"salesforce": self.serving.salesforce, "hubspot": self.serving.hubspot}[crm]

    def wire(self, crm: str) -> Any:
        return {"salesforce": self.serving.salesforce_wire, "hubspot": self.serving.hubspot_wire}[crm]

    def npis(self) -> list[str]:
        return [provider.npi for provider in self.serving.world.providers]

    def fields(self, crm: str) -> dict[str, str]:
        """Ours to theirs."""
        mapping = read_mapping(self.folder / "mappings" / f"{crm}.yaml").value
        return {ours: target.field for ours, target in mapping.fields.items()}

    def state(self, crm: str) -> dict[str, dict[str, Any]]:
        """What the CRM holds in our fields, by NPI, under our names."""
        vendor, fields = self.vendor(crm), self.fields(crm)
        return {
            npi: {ours: vendor.record(vendor.find(npi)).get(theirs) for ours, theirs in fields.items()}
            for npi in self.npis()
        }


@contextmanager
def land(
    folder: Path, claims: Path | None = None, today: date = TODAY, *, deployed: bool = True, accounts: int = 800
) -> Iterator[Land]:
    """Of so many sample accounts, a hundred for each rep, unless there are claims."""
    reps = 8 if claims else accounts // 100
    if claims is None:
        write_sample(claims := folder / "claims", accounts=accounts)
    folder.mkdir(parents=True, exist_ok=True)
    files = claims_files(claims, folder)
    write_providers(files, folder)
    world = populate(folder / "providers.csv", reps=reps, today=today, label="sample data")
    serving = serve(world, today=today, deployed=deployed)
    try:
        write_folder(folder, files, serving.reach())
        yield Land(folder, serving, today)
    finally:
        serving.close()
