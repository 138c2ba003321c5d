"""Many worlds, each of a seed that draws its own faults, rates and days; judged once faults are over.

A seed decides everything, so that a story that went wrong can be told again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from tests.nights.sim import laws
from tests.nights.sim.faults import CALL_KINDS, COMMIT_KINDS
from tests.nights.sim.world import Ground, World, world

NIGHTS = 4
RATES = {"call": (0.03, 0.1, 0.3), "commit": (0.002, 0.01, 0.03)}  # of the sites that a fault strikes, by seed
HOT = 0.4
WRITES = re.compile(r"^PATCH|batch/update$")
CRMS = ("salesforce", "hubspot")


@dataclass
class Sweep:
    """What a set of seeds came to."""

    seeds: range
    runs: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)  # by site and kind
    deaths: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0
    trace: Any = field(default_factory=hashlib.sha256)  # of all that the CRMs saw

    def __str__(self) -> str:
        kinds = Counter[str]()
        for (_, kind), times in self.faults.items():
            kinds[kind] += times
        told = " ".join(f"{kind}={times}" for kind, times in sorted(kinds.items()))
        return (
            f"simulate: seeds {self.seeds.start}-{self.seeds.stop - 1}, {self.runs} runs, {kinds.total()} faults "
            f"({told}), "
            f"{len(self.faults)} pairs of site and kind, {self.deaths} process deaths, {len(laws.LAWS)} laws, "
            f"{len(self.violations)} violations, {self.runs / self.seconds:.1f} runs/s, "
            f"trace {self.trace.hexdigest()[:16]}; "
            "not run: pairs in order, state machine, planted bugs"
        )


def sweep(ground: Ground, seeds: range, folder: Path) -> Sweep:
    found, began = Sweep(seeds), monotonic()
    for seed in seeds:
        found.violations += [f"seed {seed}: {text}" for text in _story(ground, seed, folder / str(seed), found)]
        found.runs += 1
    found.seconds = monotonic() - began
    return found


def _story(ground: Ground, seed: int, folder: Path, found: Sweep) -> Iterator[str]:
    """Nights with faults, then two without; what the laws say."""
    rng, crm = Random(seed), CRMS[seed % len(CRMS)]
    folder.mkdir(parents=True)
    with world(ground, crm, folder) as place:
        _let_faults_strike(place, rng)
        for night in range(NIGHTS):
            if night:
                place.live_day(seed)
            place.night()
        place.faults.draw = None
        for _ in range(2):
            place.night()
        for law in laws.LAWS:
            yield from (f"{crm}: {law.__name__}: {text}" for text in law(place))
        found.trace.update(repr((place.vendor.history, place.wire.calls)).encode())
        found.faults += place.faults.struck
        found.deaths += place.deaths
    shutil.rmtree(folder)


def _let_faults_strike(place: World, rng: Random) -> None:
    """Half of the kinds, each seed its own, at a rate of its own."""
    kinds = {what: rng.sample(some, rng.randint(1, len(some))) for what, some in kinds_of(place.crm).items()}
    rate = {what: rng.choice(rates) for what, rates in RATES.items()}

    def draw(what: str, name: str) -> str | None:
        """After a few starts of a night the bad luck is over. It writes once: that is struck most, by all kinds."""
        hot = WRITES.search(name) is not None
        strikes = place.starts <= (8 if hot else 3) and rng.random() < (HOT if hot else rate[what])
        return rng.choice(kinds_of(place.crm)[what] if hot else kinds[what]) if strikes else None

    place.faults.draw = draw


def kinds_of(crm: str) -> dict[str, list[str]]:
    """A HubSpot key does not lapse: there is no login to lose."""
    calls = [kind for kind in CALL_KINDS if (crm, kind) != ("hubspot", "log_out")]
    return {"call": calls, "commit": list(COMMIT_KINDS)}
