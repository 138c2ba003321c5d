"""Proposed territories beside today's, in words, as JSON, and as a table that `territories: file:` reads.

The table has a row for each ZIP with accounts and for each account without a ZIP; and one for the first three digits
of those ZIPs, by where most of their accounts go, so that a new account in a new ZIP is in a territory too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from callplan.model import Proposal
from connector.errors import NeedsHuman
from connector.host.alignment import labels, number, rounded, rows, table
from connector.host.spreadsheet import Column, write_csv, write_workbook
from connector.host.territories import CrmGround

Suggested = tuple[CrmGround, Proposal]
COLUMNS = ("zip", "npi", "territory", "rep", "accounts", "changing_hands")
Row = tuple[str, str, str, str, int, int]


def say_proposal(suggested: Sequence[Suggested], tolerance: float) -> str:
    return "\n\n".join("\n".join(_lines(ground, found, tolerance)) for ground, found in suggested)


def _lines(ground: CrmGround, found: Proposal, tolerance: float) -> Iterator[str]:
    moving = int(found.moves.sum())
    high_fit = int((found.moves & (found.tier != "C")).sum())
    before, after = found.before, found.after
    cut = len(found.proposed.name)
    yield f"{ground.crm}: {cut:,} territories from {len(found.tier):,} accounts in {found.places:,} places"
    yield f"  {'':32}{'present':>9}{'proposed':>10}"
    yield f"  {'used, the most over the mean':32}{number(before.imbalance, 2):>9}{number(after.imbalance, 2):>10}"
    yield f"  {'minutes of driving to a visit':32}{number(before.minutes, 1):>9}{number(after.minutes, 1):>10}"
    yield f"  {'accounts changing hands':32}{'':9}{moving:>10,}  ({high_fit:,} of them Tier A or B here)"
    if not found.even:
        yield _why_uneven(found, tolerance, ground.rules.unit)
    for title, of in (("Present", found.present), ("Proposed", found.proposed)):
        yield title
        yield from table(of, called(ground, found) if of is found.proposed else _today(ground, found))
    yield from _how(ground)
    yield "Nothing was changed."


def _how(ground: CrmGround) -> tuple[str, str]:
    return (
        f"Tiers and needs ({ground.rules.unit} a week) are by one list of all, with as many A and B as all reps hold.",
        f"Minutes of driving to a visit are {ground.roads.label}, from home or the middle of the visits.",
    )


def _why_uneven(found: Proposal, tolerance: float, unit: str) -> str:
    mean = found.proposed.work.sum() / len(found.proposed.name)
    return (
        f"  Not within {tolerance:.0%}: the mean of a territory is {mean:,.1f} {unit} a week, and the largest place, "
        f"{found.largest_place}, needs {found.largest_work:,.1f}; a place is not divided."
    )


def _today(ground: CrmGround, found: Proposal) -> list[str]:
    return [label or "nobody" for label in labels(ground, found.present)]


def called(ground: CrmGround, found: Proposal) -> list[str]:
    """Each proposed territory by its rep, or by a number."""
    taken = iter(range(1, len(found.proposed.name) + 1))
    return [label or f"Territory {next(taken)}" for label in labels(ground, found.proposed)]


def proposal_as_json(suggested: Sequence[Suggested]) -> str:
    return json.dumps({ground.crm: _as_data(ground, found) for ground, found in suggested}, indent=1)


def _as_data(ground: CrmGround, found: Proposal) -> dict[str, Any]:
    to = np.array(called(ground, found))[found.territory]
    moving = zip(*(column[found.moves].tolist() for column in (ground.ground.npi, ground.ground.rep, to)), strict=True)
    return {
        "unit": ground.rules.unit,
        "roads": ground.roads.label,
        "within_tolerance": found.even,
        "largest_place": {"place": found.largest_place, "needs_a_week": rounded(found.largest_work)},
        "imbalance": {"present": rounded(found.before.imbalance), "proposed": rounded(found.after.imbalance)},
        "drive_minutes": {"present": rounded(found.before.minutes), "proposed": rounded(found.after.minutes)},
        "present": rows(found.present),
        "proposed": rows(found.proposed),
        "changing_hands": [{"npi": npi, "from": before, "to": after} for npi, before, after in moving],
    }


def write_proposal(ground: CrmGround, found: Proposal, path: Path) -> Path:
    suffix, table = path.suffix.lower(), [*_table(ground, found)]
    if suffix not in (".csv", ".xlsx"):
        raise NeedsHuman(f"{path}: is to be a table.", next_step="Give it a name that ends in .csv or .xlsx.")
    columns = [Column(name, cells) for name, cells in zip(COLUMNS, zip(*table, strict=True), strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".csv":
        write_csv(path, columns)
    else:
        write_workbook(path, columns, [f"Proposed territories. {how}" for how in _how(ground)], "Territories")
    return path


def _table(ground: CrmGround, found: Proposal) -> Iterator[Row]:
    """By ZIP, then by NPI, then by the first three digits."""
    names, vacant = called(ground, found), set(ground.territories.rep_of) - set(ground.territories.rep_of.values())
    reps = ["" if key in vacant else key for key in found.proposed.name.tolist()]
    accounts, moving, to = Counter[str](), Counter[str](), dict[str, int]()
    places = np.where(ground.ground.place == "", ground.ground.npi, ground.ground.place).tolist()
    for place, territory, moves in zip(places, found.territory.tolist(), found.moves.tolist(), strict=True):
        to[place] = territory
        accounts[place] += 1
        moving[place] += moves
    for place in sorted(to, key=lambda place: (len(place), place)):
        at, zip_code, npi = to[place], place if len(place) == 5 else "", place if len(place) != 5 else ""
        yield zip_code, npi, names[at], reps[at], accounts[place], moving[place]
    votes: dict[str, Counter[int]] = {}
    for place in sorted(place for place in to if len(place) == 5):
        votes.setdefault(place[:3], Counter())[to[place]] += accounts[place]
    for digits, by in votes.items():
        at = max(by, key=lambda territory: (by[territory], -territory))
        yield digits, "", names[at], reps[at], 0, 0
