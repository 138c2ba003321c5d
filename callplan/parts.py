"""The parts of a filter: of each, who is known to fit, and in words why somebody does not.

Shapes   holds, known (n,), in the order of the claims' providers; who holds is known
Units    a count below 11 is not told, here as elsewhere
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from callplan import market as on_file
from callplan.gates import FEWEST, part
from callplan.model import AssessRules, Between, Filter, Market, Marks, Numbers, Texts


@dataclass(frozen=True, slots=True)
class Part:
    key: str  # as the config calls it
    what: str  # to be read after "no" and before "on file"
    holds: Marks
    known: Marks
    told: Callable[[int], str]  # what is on file of one, and why that is not enough
    missing: tuple[str, ...] = ()  # entries that nobody has
    there: tuple[str, ...] = ()  # what somebody has


def who(where: Filter, market: Market) -> Iterator[Part]:
    if where.specialties:
        values = market.claims.specialty
        yield _listed("specialties", "specialty", where.specialties, values, lambda one, value: _same(one, value))
    if where.taxonomies:
        values = on_file.taxonomy(market)
        yield _listed("taxonomies", "taxonomy", where.taxonomies, values, lambda one, value: value.startswith(one))


def place(where: Filter, market: Market) -> Iterator[Part]:
    if where.states:
        yield _listed("states", "state", where.states, on_file.state(market), _same)
    if where.zips:
        values = on_file.zip_code(market)
        yield _listed("zips", "ZIP", where.zips, values, lambda one, value: value.startswith(one))
    if where.counties:
        values = np.full(len(market.claims.npi), "") if market.county is None else market.county
        yield _listed("counties", "county", where.counties, values, _same)
    for most, column, unit in (
        (where.within_miles, market.miles, "miles"),
        (where.within_minutes, market.minutes, "estimated minutes"),
    ):
        if most is not None:
            yield _within(where.near, most, column, unit, len(market.claims.npi))


def _within(near: str, most: float, column: Numbers | None, unit: str, count: int) -> Part:
    far = np.full(count, np.nan) if column is None else column
    return Part(
        "near",
        "place",
        far <= most,
        ~np.isnan(far),
        lambda row: f"{far[row]:,.0f} {unit} from {near}, more than {most:,.0f}",
    )


def practice(where: Filter, market: Market) -> Iterator[Part]:
    if span := where.practice_size:
        size = on_file.practice(market)[1]
        yield Part(
            "practice_size",
            "practice size",
            _inside(size, span),
            ~np.isnan(size),
            lambda row: f"practice of {size[row]:,.0f}, {_beyond(size[row], span)}",
        )
    if where.affiliation:
        yield _affiliated(where.affiliation, market)


def _affiliated(asked: str, market: Market) -> Part:
    found = market.affiliations
    ids = [] if found is None else found.organisation_id.tolist()
    names = [] if found is None else found.organisation_name.tolist()
    wanted = np.array(
        [_same(asked, one) or asked.casefold() in name.casefold() for one, name in zip(ids, names, strict=True)],
        dtype=np.bool_,
    )
    holds = on_file.with_organisation(market, wanted)
    known = on_file.with_organisation(market, np.ones(len(ids), dtype=np.bool_))
    missing = () if holds.any() else (asked,)
    there = tuple(sorted(set(names) - {""}))
    return Part("affiliation", "affiliation", holds, known, lambda _: f"not with {asked}", missing, there)


def volume(where: Filter, market: Market, rules: AssessRules) -> Iterator[Part]:
    if where.codes or where.volume:
        yield _enough(where, on_file.volume(market, where, rules))
    if where.diagnoses:
        yield _indicated(where, market, rules)
    if where.trend is not None:
        yield _moving(where.trend, on_file.years(market, where, rules), market.compared)


def _enough(where: Filter, volume: Numbers) -> Part:
    span, of = where.volume or Between(), f" of {', '.join(where.codes)}" if where.codes else ""
    what = f"procedures{of}" if of else "relevant procedures"
    return Part(
        "codes" if of else "volume",
        what,
        (volume > 0) & _inside(volume, span),
        volume > 0,
        lambda row: f"{_count(volume[row])} {what} a year, {_beyond(volume[row], span)}",
        where.codes if not (volume > 0).any() else (),
    )


def _indicated(where: Filter, market: Market, rules: AssessRules) -> Part:
    volume, share = on_file.diagnosed(market, where, rules), on_file.share(market, where, rules)
    names, known = ", ".join(where.diagnoses), ~np.isnan(volume)

    def told(row: int) -> str:
        if volume[row] < where.diagnosis_volume:
            return f"{_count(volume[row])} procedures a year for {names}, fewer than {where.diagnosis_volume:,.0f}"
        return f"{part(share[row], volume[row])} of its procedures for {names}, less than {where.diagnosis_share:.0%}"

    holds = known & (volume >= where.diagnosis_volume) & (share >= where.diagnosis_share)
    there = () if market.indications is None else tuple(sorted(set(market.indications.diagnosis.tolist()) - {""}))
    return Part(
        "diagnoses", f"procedures for {names}", holds, known, told, () if known.any() else where.diagnoses, there
    )


def _moving(least: float, years: tuple[Numbers, Numbers], compared: str) -> Part:
    """A change is not told where one of its two counts is not: the other would tell it."""
    change, told = on_file.changed(*years), (years[0] >= FEWEST) & (years[1] >= FEWEST)
    holds = change <= least if least < 0 else change >= least
    short = "not down by" if least < 0 else "not up by"
    return Part(
        "trend",
        "volume of an earlier year",
        holds,
        ~np.isnan(change),
        lambda row: (
            f"volume {f'{change[row]:+.0%}' if told[row] else f'from or to fewer than {FEWEST}'}, {compared}, "
            f"{short} {abs(least):.0%}"
        ),
    )


def _listed(key: str, what: str, asked: tuple[str, ...], values: Texts, is_like: Callable[[str, str], bool]) -> Part:
    there, at = np.unique(values, return_inverse=True)
    like = {one: np.array([bool(name) and is_like(one, name) for name in there.tolist()]) for one in asked}
    return Part(
        key,
        what,
        np.any(list(like.values()), axis=0)[at],
        values != "",
        lambda row: f"{what} {values[row]}",
        tuple(one for one, marks in like.items() if not marks.any()),
        tuple(name for name in there.tolist() if name),
    )


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _inside(value: Numbers, span: Between) -> Marks:
    marks: Marks = (value >= span.least) & (value <= span.most)
    return marks


def _beyond(value: float, span: Between) -> str:
    return f"fewer than {span.least:,.0f}" if value < span.least else f"more than {span.most:,.0f}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= FEWEST else f"fewer than {FEWEST}"
