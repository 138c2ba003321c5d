"""Which layout a file has: described or named by its source, or given away by its header.

Errors   NeedsHuman: no layout fits, a needed column is missing, or the file speaks of patients
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from connector.brought import AccessList, ReadyMade
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.catalogue import LAYOUTS
from connector.intake.layouts import Kind, Layout, plain
from connector.intake.own import carrying, layout_of_own

# Column names that speak of patients. Only claim lines may have them, and they are summed as they are read.
PATIENT = re.compile(
    r"(^|_)(mrn|mbi|hicn?|ssn|dob|birth|patient|member_?id|bene_id|beneficiary_id|clm_id|claim_id)(_|$)", re.IGNORECASE
)
# A Medicare Beneficiary Identifier (CMS, "Understanding the MBI format"), or a social security number.
LETTER, EITHER = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
OF_A_PATIENT = re.compile(
    rf"[1-9]{LETTER}{EITHER}[0-9]-?{LETTER}{EITHER}[0-9]-?{LETTER}{{2}}[0-9]{{2}}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}"
)
OWN_COLUMNS = (
    *("npi", "code", "volume", "name", "first", "last", "specialty", "city", "state", "zip", "latitude", "longitude"),
    *("years", "place", "beneficiaries", "patient", "claim", "line", "date", "diagnosis"),
)
SUMMED = "Take a file that is summed by provider and procedure, or leave that column out."
SUM_LINES = f"{SUMMED} Claim lines that name it as `patient` under `columns:` are summed as they are read."
COLUMNS = "Name your columns under `columns:` of this source, or take the file as CMS gives it."
BESIDE = "Name your columns under `columns:` beside its `path:`."
HEADER = "Name the column so in the header of the file."
NAMED = {Kind.TIERS: BESIDE, Kind.ACCESS: BESIDE, Kind.WINDOWS: HEADER, Kind.LEAVE: HEADER}
GUESSES = {
    "npi": re.compile("npi"),
    "code": re.compile("hcpcs|cpt|procedure_code|proc_code"),
    "volume": re.compile("services|procedures|volume|claims|count"),
    "name": re.compile("provider_name|physician|^provider$|^name$|full_name"),
    "specialty": re.compile("special|taxonomy"),
    "zip": re.compile("zip|postal"),
}


def layout_of(source: ClaimsSource | ReadyMade | AccessList, header: Sequence[str], where: str) -> Layout:
    """The layout that fits the header; one that the source tells must."""
    if not isinstance(source, ClaimsSource):
        layout = carrying(layout_of_own(source), getattr(source, "carry", {}), where)
        refuse_patients(header, where, "Leave that column out.")
        demand(layout, header, where)
        return layout
    if source.columns:
        layout = _own(source, where)
    elif source.layout:
        layout = _named(source.layout, where)
    else:
        layout = _nearest(header)
    strange = len(_missing(layout, header)) > len(layout.needed) / 2
    if strange or not layout.lines:
        refuse_patients(header, where, SUM_LINES)
    if strange and not (source.columns or source.layout):
        _refuse_stranger(header, where)
    layout = carrying(layout, source.carry, where)
    demand(layout, header, where)
    return layout


def _nearest(header: Sequence[str]) -> Layout:
    """The first that misses nothing, or else the least."""
    return min(LAYOUTS, key=lambda layout: len(_missing(layout, header)) / len(layout.needed))


def _named(name: str, where: str) -> Layout:
    layout = next((layout for layout in LAYOUTS if layout.name == name), None)
    if not layout:
        names = ", ".join(layout.name for layout in LAYOUTS)
        raise NeedsHuman(f'{where}: there is no layout "{name}".', next_step=f"Layouts: {names}.")
    return layout


def _own(source: ClaimsSource, where: str) -> Layout:
    given = source.columns
    unknown = [name for name in given if name not in OWN_COLUMNS]
    if unknown:
        raise NeedsHuman(f'{where}: `columns:` has no "{unknown[0]}". It takes: {", ".join(sorted(OWN_COLUMNS))}.')
    lines = "patient" in given
    least = ("npi", "code", "date") if lines else ("npi", "code", "volume") if "volume" in given else ("npi",)
    needed = tuple(dict.fromkeys((*least, *given)))
    filled = tuple(name for name in ("npi", "volume", "patient", "date") if name in needed)
    unique = ("claim", "line") if {"claim", "line"} <= given.keys() else ()
    return Layout("columns", dict(given), needed=needed, filled=filled, unique=unique, lines=lines)


def demand(layout: Layout, header: Sequence[str], where: str) -> None:
    """Refuse a header that lacks a column."""
    lacks = _missing(layout, header)
    if lacks:
        close = difflib.get_close_matches(lacks[0], header, 1, 0.4)
        near = f' The nearest is "{close[0]}".' if close else f" It has: {_listed(header)}."
        raise NeedsHuman(
            f'{where}:1: the column "{lacks[0]}" is missing.{near}',
            next_step=NAMED.get(layout.kind, COLUMNS),
        )


def _refuse_stranger(header: Sequence[str], where: str) -> None:
    guessed = {ours: next((name for name in header if word.search(plain(name))), "") for ours, word in GUESSES.items()}
    named = ", ".join(f'{ours}: "{theirs}"' for ours, theirs in guessed.items() if theirs) or "npi: ..."
    raise NeedsHuman(
        f"{where}:1: this is the header of no layout that Callplan knows. It has: {_listed(header)}.",
        next_step=f"Say under `columns:` of this source which is which, perhaps {{{named}}}.",
    )


def _missing(layout: Layout, header: Sequence[str]) -> list[str]:
    """A needed column without a name of its own, as `code` where `columns:` leaves it out, misses as itself."""
    known = {plain(name) for name in header}
    names = [layout.columns.get(ours, ours).replace("#", "1") for ours in layout.needed]
    return [name for name in names if plain(name) not in known]


def refuse_patients(header: Sequence[str], where: str, step: str = SUMMED) -> None:
    patient = [name for name in header if PATIENT.search(plain(name))]
    if patient:
        raise NeedsHuman(
            f'{where}:1: the column "{patient[0]}" speaks of patients. Callplan reads counts by provider only.',
            next_step=step,
        )


def refuse_numbers_of_patients(header: Sequence[str], rows: Sequence[Sequence[str]], where: str) -> None:
    """Whatever a column is called: cells that have the form of a Medicare or a social security number say it."""
    for at, name in enumerate(header):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        if sum(bool(OF_A_PATIENT.fullmatch(cell)) for cell in cells) > len(cells) / 2:
            raise NeedsHuman(
                f'{where}: the column "{name}" holds numbers of patients. Callplan reads counts by provider only.',
                next_step="Leave that column out.",
            )


def _listed(header: Sequence[str], most: int = 12) -> str:
    more = f" and {len(header) - most} more" if len(header) > most else ""
    return ", ".join(header[:most]) + more
