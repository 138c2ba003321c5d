"""Adapters and jobs by folder name, and the starter files: a new CRM is one folder with its mapping.

Found at run time and never imported by name, so that the connector knows no CRM and no recipe. An adapter may also come
with another package, which names it in the entry points `callplan.adapters` (CONTRIBUTING.md).

Errors   NeedsHuman: no job, or a broken adapter, of that name
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from connector.errors import NeedsHuman

if TYPE_CHECKING:
    from datetime import date

    import numpy as np

    from callplan.model import (
        AssessRules,
        BackTestRules,
        ColdTest,
        ColdTestRules,
        CutRules,
        DriveMinutes,
        Figures,
        Filter,
        Found,
        Ground,
        Log,
        Market,
        Marks,
        Measured,
        Panel,
        Proposal,
        QuietTest,
        QuietTestRules,
        Reps,
        Score,
        Target,
        Tier,
        TierRules,
        Touch,
        TouchRule,
    )


GROUP = "callplan.adapters"  # of entry points


def adapters() -> dict[str, ModuleType]:
    """Every adapter; importing one does not import its vendor's SDK."""
    folder = importlib.import_module("adapters")
    names = [found.name for found in pkgutil.iter_modules(folder.__path__) if found.ispkg]
    ours = {name: importlib.import_module(f"adapters.{name}") for name in names}
    return ours | _brought(tuple(sys.path))


@cache
def _brought(_paths: tuple[str, ...]) -> dict[str, ModuleType]:
    """Those of other packages; none takes the place of ours."""
    found = {}
    for point in entry_points(group=GROUP):
        if point.value == f"adapters.{point.name}":
            continue
        try:
            module = point.load()
        except Exception as error:  # whatever a stranger's module does when it is imported
            raise NeedsHuman(
                f'The adapter "{point.name}" cannot be imported from {point.value}: {error}.',
                next_step="Install it again, or take it out of this environment.",
            ) from error
        if lacking := [name for name in ("Settings", "connect") if not hasattr(module, name)]:
            raise NeedsHuman(f'The adapter "{point.name}" has no {lacking[0]}.', next_step="See CONTRIBUTING.md.")
        found[point.name] = module
    return found


def job_names() -> list[str]:
    folder = importlib.import_module("jobs")
    return sorted(found.name for found in pkgutil.iter_modules(folder.__path__) if not found.name.startswith("_"))


def job(name: str) -> Callable[..., Any]:
    if name not in job_names():
        nearest = difflib.get_close_matches(name, job_names(), 1)
        hint = f'Did you mean "{nearest[0]}"? ' if nearest else ""
        raise NeedsHuman(f'There is no job "{name}".', next_step=f"{hint}Jobs: {', '.join(job_names())}.")
    found: Callable[..., Any] = getattr(importlib.import_module(f"jobs.{name}"), name)
    return found


def rehearsal() -> Callable[..., Any]:
    """The night without its writes, for `callplan plan`."""
    found: Callable[..., Any] = importlib.import_module("jobs.nightly").rehearse
    return found


def digest() -> Callable[..., Any]:
    """What the morning's job would send, for `callplan digest`."""
    found: Callable[..., Any] = importlib.import_module("jobs.send_digest").letters
    return found


def back_test() -> Callable[[Panel, BackTestRules, np.random.Generator], tuple[Score, ...]]:
    """The rule behind `callplan evaluate`, which cuts tiers as the night does."""
    found: Callable[..., tuple[Score, ...]] = importlib.import_module("callplan.evaluate").back_test
    return found


def look_back() -> Callable[[Log, Marks, date, ColdTestRules, np.random.Generator], ColdTest]:
    """The rule behind `callplan evaluate cold`."""
    found: Callable[..., ColdTest] = importlib.import_module("callplan.past").look_back
    return found


def listen() -> Callable[[Log, Marks, date, QuietTestRules, np.random.Generator], QuietTest]:
    """The rule behind `callplan evaluate cold --inbound`."""
    found: Callable[..., QuietTest] = importlib.import_module("callplan.past").listen
    return found


def own_log() -> Callable[..., tuple[Log, Marks, Marks]]:
    """What a store has logged, which of it counts, and which comes from the account's side."""
    found: Callable[..., tuple[Log, Marks, Marks]] = importlib.import_module("jobs._log").own_log
    return found


def finder() -> Callable[[Filter, Market, AssessRules], Found]:
    """The rule behind `callplan find`, which is also the plan's filter."""
    found: Callable[..., Found] = importlib.import_module("callplan.find").find
    return found


def side_by_side() -> Callable[[Ground, Reps, TierRules, DriveMinutes], tuple[Figures, Figures]]:
    """The rule behind `callplan territories`."""
    found: Callable[..., tuple[Figures, Figures]] = importlib.import_module("callplan.comparison").side_by_side
    return found


def propose() -> Callable[[Ground, Reps, int, CutRules, DriveMinutes], Proposal]:
    """The rule behind `callplan territories suggest`."""
    found: Callable[..., Proposal] = importlib.import_module("callplan.territory").propose
    return found


def why_not() -> Callable[[Touch, Tier, Iterable[TouchRule], date], str]:
    """The rule by which `callplan explain` says of an interaction why it does not count."""
    found: Callable[..., str] = importlib.import_module("callplan.touches").why_not
    return found


def says_instead(reason: str) -> bool:
    """Whether the reason of a touch is that its account is called and written to instead of visited."""
    return importlib.import_module("callplan.thin").INSTEAD in reason


def scorecard() -> tuple[Callable[..., tuple[Measured, ...]], Callable[..., Iterator[Target]]]:
    """The rules behind `callplan report`: the figures of groups, and each target."""
    found = importlib.import_module("callplan.scorecard")
    return found.measure, found.targets


def reporting() -> tuple[Callable[..., Any], Callable[..., tuple[tuple[Measured, ...], tuple[Target, ...]]]]:
    """What is kept of a cycle of one CRM, and the report of it, which counts as the night does."""
    kept, grouping = importlib.import_module("jobs._measuring"), importlib.import_module("jobs._grouping")
    return kept.Kept, grouping.report


def starter() -> Path:
    """The folder with config.example.yaml and mappings/: in the wheel, or the tree in a clone."""
    here = Path(__file__).parent.parent
    return here / "starter" if (here / "starter").is_dir() else here.parent


def starter_mapping(crm: str) -> Path | None:
    """The mapping that a CRM begins with: ours, or mapping.yaml in the adapter's own folder."""
    brought = Path(adapters()[crm].__file__ or "").parent / "mapping.yaml"
    return next((path for path in (starter() / "mappings" / f"{crm}.yaml", brought) if path.is_file()), None)
