"""What is on file of each provider of the claims, as columns in their order: practice, taxonomy, place, change, share.

What is not on file is "" or NaN, and never 0.

Shapes   all (n,), in the order of the claims' providers
Units    size in clinicians; share of the relevant volume; change as a share of the earlier volume
Source   of several practices the largest counts. A diagnosis with fewer than 11 patients is absent (CMS), so a share
         is "at least". Doctors and Clinicians says no size where somebody bills alone
"""

from __future__ import annotations

import numpy as np

from callplan.assess import assess, in_family
from callplan.model import (
    Affiliations,
    AssessRules,
    Counts,
    Family,
    Filter,
    Market,
    Marks,
    Numbers,
    Panel,
    Source,
    Texts,
)

PRACTICE = "practice"
ROUNDED = 9  # places: 100 of 125 is down by 20 %, whatever binary fractions make of it


def rows_of(npi: Texts, among: Texts) -> Counts:
    """The row of each NPI in `among`; -1 where it is not there."""
    if not len(among):
        return np.full(len(npi), -1, dtype=np.int64)
    order = np.argsort(among)
    at = np.minimum(np.searchsorted(among, npi, sorter=order), len(among) - 1)
    return np.where(among[order[at]] == npi, order[at], -1)


def taxonomy(market: Market) -> Texts:
    return _registered(market, "taxonomy")


def state(market: Market) -> Texts:
    return np.where(market.claims.state != "", market.claims.state, _registered(market, "state"))


def zip_code(market: Market) -> Texts:
    return np.where(market.claims.zip != "", market.claims.zip, _registered(market, "zip"))


def _registered(market: Market, name: str) -> Texts:
    """A column of the registry."""
    npi, registry = market.claims.npi, market.registry
    if registry is None or not len(registry.npi):
        return np.full(len(npi), "", dtype=np.str_)
    at = rows_of(npi, registry.npi)
    column: Texts = getattr(registry, name)
    return np.where(at >= 0, column[at], "")


def practice(market: Market) -> tuple[Texts, Numbers]:
    """Name and size of each provider's practice."""
    nowhere = np.full(len(market.claims.npi), "", dtype=np.str_), np.full(len(market.claims.npi), np.nan)
    found = market.affiliations
    if found is None or not len(found.organisation_id):
        return nowhere
    provider, organisation = _pairs(market, found, found.sort == PRACTICE)
    size = np.nan_to_num(found.size[organisation], nan=-1.0)
    smallest_first = np.lexsort((-organisation, size))  # of equal ones the first on file stays
    best = np.full(len(market.claims.npi), -1, dtype=np.int64)
    best[provider[smallest_first]] = organisation[smallest_first]
    return (
        np.where(best >= 0, found.organisation_name[best], nowhere[0]),
        np.where(best >= 0, found.size[best], nowhere[1]),
    )


def with_organisation(market: Market, wanted: Marks) -> Marks:
    """Which providers work with one of the organisations marked."""
    marks = np.zeros(len(market.claims.npi), dtype=np.bool_)
    if market.affiliations is not None:
        marks[_pairs(market, market.affiliations, wanted)[0]] = True
    return marks


def _pairs(market: Market, found: Affiliations, wanted: Marks) -> tuple[Counts, Counts]:
    """Provider and organisation, of the organisations wanted that have a name or an id."""
    provider = rows_of(found.npi, market.claims.npi)
    named = wanted & ((found.organisation_id != "") | (found.organisation_name != ""))
    kept = (provider >= 0) & named[found.organisation] if len(named) else provider < 0
    return provider[kept], found.organisation[kept]


def asked_rules(where: Filter, rules: AssessRules) -> AssessRules:
    """The rules by which volume is counted: of the codes that the filter names, or else of the plan's families."""
    if not where.codes:
        return rules
    return AssessRules((Family("asked for", where.codes),), rules.specialties, 0.0, rules.closed)


def source(market: Market) -> Source:
    return market.over(market.claims, market.indications)


def volume(market: Market, where: Filter, rules: AssessRules) -> Numbers:
    return assess(source(market), asked_rules(where, rules)).volume


def diagnosed(market: Market, where: Filter, rules: AssessRules) -> Numbers:
    """The relevant volume for the diagnoses, in the newest twelve months of claim lines; NaN where none is shown."""
    found, cells = market.indications, np.full(len(market.claims.npi), np.nan)
    if found is None or not len(found.npi):
        return cells
    at = rows_of(found.npi, market.claims.npi)
    relevant = np.zeros(len(found.npi), dtype=np.bool_)
    for family in asked_rules(where, rules).families:
        relevant |= in_family(found.code, family)
    kept = relevant & in_family(found.diagnosis, Family("", where.diagnoses))
    kept &= (found.since == found.since.max()) & (at >= 0)
    summed = np.bincount(at[kept], weights=found.volume[kept], minlength=len(cells))
    return np.where(summed > 0, summed, np.nan)


def share(market: Market, where: Filter, rules: AssessRules) -> Numbers:
    """Of the relevant volume, not weighted."""
    if not where.diagnoses or market.indications is None:
        return np.full(len(market.claims.npi), np.nan)
    plain = tuple(Family(family.name, family.codes) for family in asked_rules(where, rules).families)
    of = assess(source(market), AssessRules(plain)).volume
    found: Numbers = np.minimum(diagnosed(market, where, rules) / np.where(of > 0, of, np.nan), 1.0)
    return found.round(ROUNDED)


def change(market: Market, where: Filter, rules: AssessRules) -> Numbers:
    """Of the volume against the earlier one, NaN unless both are on file."""
    return changed(*years(market, where, rules))


def years(market: Market, where: Filter, rules: AssessRules) -> tuple[Numbers, Numbers]:
    """The volume and the earlier one, 0 where there is none."""
    before, now = market.before, volume(market, where, rules)
    if before is None:
        return now, np.zeros(len(now))
    at = rows_of(market.claims.npi, before.npi)
    if isinstance(before, Panel):
        now, then = (np.where(at >= 0, before.value[at, year], 0.0) for year in (-1, -2))
    else:
        then = np.where(at >= 0, assess(market.over(before, None), asked_rules(where, rules)).volume[at], 0.0)
    return now, then


def changed(now: Numbers, then: Numbers) -> Numbers:
    both = (now > 0) & (then > 0)
    found: Numbers = np.where(both, now, np.nan) / np.where(both, then, 1.0) - 1
    return found.round(ROUNDED)
