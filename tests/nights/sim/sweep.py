"""All modes on all cores, and what came of them in one line.

singles   every kind of fault at every site of a small night
swarm     seeds that draw their own stories, some without faults, some with a pair of them
bugs      each planted bug: how long until a law catches it
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from time import process_time
from typing import Any

from tests.nights.sim import laws, singles
from tests.nights.sim.bugs import BUGS, PAIRS, ROOT, Bug, Pair
from tests.nights.sim.faults import kinds_at
from tests.nights.sim.ground import Ground, lay_ground
from tests.nights.sim.story import Ended, Story
from tests.nights.sim.swarm import CRMS, live_through

MODES = ("singles", "swarm", "bugs")
CORES = len(os.sched_getaffinity(0))
FOR_ALL_LAWS, FOR_ALL_PAIRS = 30, 2000  # seeds after which each law was met, and each pair of site and kind reached
LONGEST = 60  # seconds of one core in which a planted bug must be caught
MEMORY = Path("/dev/shm")


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


# Each process has a ground of its own

_here: dict[int, tuple[Ground, Path]] = {}  # by process: a fork knows its parent's too


def begin() -> tuple[Ground, Path]:
    if os.getpid() not in _here:
        folder = Path(tempfile.mkdtemp(prefix="callplan-", dir=MEMORY if MEMORY.is_dir() else None))
        _here[os.getpid()] = lay_ground(folder / "ground"), folder
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)
    return _here[os.getpid()]


def end() -> None:
    if os.getpid() in _here:
        shutil.rmtree(_here.pop(os.getpid())[1], ignore_errors=True)


def _one_seed(seed: int, crm: str | None) -> Ended:
    ground, folder = begin()
    return live_through(ground, seed, folder, crm)


def _one_single(story: Story, calm: Ended) -> tuple[Ended, list[tuple[str, str]]]:
    ground, folder = begin()
    ended = singles.live_through(ground, story, folder / "single")
    return ended, list(singles.compare(calm, ended))


@contextmanager
def _workers() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(CORES) as pool:
        try:
            yield pool
        finally:
            list(pool.map(_end_worker, range(CORES * 4)))
            pool.shutdown(cancel_futures=True)


def _end_worker(_number: int) -> None:
    end()


def sweep(seeds: Iterable[int], crm: str | None = None) -> Tally:
    tally = Tally()
    with _workers() as pool:
        for ended in pool.map(_one_seed, seeds, _again(crm), chunksize=4):
            tally.add(ended, ended.violations)
    return tally


def sweep_singles(crms: Sequence[str] = CRMS, every: int = 1) -> Tally:
    """Each single fault, or every so-many-th of them."""
    tally = Tally()
    ground, folder = begin()
    with _workers() as pool:
        for crm in crms:
            calm, others = singles.singles(ground, crm, folder)
            for ended, violations in pool.map(_one_single, others[::every], _again(calm), chunksize=8):
                tally.add(ended, violations)
    end()
    return tally


def _again(thing: Any) -> Iterator[Any]:
    while True:
        yield thing


def hunt_all(bugs: Sequence[Bug | Pair] = (*BUGS, *PAIRS)) -> list[Caught]:
    """Each bug in a process of its own, since it must be planted before anything is imported."""
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(_hunt_apart, bugs))


def _hunt_apart(bug: Bug | Pair) -> Caught:
    command = [sys.executable, str(ROOT / "tools" / "simulate"), "--bug", bug.name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST * 4)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    law, _, seconds = done.stdout.strip().rpartition(" ")
    return Caught(bug, law, float(seconds))


def hunt(crm: str | None, wanted: str, first: int) -> tuple[str, float]:
    """With a bug planted: the laws that are broken when the one that must be is; after how many seconds.

    `first` is the seed that caught it when it was written down; where that does not any more, all seeds are tried.
    """
    ground, folder = begin()
    began = process_time()
    try:
        for seed in chain((first,), count()):
            found = {law for law, _ in live_through(ground, seed, folder, crm).violations}
            if wanted in found:
                return ",".join(sorted(found)), process_time() - began
            if process_time() - began > LONGEST:
                break
        return "", process_time() - began
    finally:
        end()


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
