"""`callplan territories`: the accounts of a CRM as ground to be cut, and what the rules say of it.

Read from the store, as the last night left it.

Errors   NeedsHuman: no night yet, nobody to cut for, nothing to visit, or fewer places than reps
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from callplan.model import CutRules, DriveMinutes, Figures, Ground, Npi, Numbers, Proposal, Reps, Texts, TierRules
from connector.config import Config
from connector.errors import NeedsHuman
from connector.host.discover import propose, side_by_side
from connector.host.open import chosen_crms, open_config, open_store
from connector.intake.cells import zip5
from connector.roads.estimate import Roads, minutes_between, roads_of
from connector.store import Store
from connector.store.plan import Assignment
from connector.sync.book import keep_book
from connector.sync.match import match
from connector.sync.territories import Territories, read_territories
from connector.weeks import spot


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An account whose owner in the CRM is not its territory's rep, or that lies in no territory."""

    record: str
    npi: str
    zip: str
    owner: str
    territory: str
    rep: str


@dataclass(frozen=True)
class CrmGround:
    crm: str
    ground: Ground
    reps: Reps
    territories: Territories
    rules: TierRules
    roads: Roads
    elsewhere: tuple[Elsewhere, ...]
    nowhere: tuple[Elsewhere, ...]

    @property
    def drive(self) -> DriveMinutes:
        return partial(minutes_between, roads=self.roads)


def grounds(path: Path, only: str | None, *, one: bool) -> list[CrmGround]:
    config = open_config(path)
    territories, names = read_territories(config), chosen_crms(config, only)
    if one and len(names) > 1:
        raise NeedsHuman("A file holds the territories of one CRM.", next_step=f"Add --crm, one of {', '.join(names)}.")
    return [_ground(name, open_store(config, name), config.value, territories) for name in names]


def compare(of: CrmGround) -> tuple[Figures, Figures]:
    return side_by_side()(of.ground, of.reps, of.rules, of.drive)


def suggest(of: CrmGround, reps: int | None, tolerance: float, worth_minutes: float) -> Proposal:
    count = reps or len(of.reps.name)
    if not count:
        raise NeedsHuman(f"{of.crm}: no account has an owner.", next_step="Say for how many reps: --reps 5.")
    if not (of.ground.percentile > 0).any():
        raise NeedsHuman(f"{of.crm}: no account is to be visited.", next_step="Look at `assess:` in the config.")
    rules = CutRules(of.rules, tolerance, worth_minutes)
    places = len(set(of.ground.place.tolist()) - {""}) + int((of.ground.place == "").sum())
    if count > places:
        raise NeedsHuman(f"{of.crm}: {count} reps, and accounts in {places} places.", next_step="Take fewer --reps.")
    return propose()(of.ground, of.reps, count, rules, of.drive)


def _ground(crm: str, store: Store, config: Config, territories: Territories) -> CrmGround:
    roster, assignments = store.mirror.roster(), store.plan.assignments()
    if not assignments:
        raise NeedsHuman(f"{crm}: no account has a tier yet.", next_step="`callplan nightly` gives them.")
    aligned = territories.align(roster)
    rows = match(roster).rows
    rows = rows[np.isin(roster.npi[rows], list(assignments))]
    book = keep_book(replace(roster, owner=aligned.key), rows, store.plan.standing(), aligned.key)
    ground = Ground(
        npi=book.npi,
        place=np.array([zip5(written) for written in roster.zip[rows].tolist()], dtype=np.str_),
        points=(book.latitude, book.longitude),
        tier=book.tier,
        volume=np.nan_to_num(book.volume),
        percentile=_percentiles(book.npi, assignments),
        rep=book.owner,
    )
    columns = (roster.id, roster.npi, roster.zip, roster.owner, aligned.name, aligned.rep)
    told = [Elsewhere(*(str(column[row]) for column in columns)) for row in rows.tolist()]
    return CrmGround(
        crm=crm,
        ground=ground,
        reps=_reps(config, ground.rep, territories),
        territories=territories,
        rules=config.tier_rules(),
        roads=roads_of(config.roads),
        elsewhere=tuple(one for one in told if one.owner != one.rep),
        nowhere=tuple(one for one in told if not one.territory and not territories.by_owner),
    )


def _percentiles(npis: Texts, assignments: dict[Npi, Assignment]) -> Numbers:
    return np.array([assignments[Npi(npi)].percentile or 0.0 for npi in npis.tolist()], dtype=np.float64)


def _reps(config: Config, present: Sequence[str] | Texts, territories: Territories) -> Reps:
    """Whoever has accounts, a territory or an entry in the config."""
    homes = {rep.email.lower(): rep.lives for rep in config.reps}
    names = sorted({*map(str, present), *homes, *_keys(territories)} - {""})
    found = [spot(homes.get(name)) for name in names]
    points = [(home.latitude, home.longitude) if home else (np.nan, np.nan) for home in found]
    latitude, longitude = np.array(points, dtype=np.float64).reshape(-1, 2).T
    return Reps(np.array(names, dtype=np.str_), (latitude, longitude))


def _keys(territories: Territories) -> Iterator[str]:
    for name, rep in territories.rep_of.items():
        yield rep or name
