"""Which columns a claims file has: CMS's names then and now, two plain lists, or your own.

Source   CMS, Medicare Physician & Other Practitioners, data dictionaries of the 2012 and 2013+ files
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.config import ClaimsSource
from connector.errors import NeedsHuman

# Column names that speak of patients. Callplan plans by provider; such a file is refused whole.
PATIENT = re.compile(
    r"(^|_)(mrn|mbi|hicn?|ssn|dob|birth|patient|member_?id|bene_id|beneficiary_id)(_|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Ours to theirs. A provider's own columns may stand in a file without counts, and the other way round."""

    name: str
    columns: Mapping[str, str]
    needed: tuple[str, ...] = ("npi", "code", "volume")
    unique: tuple[str, ...] = ()  # a second row with these equal is a duplicate
    years_active: bool = False  # counts run over the years in which the provider was active

    @property
    def counts(self) -> bool:
        return "volume" in self.needed


LAYOUTS = (
    Layout(
        "cms_provider_service",
        {
            "npi": "Rndrng_NPI",
            "last": "Rndrng_Prvdr_Last_Org_Name",
            "first": "Rndrng_Prvdr_First_Name",
            "city": "Rndrng_Prvdr_City",
            "state": "Rndrng_Prvdr_State_Abrvtn",
            "zip": "Rndrng_Prvdr_Zip5",
            "specialty": "Rndrng_Prvdr_Type",
            "code": "HCPCS_Cd",
            "place": "Place_Of_Srvc",
            "volume": "Tot_Srvcs",
        },
        unique=("npi", "code", "place"),
    ),
    Layout(
        "cms_provider_service_2012",
        {
            "npi": "npi",
            "last": "nppes_provider_last_org_name",
            "first": "nppes_provider_first_name",
            "city": "nppes_provider_city",
            "state": "nppes_provider_state",
            "zip": "nppes_provider_zip",
            "specialty": "provider_type",
            "code": "hcpcs_code",
            "place": "place_of_service",
            "volume": "line_srvc_cnt",
        },
        unique=("npi", "code", "place"),
    ),
    Layout(
        "provider_list",
        {
            "npi": "npi",
            "name": "name",
            "specialty": "specialty",
            "city": "city",
            "state": "state",
            "zip": "zip5",
            "latitude": "lat",
            "longitude": "long",
            "years": "years_active",
        },
        needed=("npi", "name", "specialty"),
        unique=("npi",),
    ),
    Layout(
        "provider_hcpcs",
        {"npi": "npi", "code": "hcpcs", "volume": "services"},
        unique=("npi", "code"),
        years_active=True,
    ),
    Layout("provider_year", {"npi": "npi", "year": "year", "services": "total_services"}, needed=("npi", "year")),
)

OUR_COLUMNS = frozenset().union(*(layout.columns for layout in LAYOUTS)) - {"year", "services"}


def refuse_patients(header: Sequence[str], file: str) -> None:
    patient = [name for name in header if PATIENT.search(name.strip().replace(" ", "_"))]
    if patient:
        raise NeedsHuman(
            f'{file}:1: the column "{patient[0]}" speaks of patients. Callplan reads counts by provider only.',
            next_step="Take a file that is summed by provider and procedure, or leave that column out.",
        )


def layout_of(source: ClaimsSource, header: Sequence[str], file: str) -> Layout:
    """The layout that the source names, or the first whose needed columns the header has."""
    refuse_patients(header, file)
    if source.columns:
        return _own(source, header, file)
    if source.layout:
        return _named(source.layout, header, file)
    found = next((layout for layout in LAYOUTS if not _missing(layout, header)), None)
    return found or _refuse(header, file)


def _own(source: ClaimsSource, header: Sequence[str], file: str) -> Layout:
    unknown = [name for name in source.columns if name not in OUR_COLUMNS]
    if unknown:
        raise NeedsHuman(f'{file}: `columns:` has no "{unknown[0]}". It takes: {", ".join(sorted(OUR_COLUMNS))}.')
    needed = ("npi", "code", "volume") if "volume" in source.columns else ("npi",)
    layout = Layout("columns", dict(source.columns), needed=tuple(dict.fromkeys((*needed, *source.columns))))
    _demand(layout, header, file)
    return layout


def _named(name: str, header: Sequence[str], file: str) -> Layout:
    layout = next((layout for layout in LAYOUTS if layout.name == name), None)
    if not layout:
        names = ", ".join(layout.name for layout in LAYOUTS)
        raise NeedsHuman(f'{file}: there is no layout "{name}".', next_step=f"Layouts: {names}.")
    _demand(layout, header, file)
    return layout


def _demand(layout: Layout, header: Sequence[str], file: str) -> None:
    missing = _missing(layout, header)
    if missing:
        close = difflib.get_close_matches(missing[0], header, 1, 0.4)
        near = f' The nearest is "{close[0]}".' if close else f" It has: {', '.join(header)}."
        raise NeedsHuman(
            f'{file}:1: the column "{missing[0]}" is missing.{near}',
            next_step="Name your columns under `columns:` of this source, or take the file as CMS gives it.",
        )


def _missing(layout: Layout, header: Sequence[str]) -> list[str]:
    """A needed column without a name of its own, as `code` where `columns:` leaves it out, misses as itself."""
    names = [layout.columns.get(ours, ours) for ours in layout.needed]
    return [name for name in names if name not in header]


def _refuse(header: Sequence[str], file: str) -> Layout:
    nearest = min(LAYOUTS, key=lambda layout: len(_missing(layout, header)) / len(layout.needed))
    _demand(nearest, header, file)
    raise AssertionError("a layout that misses nothing was refused")
