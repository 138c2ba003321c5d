"""Four gates, and what is said of an account that stands before a shut one.

relevance   the specialty is targeted, and procedures of the families are on file, for the listed diagnoses
filter      the plan's own, where it has one: see callplan/fit.py
volume      enough of them in twelve months
access      no contract, policy or wish keeps a rep out
"""

from __future__ import annotations

from enum import IntEnum
from math import nan

from callplan.model import AssessRules, Npi

FEWEST = 11  # procedures that may be shown


class Gate(IntEnum):
    """The first gate that is shut, in the order in which they are tried."""

    OPEN = 0
    SPECIALTY = 1
    FILTER = 2
    PROCEDURES = 3
    FLOOR = 4
    DIAGNOSIS = 5
    ACCESS = 6
    ABSENT = 7  # an account that stands in no claims
    DEACTIVATED = 8


def why_shut(
    gate: int, npi: str, specialty: str, volume: float, rules: AssessRules, outside: str = "", share: float = nan
) -> str:
    """Why an account is out, after "Tier C, no visits planned: ".

    `outside` is what it fails of the filter, `share` that of its procedures which are for the listed diagnoses.
    """
    if gate == Gate.ACCESS:
        return dict(rules.closed).get(Npi(npi), "")
    told: dict[Gate, str] = {
        Gate.SPECIALTY: f"{specialty or 'no specialty on file'} is not targeted",
        Gate.FILTER: f"outside the plan's filter: {outside}",
        Gate.PROCEDURES: "no relevant procedures on file",
        Gate.FLOOR: f"{shown(volume)} relevant procedures a year, below the floor of {rules.volume_floor:,.0f}",
        Gate.DIAGNOSIS: f"{part(share, share * volume)} of its procedures are for the listed diagnoses, "
        f"below {rules.min_share:.0%}",
        Gate.DEACTIVATED: "its NPI is deactivated in the registry",
        Gate.ABSENT: "not in the claims, which leave out what had fewer than 11 patients",
    }
    return told[Gate(gate)]


def part(share: float, volume: float) -> str:
    """Of a whole that is told elsewhere, so that a share tells the count."""
    return f"fewer than {FEWEST}" if 0 < volume < FEWEST else f"{share:.0%}"


def shown(volume: float) -> str:
    """A count from 1 to 10 may point at patients, so that it never leaves (ResDAC, cell size suppression policy)."""
    return f"{volume:,.0f}" if volume >= FEWEST else f"fewer than {FEWEST}"
