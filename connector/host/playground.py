"""Sandbox CRMs and a folder that reaches them, for the demo, for `callplan sandbox` and for tests.

The sandbox is another process, reached over HTTP like a real CRM; nothing here imports it. The folder is an ordinary
Callplan folder (config, mappings, claims, store), so that every command works in it while the sandbox runs.

Source   sample claims are made by sandbox/sample.py; `--claims` takes the public CMS files themselves
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from callplan.model import Claims
from connector.config import ClaimsSource
from connector.errors import ConnectorError, NeedsHuman
from connector.host.discover import starter
from connector.host.log import silent
from connector.intake import read_claims
from connector.roads.places import place


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: where its CRMs are, and what has been asked of them."""

    process: subprocess.Popen[str]
    salesforce: dict[str, str]
    hubspot: dict[str, str]
    label: str

    def calls(self, crm: str) -> dict[str, Any]:
        with urlopen(f"{self._url(crm)}/__sandbox__/calls", timeout=10) as answer:  # noqa: S310  (our own loopback)
            told: dict[str, Any] = json.load(answer)
        return told

    def count_anew(self, crm: str) -> None:
        urlopen(Request(f"{self._url(crm)}/__sandbox__/calls", data=b"", method="POST"), timeout=10).close()  # noqa: S310

    def _url(self, crm: str) -> str:
        return {"salesforce": self.salesforce, "hubspot": self.hubspot}[crm]["url"]


MANY = 800  # accounts of the sample, a hundred for each rep


@contextmanager
def prepared(claims: Path | None, home: Path, today: date | None, accounts: int = MANY) -> Iterator[Sandbox]:
    """A Callplan folder and a sandbox that it reaches; the sandbox ends with this process."""
    home.mkdir(parents=True, exist_ok=True)
    files = claims_files(claims, home.resolve(), accounts)
    label = "from public CMS files" if claims else "sample data"
    write_providers(files, home)
    process = _start(home, label, today, reps=8 if claims else max(1, accounts // 100))
    try:
        sandbox = _reach(process)
        write_folder(home, files, {"salesforce": sandbox.salesforce, "hubspot": sandbox.hubspot})
        yield sandbox
    finally:
        process.terminate()
        process.wait(timeout=10)


def claims_files(claims: Path | None, home: Path, accounts: int = MANY) -> list[Path]:
    if claims is None:
        command = [sys.executable, "-m", "sandbox", "sample", str(home / "claims"), "--accounts", str(accounts)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        return sorted((home / "claims").glob("*.csv"))
    if not claims.exists():
        raise NeedsHuman(f"{claims} is not there.", next_step="Name a folder or file of CMS claims.")
    found = [claims] if claims.is_file() else sorted(f for f in claims.iterdir() if f.is_file())
    files = [file.resolve() for file in found if {".csv", ".txt", ".tsv"} & set(file.suffixes)]
    if not files:
        raise NeedsHuman(f"{claims} holds no .csv or .txt file.", next_step="Unpack the CMS download there.")
    return files


def write_providers(files: list[Path], home: Path) -> None:
    """The accounts that the sandbox CRMs are to hold: one for each provider in the claims."""
    sources = tuple(ClaimsSource(path=str(file)) for file in files)
    claims = read_claims(sources, base=home, log=silent).claims
    volume = np.bincount(claims.provider, weights=claims.volume, minlength=len(claims.npi))
    with (home / "providers.csv").open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["npi", "name", "specialty", "city", "state", "zip", "latitude", "longitude", "volume"])
        for at in range(len(claims.npi)):
            where = _where(claims, at)
            texts = [str(column[at]) for column in (claims.npi, claims.name, claims.specialty)]
            address = [str(column[at]) for column in (claims.city, claims.state, claims.zip)]
            rows.writerow([*texts, *address, *where, round(float(volume[at]))])


def _where(claims: Claims, at: int) -> tuple[float | str, float | str]:
    if not np.isnan(claims.latitude[at]):
        return float(claims.latitude[at]), float(claims.longitude[at])
    found = place(str(claims.zip[at]), str(claims.city[at]), str(claims.state[at]))
    return (found.latitude, found.longitude) if found else ("", "")


def _start(home: Path, label: str, today: date | None, *, reps: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", "serve", "--providers", str(home / "providers.csv")]
    command += ["--label", label, "--until-stdin-closes", "--reps", str(reps)]
    if today:
        command += ["--today", today.isoformat()]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _reach(process: subprocess.Popen[str]) -> Sandbox:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise ConnectorError("The sandbox did not start.", next_step="Run `python -m sandbox serve --help`.")
    told = json.loads(line)
    return Sandbox(process, told["salesforce"], told["hubspot"], told["label"])


def write_folder(home: Path, files: list[Path], reach: dict[str, dict[str, str]]) -> None:
    """The starter config, pointed at the sandbox; secrets in files of their own, as the config demands."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    example = yaml.load(starter() / "config.example.yaml")
    example["store"] = "sqlite:///callplan.db"
    example["claims"] = [{"path": str(file)} for file in files]
    example["reps"] = []
    for name in ("salesforce", "hubspot"):
        settings = {"mapping": f"mappings/{name}.yaml", "base_url": reach[name]["url"]}
        for key, value in reach[name].items():
            if key != "url":
                settings[key] = _secret(home, name, key, value)
        example["crm"][name] = settings
    with (home / "config.yaml").open("w", encoding="utf-8") as out:
        yaml.dump(example, out)
    shutil.copytree(starter() / "mappings", home / "mappings", dirs_exist_ok=True)


def _secret(home: Path, crm: str, key: str, value: str) -> str:
    if key == "client_id":
        return value
    (home / f"{crm}.{key}").write_text(value)
    return f"${{FILE:{crm}.{key}}}"
