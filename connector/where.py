"""A filter as people write it, on the command line of `callplan find` and under `assess: where:` alike.

    where: {codes: ["92920-92944"], near: "50309", within: 60min, practice_size: 5-50}

Errors   ValueError, in words that stand after the key or the option
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from callplan.model import Between, Filter

WITHIN = re.compile(r"(\d+(?:\.\d+)?) ?(min|mi)")
POINT = re.compile(r"(-?\d+(?:\.\d+)?) ?, ?(-?\d+(?:\.\d+)?)")
TREND = re.compile(r"([+-]\d+(?:\.\d+)?) ?%")
SHARE = re.compile(r"(\d+(?:\.\d+)?) ?%")
NUMBER = r"\d+(?:\.\d+)?"
SPAN = re.compile(f"({NUMBER})?(-)?({NUMBER})?")


def _like(pattern: str, wanted: str) -> tuple[BeforeValidator, AfterValidator]:
    """Text in capitals that is written so; anything else is refused with what is wanted."""

    def check(written: str) -> str:
        if not re.fullmatch(pattern, written):
            raise ValueError(f'"{written}" is not {wanted}')
        return written

    return BeforeValidator(lambda given: given.strip().upper() if isinstance(given, str) else given), AfterValidator(
        check
    )


def _read_by(read: Callable[[str], object]) -> AfterValidator:
    """Kept as it is written, once it could be read."""

    def check(written: str) -> str:
        read(written)
        return written

    return AfterValidator(check)


def point(near: str) -> tuple[float, float] | None:
    """Latitude and longitude, if it is written as such."""
    found = POINT.fullmatch(near.strip())
    return (float(found[1]), float(found[2])) if found else None


def _near(written: str) -> None:
    if not point(written) and not re.fullmatch(r"\d{5}", written.strip()):
        raise ValueError(f'"{written}" is no ZIP and no point. Write "50309" or "41.59, -93.62".')


def _span(written: str) -> Between:
    found = SPAN.fullmatch(written.strip())
    if not found or not (found[1] or found[3]):
        raise ValueError(f'"{written}" is no number or range. Write 5-50, 5- for at least, -50 for at most.')
    least = float(found[1]) if found[1] else float("-inf")
    most = float(found[3]) if found[3] else float("inf") if found[2] else least
    if least > most:
        raise ValueError(f'"{written}" ends before it begins. Write the smaller number first.')
    return Between(least, most)


def _within(written: str) -> tuple[float, str]:
    found = WITHIN.fullmatch(written.strip())
    if not found:
        raise ValueError(f'"{written}" is no distance. Write 60min or 40mi.')
    return float(found[1]), found[2]


def _trend(written: str) -> float:
    found = TREND.fullmatch(written.strip())
    if not found:
        raise ValueError(f'"{written}" is no change. Write +20% for up by that or more, -20% for down by that or more.')
    return float(found[1]) / 100


def _least(written: str) -> tuple[float, float]:
    if found := SHARE.fullmatch(written.strip()):
        return float(found[1]) / 100, 0.0
    if re.fullmatch(NUMBER, written.strip()):
        return 0.0, float(written)
    raise ValueError(f'"{written}" is no share and no number. Write 20% or 50.')


def _county(written: str) -> str:
    found = re.fullmatch(r"(.+?)(?: County)?, *([A-Za-z]{2})", written.strip())
    if not found:
        raise ValueError(f'"{written}" is not a county. Write it with its state: "Polk, IA".')
    return f"{found[1]}, {found[2].upper()}"


Code = Annotated[
    str, *_like("[A-Z0-9]{5}(-[A-Z0-9]{5})?", 'a procedure code. Write five characters, or a range: "92920-92944".')
]
Category = Annotated[
    str,
    *_like(
        "[A-Z][0-9][A-Z0-9](-[A-Z][0-9][A-Z0-9])?", "a category of ICD-10. Write its three characters, such as I48."
    ),
]
Taxonomy = Annotated[str, *_like("[0-9][0-9A-Z]{1,9}", "a taxonomy, or the first characters of one, such as 207RC.")]
State = Annotated[str, *_like("[A-Z]{2}", "a state. Write its two letters, such as IA.")]
Zip = Annotated[str, *_like("[0-9]{1,5}", 'a ZIP, or the first digits of one. Write it in quotes: "503".')]
County = Annotated[str, AfterValidator(_county)]
Range = Annotated[str, _read_by(_span)]
Distance = Annotated[str, _read_by(_within)]
Change = Annotated[str, _read_by(_trend)]
Least = Annotated[str, _read_by(_least)]
Near = Annotated[str, _read_by(_near)]


class Where(BaseModel):
    """Which providers are wanted. Every key that is given must hold; of several entries of a key one is enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    codes: tuple[Code, ...] = Field((), description="Procedures on file: codes or ranges, quoted.")
    volume: Range | None = Field(None, description="Procedures a year of those codes, or of the families: 50-, 50-500.")
    diagnoses: tuple[Category, ...] = Field((), description="ICD-10 categories on file, such as I48; claim lines only.")
    diagnosis_least: Least | None = Field(None, description="Of the volume, for these: a share, 20%, or a number, 50.")
    specialties: tuple[str, ...] = Field((), description="As the claims spell them.")
    taxonomies: tuple[Taxonomy, ...] = Field((), description="Of the NPI registry, or their first characters.")
    states: tuple[State, ...] = ()
    zips: tuple[Zip, ...] = Field((), description="ZIPs or their first digits, quoted.")
    counties: tuple[County, ...] = Field((), description='Such as "Polk, IA".')
    near: Near | None = Field(None, description='A ZIP, quoted, or a point: "41.59, -93.62".')
    within: Distance | None = Field(None, description="Of `near`: 40mi as the crow flies, or 60min by road, estimated.")
    practice_size: Range | None = Field(None, description="Clinicians of the practice: 5-50, 5-, -50.")
    trend: Change | None = Field(None, description="Volume against `before`: +20% or more, -20% or less.")
    before: tuple[str, ...] = Field((), description="Earlier claims, or totals by provider and year.")
    affiliation: str | None = Field(None, min_length=1, description="An organisation's id, or part of its name.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Keys that need one another."""
        if bool(self.near) != bool(self.within):
            raise ValueError("`near` and `within` go together. Write both, such as 50309 and 60min.")
        if bool(self.trend) != bool(self.before):
            raise ValueError("`trend` and `before` go together: a change is against an earlier file. Name the file.")
        if self.diagnosis_least and not self.diagnoses:
            raise ValueError("`diagnosis_least` says how much of what. Write `diagnoses` too.")
        return self

    def filter(self) -> Filter:
        amount, unit = _within(self.within) if self.within else (None, "")
        share, number = _least(self.diagnosis_least) if self.diagnosis_least else (0.0, 0.0)
        return Filter(
            codes=self.codes,
            volume=_span(self.volume) if self.volume else None,
            diagnoses=self.diagnoses,
            diagnosis_share=share,
            diagnosis_volume=number,
            specialties=self.specialties,
            taxonomies=self.taxonomies,
            states=self.states,
            zips=self.zips,
            counties=self.counties,
            near=self.near or "",
            within_miles=amount if unit == "mi" else None,
            within_minutes=amount if unit == "min" else None,
            practice_size=_span(self.practice_size) if self.practice_size else None,
            trend=_trend(self.trend) if self.trend else None,
            affiliation=self.affiliation or "",
        )
