"""All modes on all cores, and what came of them in one line.

singles   every kind of fault at every site of a small night
swarm     seeds that draw their own stories, some without faults, some with a pair of them
bugs      each planted bug: how long until a law catches it
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Any

from tests.nights.sim import laws, singles
from tests.nights.sim.bugs import BUGS, PAIRS, Bug, Pair, hunt_apart, seed_of
from tests.nights.sim.faults import kinds_at
from tests.nights.sim.ground import Ground, lay_files, read_ground
from tests.nights.sim.story import Ended, Story
from tests.nights.sim.swarm import CRMS, live_through

MODES = ("singles", "swarm", "bugs")
CORES = len(os.sched_getaffinity(0))
FOR_ALL_LAWS, FOR_ALL_PAIRS = 30, 2000  # seeds after which each law was met, and each pair of site and kind reached
LONGEST = 60  # seconds of one core in which a planted bug must be caught
MEMORY = Path("/dev/shm")
OURS = {"__main__", "__mp_main__", "adapters", "callplan", "connector", "jobs", "sandbox", "tests"}


@dataclass
class Tally:
    """What worlds came to."""

    runs: int = 0
    faults: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # by CRM, site and kind
    possible: set[tuple[str, str, str]] = field(default_factory=set)
    deaths: Counter[str] = field(default_factory=Counter)  # by CRM
    stops: int = 0
    met: Counter[str] = field(default_factory=Counter)
    violations: list[tuple[str, str, Story]] = field(default_factory=list)
    trace: Any = field(default_factory=hashlib.sha256)  # of all that the CRMs saw

    def add(self, ended: Ended, violations: Sequence[tuple[str, str]]) -> None:
        crm = ended.story.crm
        self.runs += 1
        self.faults.update({(crm, *at): times for at, times in ended.struck.items()})
        self.possible |= {(crm, name, kind) for what, name in ended.passed for kind in kinds_at(crm, what, name)}
        self.deaths[crm] += ended.deaths
        self.stops += ended.stops
        self.met += ended.met
        self.violations += [(law, text, ended.story) for law, text in violations[:3]]
        self.trace.update(ended.trace.encode())

    def with_(self, other: Tally) -> Tally:
        both = Tally(
            self.runs + other.runs,
            self.faults + other.faults,
            self.possible | other.possible,
            self.deaths + other.deaths,
            self.stops + other.stops,
            self.met + other.met,
            self.violations + other.violations,
        )
        both.trace.update((self.trace.hexdigest() + other.trace.hexdigest()).encode())
        return both


@dataclass(frozen=True)
class Caught:
    bug: Bug | Pair
    law: str  # "" where none did
    seconds: float
    seed: int = 0


# Processes share the files of a ground, and read them for themselves


@contextmanager
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="callplan-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        lay_files(Path(folder) / "ground")
        yield Path(folder)


_here: list[tuple[Ground, Path]] = []  # of this process: its ground, and a folder for its stories


def begin(folder: Path) -> None:
    _here[:] = [(read_ground(folder / "ground"), folder / str(os.getpid()))]
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def here() -> tuple[Ground, Path]:
    return _here[0]


def _one_seed(seed: int, crm: str | None) -> Ended:
    ground, folder = here()
    return live_through(ground, seed, folder, crm)


def _one_single(story: Story, calm: Ended) -> tuple[Ended, list[tuple[str, str]]]:
    ground, folder = here()
    ended = singles.live_through(ground, story, folder / "single")
    return ended, list(singles.compare(calm, ended))


def sweep(seeds: Iterable[int], crm: str | None = None) -> Tally:
    tally = Tally()
    with home() as folder, ProcessPoolExecutor(CORES, initializer=begin, initargs=(folder,)) as pool:
        for ended in pool.map(_one_seed, seeds, _again(crm), chunksize=4):
            tally.add(ended, ended.violations)
    return tally


def sweep_singles(crms: Sequence[str] = CRMS, every: int = 1) -> Tally:
    """Each single fault, or every so-many-th of them."""
    tally = Tally()
    with home() as folder, ProcessPoolExecutor(CORES, initializer=begin, initargs=(folder,)) as pool:
        begin(folder)
        for crm in crms:
            calm, others = singles.singles(here()[0], crm, here()[1])
            for ended, violations in pool.map(_one_single, others[::every], _again(calm), chunksize=8):
                tally.add(ended, violations)
    return tally


def _again(thing: Any) -> Iterator[Any]:
    while True:
        yield thing


# A bug must be planted before anything of ours is imported: each is hunted in a fork of a process that has imported
# all that is not ours


def hunt_all(bugs: Sequence[Bug | Pair] = (*BUGS, *PAIRS)) -> list[Caught]:
    strangers = get_context("forkserver")
    strangers.set_forkserver_preload([name for name in sys.modules if name.partition(".")[0] not in OURS])
    with home() as folder, ThreadPoolExecutor(CORES) as threads:

        def apart(bug: Bug | Pair) -> Caught:
            """A pool for each: one that renews its processes may wait for ever (python/cpython#115634, up to 3.14)."""
            with ProcessPoolExecutor(1, strangers) as pool:
                return Caught(bug, *pool.submit(hunt_apart, bug.name, folder).result())

        return list(threads.map(apart, bugs))


def hunt(folder: Path, crm: str | None, wanted: str, first: int) -> tuple[str, float, int]:
    """With a bug planted: the laws that are broken when the one that must be is; after how many seconds, by which seed.

    `first` is the seed that caught it when it was written down; where that does not any more, all seeds are tried.
    """
    begin(folder)
    began, (ground, stories) = process_time(), here()
    for number, seed in enumerate(chain((first,), count())):
        found = {law for law, _ in live_through(ground, seed, stories / str(number), crm).violations}
        seconds = process_time() - began
        if wanted in found or seconds > LONGEST:
            return ",".join(sorted(found)) if wanted in found else "", seconds, seed
    raise AssertionError("there are always more seeds")


def late(caught: Sequence[Caught]) -> Iterator[str]:
    """Seeds that are written down and catch no bug any more: nothing is wrong, but every simulation takes longer."""
    for found in caught:
        known = seed_of(found.bug.name)
        if found.law and found.seed != known:
            yield f"planted: {found.bug.name}: seed {known} catches it no more, {found.seed} does (bugs.SEEDS)"


def problems(tally: Tally, caught: Sequence[Caught], *, enough: int) -> Iterator[str]:
    """What makes a simulation fail; where seeds of all modes were enough, also what they did not reach."""
    for law, text, story in tally.violations[:10]:
        yield f"{law}: {text}"
        yield f"    tools/simulate --replay '{story.as_json()}'"
    for found in caught:
        if not found.law:
            yield f"planted: {found.bug.name}: not caught by {found.bug.law} within {LONGEST} s"
    if enough >= FOR_ALL_PAIRS:
        yield from (f"never reached: {' '.join(pair)}" for pair in sorted(tally.possible - set(tally.faults)))
    if enough >= FOR_ALL_LAWS:
        yield from (f"never met: {law.__name__}" for law in laws.LAWS if not tally.met[law.__name__])


def say(tally: Tally, caught: Sequence[Caught], modes: Sequence[str], what: str, seconds: float) -> str:
    """The one line."""
    kinds, crms = Counter[str](), Counter[str]()
    for (crm, _, kind), times in tally.faults.items():
        kinds[kind] += times
        crms[crm] += times
    told = " ".join(f"{kind} {times:,}" for kind, times in sorted(kinds.items()))
    by_crm = ", ".join(f"{crm} {crms[crm]:,} with {tally.deaths[crm]:,} process deaths" for crm in sorted(crms))
    unmet = [law.__name__ for law in laws.LAWS if not tally.met[law.__name__]]
    skipped = [f"{mode} (--only {'|'.join(modes)})" for mode in MODES if mode not in modes]
    skipped += ["state machine and SIGKILL (make test runs them)"]
    hunted = f"{sum(bool(c.law) for c in caught)} of {len(caught)} planted bugs caught, " if caught else ""
    return (
        f"simulate: {what}, {tally.runs:,} runs, {kinds.total():,} faults ({by_crm}; {told}), "
        f"{len(tally.faults):,} of {len(tally.possible):,} pairs of site and kind reached, {tally.stops:,} stops, "
        f"{len(laws.LAWS)} laws, {f'never met: {unmet}, ' if unmet else ''}{len(tally.violations)} violations, "
        f"{hunted}{tally.runs / seconds:.1f} runs/s, trace {tally.trace.hexdigest()[:16]}; "
        f"not run: {', '.join(skipped)}"
    )
