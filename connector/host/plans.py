"""Plans in a file: `plan --out FILE` writes what tonight would do, `apply FILE` does that and nothing else.

A plan is carried out only if what would be written now is, to the last value, what the file says: then it is neither
stale nor was anything of it done before.

Errors   NeedsHuman: no plan, edited, or applied already; StopForTonight: stale, or a guard would stop it
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from connector.config import Config
from connector.contract import CrmId
from connector.errors import NeedsHuman, StopForTonight
from connector.host.open import Options, WallClock, first_day, open_store
from connector.store.journal import Difference
from connector.sync.diff import Diff
from connector.sync.select import Selection
from connector.yamlfile import Loaded

MARK = "callplan plan 1"


@dataclass(frozen=True, slots=True)
class Saved:
    crm: str
    today: date
    hash: str
    would_stop: tuple[str, ...]
    selection: Selection


def write_plans(path: Path, plans: Sequence[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"kind": MARK, "plans": plans}, indent=1) + "\n", encoding="utf-8")


def read_plans(path: Path) -> list[Saved]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["kind"] != MARK:
            raise ValueError(content["kind"])
        return [_saved(path, plan) for plan in content["plans"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NeedsHuman(
            "This is not a plan of ours.", where=str(path), next_step="Write one: callplan plan --out FILE."
        ) from error


def _saved(path: Path, plan: dict[str, Any]) -> Saved:
    changes = [Difference(CrmId(c["id"]), c["npi"], c["before"], c["after"]) for c in plan["changes"]]
    today = date.fromisoformat(plan["today"])
    if Diff(tuple(changes), 0, 0).hash(plan["crm"], today) != plan["hash"]:
        raise NeedsHuman(
            f"The plan for {plan['crm']} was edited: its values do not fit its hash.",
            where=str(path),
            next_step="Make a new one with `callplan plan --out FILE`; use --select and --limit to take a part of it.",
        )
    chosen: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in plan["selection"].items()
    }
    return Saved(plan["crm"], today, plan["hash"], tuple(plan["would_stop"]), Selection(**chosen))


def options_for(
    config: Loaded[Config], log: str, today: date | None, approve: str | None, path: Path
) -> Iterator[tuple[Saved, Options]]:
    """What to run for each plan of the file; all are looked at before the first runs."""
    plans, day = read_plans(path), today or first_day(WallClock().now(), config.value.time_zone)
    for saved in plans:
        _look_at(saved, config, day, approve, path)
    for saved in plans:
        yield saved, Options(config.path, log, saved.today, saved.hash, saved.selection)


def _look_at(saved: Saved, config: Loaded[Config], day: date, approve: str | None, path: Path) -> None:
    if done := open_store(config, saved.crm).journal.carried_out(saved.hash):
        raise NeedsHuman(
            f"Plan {saved.hash} for {saved.crm} was carried out by run {done}.",
            where=str(path),
            next_step=f"`callplan status` tells of it, `callplan undo {done}` takes it back.",
        )
    if saved.today != day:
        raise StopForTonight(
            f"The plan for {saved.crm} is stale: it was made for {saved.today:%d %B}, and it is about {day:%d %B} now.",
            where=str(path),
            next_step="Make a new one with `callplan plan --out FILE`.",
        )
    if saved.would_stop and approve != saved.hash:
        raise StopForTonight(
            f"A guard would stop plan {saved.hash} for {saved.crm}: {' '.join(saved.would_stop)}",
            where=str(path),
            next_step=f"To carry it out all the same: --approve {saved.hash}.",
        )
