"""What all worlds share, laid once: claims of several sorts, configs, mappings, an empty store."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from callplan.assess import Assessment
from connector.config import ClaimsSource, Config
from connector.host.log import silent
from connector.host.open import open_config
from connector.host.playground import claims_files, write_folder, write_providers
from connector.intake import Intake, read_claims
from connector.mapping import Mapping, Policy, read_mapping
from connector.store import open_database
from connector.yamlfile import Loaded
from sandbox.people import populate
from sandbox.sample import write_sample
from sandbox.world import World as People
from tests.callplan.plain import assess_plainly
from tests.conftest import TODAY

ACCOUNTS = 12
REACH = {
    "salesforce": {"url": "http://127.0.0.1:9", "client_id": "sandbox-client", "client_secret": "sandbox-secret"},
    "hubspot": {"url": "http://127.0.0.1:9", "token": "pat-na1-sandbox"},
}
FEED_STOPS = ("cut", "flipped")  # claims that no night may act on
Row = dict[str, str]


@dataclass(frozen=True)
class Knobs:
    """What differs from world to world, besides faults."""

    policy: Policy = Policy.OURS  # of the tier
    page_size: int = 40
    daily_calls: int = 100_000
    search_lag: int = 0  # minutes, of HubSpot's search
    poisoned: int = 0  # days on which a validation rule refuses one account, whatever is written (Salesforce)

    @classmethod
    def of(cls, seed: int, crm: str) -> Knobs:
        rng = Random(f"knobs-{seed}")
        calls = rng.choice((100_000, 100_000, 110))
        pages = 40 if calls < 1000 else rng.choice((4, 10, 40))
        lag, poisoned = rng.choice((0, 5)), rng.choice((0, 0, 0, 0, 1, 2, 3, 400))
        return cls(rng.choice(list(Policy)), pages, calls, lag * (crm == "hubspot"), poisoned * (crm == "salesforce"))


@dataclass(frozen=True)
class Ground:
    folder: Path
    configs: dict[str, Loaded[Config]]  # by sort of claims
    mappings: dict[tuple[str, Policy], Loaded[Mapping]]  # by CRM and the tier's policy
    people: People
    intakes: dict[str, Intake]  # by sort of claims
    kept: dict[str, dict[Any, Any]]  # what runs make of them once

    @cached_property
    def assessed(self) -> Assessment:
        """The usual claims, not by the engine that runs ask."""
        return assess_plainly(self.intakes["usual"].claims, self.configs["usual"].value.assess_rules())

    def new_store(self, folder: Path) -> Path:
        """Unless there is one already."""
        file = folder / "callplan.db"
        if not file.exists():
            shutil.copy(self.folder / "empty.db", file)
        return file


def lay_ground(folder: Path) -> Ground:
    lay_files(folder)
    return read_ground(folder)


def lay_files(folder: Path) -> None:
    """All that processes with a ground of one folder may share; no bug that is planted in one of them touches it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sample(folder / "claims", accounts=ACCOUNTS)
    files = claims_files(folder / "claims", folder)
    write_providers(files, folder)
    write_folder(folder, files, REACH)
    for name in CLAIMS:
        _write_claims(folder, files[0], name)
    open_database(f"sqlite:///{folder / 'empty.db'}").engine.dispose()


def read_ground(folder: Path) -> Ground:
    people = populate(folder / "providers.csv", reps=2, today=TODAY, label="sample data")
    usual = open_config(folder / "config.yaml")
    configs = {name: _config(usual, folder / f"{name}.csv") for name in CLAIMS}
    mappings = {(crm, policy): _mapping(folder, crm, policy) for crm in REACH for policy in Policy}
    intakes = {name: read_claims(config.value.claims, base=folder, log=silent) for name, config in configs.items()}
    return Ground(folder, configs, mappings, people, intakes, {name: {} for name in configs})


def _config(usual: Loaded[Config], claims: Path) -> Loaded[Config]:
    """Two accounts of Tier A and two of Tier B a rep, so that tiers move, and guards that let single moves be."""
    value = usual.value
    changed = {
        "claims": (ClaimsSource.model_validate({"path": str(claims)}),),
        "tiers": value.tiers.model_copy(
            update={"a_accounts": 2, "b_accounts": 2, "dwell_days": 2, "max_changes": 1.0},
        ),
        "guards": value.guards.model_copy(update={"max_tier_moves": 0.5, "max_a_loss": 0.75, "max_match_drop": 0.5}),
    }
    return _with(usual, value.model_copy(update=changed))


def _mapping(folder: Path, crm: str, policy: Policy) -> Loaded[Mapping]:
    loaded = read_mapping(folder / "mappings" / f"{crm}.yaml")
    fields = dict(loaded.value.fields)
    fields["tier"] = fields["tier"].model_copy(update={"policy": policy})
    return _with(loaded, loaded.value.model_copy(update={"fields": fields}))


def _with(loaded: Loaded, value: object) -> Loaded:  # type: ignore[type-arg]
    return replace(loaded, value=value)


# Claims of several sorts


def _write_claims(folder: Path, file: Path, sort: str) -> None:
    with file.open(newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    with (folder / f"{sort}.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(CLAIMS[sort](rows))


def _fresh(rows: list[Row]) -> list[Row]:
    """The next vintage: a little more of everything."""
    return [{**row, "Tot_Srvcs": str(round(float(row["Tot_Srvcs"]) * 1.02))} for row in rows]


def _cut(rows: list[Row]) -> list[Row]:
    """A download that broke off."""
    npis = sorted({row["Rndrng_NPI"] for row in rows})[: ACCOUNTS // 3]
    return [row for row in rows if row["Rndrng_NPI"] in npis]


def _flipped(rows: list[Row]) -> list[Row]:
    """A feed whose ids have slipped: the busiest provider has the laziest one's counts."""
    volume: dict[str, float] = {}
    for row in rows:
        volume[row["Rndrng_NPI"]] = volume.get(row["Rndrng_NPI"], 0) + float(row["Tot_Srvcs"])
    order = sorted(volume, key=lambda npi: (volume[npi], npi))
    other = dict(zip(order, reversed(order), strict=True))
    return [{**row, "Rndrng_NPI": other[row["Rndrng_NPI"]]} for row in rows]


CLAIMS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "usual": lambda rows: rows,
    "fresh": _fresh,
    "cut": _cut,
    "flipped": _flipped,
}
