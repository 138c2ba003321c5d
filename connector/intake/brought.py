"""What a team brings itself, as it stands in its tables: a tier for each NPI, and who is closed.

A row of tiers that is wrong is rejected, and the rest goes on, as with claims. Of an access list no row may be wrong:
one that is left out would open an account that somebody closed.

Errors   NeedsHuman: a file that cannot be trusted; all wrong rows of an access list at once
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from callplan.model import Closure, Npi, Tier
from connector.brought import AccessList, Closed, ReadyMade
from connector.errors import NeedsHuman
from connector.intake.carried import CarriedBook
from connector.intake.cells import count, day
from connector.intake.files import files_of
from connector.intake.reading import Reading, Row, open_reading
from connector.intake.tally import FileRead, Reject, Rejected, forget


@dataclass(frozen=True, slots=True)
class ReadyTier:
    tier: Tier
    reason: str  # as the table gives it, or ""
    volume: float | None


@dataclass(frozen=True, slots=True)
class ReadyTiers:
    tiers: Mapping[Npi, ReadyTier]
    files: tuple[FileRead, ...]
    rejected: tuple[Rejected, ...]  # the first ones
    carried: Mapping[Npi, Mapping[str, str]]


def read_ready_made(source: ReadyMade, *, base: Path, log: Callable[..., None], reject: Reject = forget) -> ReadyTiers:
    paths = files_of(source, base, "ready_made")
    if len(paths) > 1:
        raise NeedsHuman(f"{source.path} names {len(paths)} files.", next_step="Name one under `ready_made:`.")
    ours = {theirs.casefold(): tier for theirs, tier in source.tiers.items()}
    carried = CarriedBook()
    with open_reading(paths[0], source, reject) as reading:
        tiers = {Npi(row["npi"]): _tier(row, ours) for row in carried.through(reading)}
    reading.stop_if_much_is_wrong()
    log("read_file", **reading.summary().told())
    return ReadyTiers(tiers, (reading.summary(),), tuple(reading.rejections), carried.said)


def _tier(row: Row, ours: Mapping[str, Tier]) -> ReadyTier:
    return ReadyTier(ours[row["tier"].casefold()], row.get("reason", ""), count(row.get("volume", "")))


def read_access(
    closed: Sequence[Closed], lists: Sequence[AccessList], *, base: Path, log: Callable[..., None]
) -> tuple[Closure, ...]:
    """Those of the config, then those of the files, whether or not they hold today."""
    found = [
        Closure(Npi(one.npi), one.why, one.kind, one.evidence or "", one.since, one.until, one.owner or "")
        for one in closed
    ]
    for source in lists:
        for path in files_of(source, base, "access"):
            with open_reading(path, source) as reading:
                found += list(_closures(reading))
            _stop_if_anything_is_wrong(reading)
            log("read_file", **reading.summary().told())
    return tuple(found)


def _closures(reading: Reading) -> Iterator[Closure]:
    for row in reading.rows():
        one = _closure(row)
        if one.since and one.until and one.until < one.since:
            reading.reject(f"ends on {one.until}, before it begins on {one.since}")
        yield one


def _closure(row: Row) -> Closure:
    kind, since, until = row.get("kind", "").casefold() or "other", _day(row, "since"), _day(row, "until")
    return Closure(Npi(row["npi"]), row["why"], kind, row.get("evidence", ""), since, until, row.get("owner", ""))


def _day(row: Row, name: str) -> date | None:
    found = day(row.get(name, ""))
    return date.fromisoformat(str(found)) if found is not None else None


def _stop_if_anything_is_wrong(reading: Reading) -> None:
    wrong = [f"{reading.path}:{one.line}: {one.reason}." for one in reading.rejections]
    if wrong:
        raise NeedsHuman("\n".join(wrong), next_step="Correct the list: a row that is left out would open an account.")
