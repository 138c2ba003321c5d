"""What is on file of the providers beyond their counts, brought together for a filter: only what it asks for is read.

Shapes   see callplan.model.Market
Units    a provider stands where the claims say, else in the middle of its ZIP or town
Errors   NeedsHuman: `near` is no place that is known, or `before` cannot be compared
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from callplan.model import Affiliations, Claims, Market, Over, Panel, Place, Registry, Texts
from connector.config import ClaimsSource, Config
from connector.errors import NeedsHuman
from connector.intake import Intake, Registries, read_claims, read_registries
from connector.intake.files import files_of
from connector.intake.history import read_history
from connector.intake.periods import period_of
from connector.intake.reading import open_reading
from connector.roads.estimate import Roads, miles_from, minutes_for, roads_of
from connector.roads.places import county, place, points
from connector.where import Where, point

BY_YEAR = "provider_year"  # the layout of totals by provider and year
TOTAL = "total_services"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where more is read, and by what roads are estimated."""

    base: Path
    registries: tuple[ClaimsSource, ...]
    roads: Roads
    log: Callable[..., None]
    over: Over  # who sums claims


def sources_of(config: Config, base: Path, log: Callable[..., None], over: Over) -> Sources:
    return Sources(base, config.registries, roads_of(config.roads), log, over)


def read_market(intake: Intake, where: Where, sources: Sources, read: Registries | None = None) -> Market:
    """`read` is what was read of the registries already."""
    claims, miles = intake.claims, None
    registry, affiliations = _registries(sources, read)
    if where.near:
        miles = miles_from(_start(where.near), *points(claims))
    before, compared = _before(where, sources)
    return Market(
        claims=claims,
        indications=intake.indications if len(intake.indications.npi) else None,
        registry=registry,
        affiliations=affiliations,
        county=_counties(claims) if where.counties else None,
        miles=miles,
        minutes=None if miles is None else minutes_for(miles, sources.roads),
        before=before,
        compared=compared,
        over=sources.over,
    )


def _registries(sources: Sources, read: Registries | None) -> tuple[Registry | None, Affiliations | None]:
    if not sources.registries:
        return None, None
    found = read or read_registries(sources.registries, base=sources.base, log=sources.log)
    return found.registry, found.affiliations


def _start(near: str) -> Place:
    if degrees := point(near):
        return Place(*degrees)
    found = place(near.strip())
    if not found:
        raise NeedsHuman(f'near: "{near}" is no ZIP that is known.', next_step='Write a point: "41.59, -93.62".')
    return found


def _counties(claims: Claims) -> Texts:
    places = zip(claims.zip.tolist(), claims.city.tolist(), claims.state.tolist(), strict=True)
    return np.array([county(*one) for one in places], dtype=np.str_)


def _before(where: Where, sources: Sources) -> tuple[Claims | Panel | None, str]:
    """Claims of an earlier vintage, or the totals of years, whichever the files hold."""
    if not where.before:
        return None, ""
    years = [_is_by_year(file, sources.base) for file in where.before]
    if all(years):
        return _years(where.before, sources)
    if any(years):
        raise NeedsHuman(
            f"before: {where.before[years.index(True)]} holds totals by year, the others hold claims.",
            next_step="Name either earlier claims or totals by provider and year.",
        )
    earlier = [ClaimsSource(path=file) for file in where.before]
    return read_claims(earlier, base=sources.base, log=sources.log).claims, "against the earlier claims"


def _is_by_year(file: str, base: Path) -> bool:
    said, equals, _ = file.partition("=")
    if equals and period_of(said):
        return True
    source = ClaimsSource(path=file)
    with open_reading(files_of(source, base)[0], source) as reading:
        return reading.layout.name == BY_YEAR


def _years(files: Sequence[str], sources: Sources) -> tuple[Panel, str]:
    whole = [path for file in files for path in _paths(file, sources.base)]
    found = read_history(whole, TOTAL, log=sources.log, fewest=2)
    compared = f"{found.periods[-1]} against {found.periods[-2]}, all services"
    return Panel(found.npi, found.value, found.periods_a_year), compared


def _paths(file: str, base: Path) -> list[str]:
    """With the period before it, as it was written."""
    said, equals, path = file.partition("=")
    if equals and period_of(said):
        return [f"{said}={base / path}"]
    return [str(found) for found in files_of(ClaimsSource(path=file), base)]
