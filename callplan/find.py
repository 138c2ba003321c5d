"""Who is out there that fits: the providers of a filter, best first, as the plan would rank them.

A filter that no file can answer, or that names what nobody has, is said to be so: it never matches nothing in silence.

Shapes   see callplan.model.Found
Errors   none: `problems` are values, for whoever asked
"""

from __future__ import annotations

import difflib
from dataclasses import replace

import numpy as np

from callplan import market as on_file
from callplan.assess import assess, why_shut
from callplan.fit import Fit, fit
from callplan.model import AssessRules, Counts, Filter, Found, Market, Problem, Texts
from callplan.parts import Part

# By key of the filter: which file says it.
SOURCES = {
    "specialties": "Read claims that name the specialty, or add a list of providers to them.",
    "taxonomies": "Add the NPI registry (NPPES).",
    "states": "Read claims that name the state, or add the NPI registry (NPPES).",
    "zips": "Read claims that name the ZIP, or add the NPI registry (NPPES).",
    "counties": "Read claims that name the ZIP, or add a list of providers to them.",
    "near": "Read claims that name the ZIP, or add a list of providers to them.",
    "practice_size": "Add the file of Doctors and Clinicians.",
    "affiliation": "Add the file of Doctors and Clinicians, or Facility Affiliation.",
    "codes": "Write codes as the claims do, such as 92920-92944.",
    "volume": "Check the families of the config.",
    "diagnoses": "Read claim lines with ICD-10: the public files by provider and service name no diagnosis.",
    "trend": "Give an earlier vintage of the claims, or totals by provider and year, under `before`.",
}
EACH = ("specialties",)  # keys of which every single entry has to be somebody's


def find(where: Filter, market: Market, rules: AssessRules) -> Found:
    """Specialties that the plan leaves out are ranked too: whoever looks may want to take them in."""
    fits = fit(where, market, rules)
    assessed = assess(on_file.source(market), replace(on_file.asked_rules(where, rules), specialties=()))
    wrong = problems(fits)
    rows = np.flatnonzero(fits.fits & (not wrong))
    rows = rows[np.lexsort((assessed.npi[rows], -assessed.volume[rows], -assessed.score[rows]))]
    claims, nowhere = market.claims, np.full(len(market.claims.npi), np.nan)
    name, size = on_file.practice(market)
    return Found(
        npi=claims.npi[rows],
        name=claims.name[rows],
        specialty=claims.specialty[rows],
        city=claims.city[rows],
        state=on_file.state(market)[rows],
        zip=on_file.zip_code(market)[rows],
        volume=assessed.volume[rows],
        percentile=assessed.percentile[rows],
        decile=assessed.decile[rows],
        family=assessed.family[rows],
        share=on_file.share(market, where, rules)[rows],
        miles=(nowhere if market.miles is None else market.miles)[rows],
        minutes=(nowhere if market.minutes is None else market.minutes)[rows],
        change=on_file.change(market, where, rules)[rows],
        practice=name[rows],
        practice_size=size[rows],
        taxonomy=on_file.taxonomy(market)[rows],
        left_out=_left_out(rows, market, rules),
        providers=len(claims.npi),
        not_on_file=tuple(fits.not_on_file()),
        problems=tuple(wrong),
    )


def _left_out(rows: Counts, market: Market, rules: AssessRules) -> Texts:
    """Why one who fits would yet be Tier C, "" if not."""
    claims, planned = market.claims, assess(on_file.source(market), rules)
    return np.array(
        [
            why_shut(gate, npi, specialty, volume, rules, share=share) if gate else ""
            for gate, npi, specialty, volume, share in zip(
                planned.gate[rows].tolist(),
                claims.npi[rows].tolist(),
                claims.specialty[rows].tolist(),
                planned.volume[rows].tolist(),
                planned.share[rows].tolist(),
                strict=True,
            )
        ],
        dtype=np.str_,
    )


def problems(fits: Fit) -> list[Problem]:
    """What of the filter cannot be answered by the files that were read."""
    return [problem for part in fits.parts if (problem := _problem(part))]


def _problem(part: Part) -> Problem | None:
    step = SOURCES[part.key]
    if not part.known.any() and not part.there:
        return Problem(part.key, f"no {part.what} on file.", step)
    if not part.missing or (part.holds.any() and part.key not in EACH):
        return None
    asked, near = part.missing[0], _nearest(part.missing[0], part.there)
    return Problem(part.key, f'no provider on file has "{asked}".{near}', "Write it as the files do.")


def _nearest(asked: str, there: tuple[str, ...]) -> str:
    names = {name.casefold(): name for name in there}
    close = difflib.get_close_matches(asked.casefold(), names, 1, 0.4)
    if close:
        return f' The nearest is "{names[close[0]]}".'
    return f" There are: {', '.join(there[:12])}{' and more' if len(there) > 12 else ''}." if there else ""
