"""What is on file of providers: claims, registry, affiliations, payments. Patients never get this far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from callplan.model.words import Columns, Counts, Days, Marks, Numbers, Texts


@dataclass(frozen=True, slots=True)
class Span:
    """Of what sort and over how many months the counts of a vintage are, so that only likes are compared.

    Units    months counted, 12 where no source says otherwise; `last` of them as 2026-09, "" where no source says it
    """

    sources: tuple[str, ...] = ()  # the layouts that hold counts
    months: float = 12.0
    last: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """One vintage of claims, summed to provider and code. Patients never get this far.

    Shapes   npi .. longitude (n,), one provider each; provider, code, volume (m,), one line each, where
             `provider` is the index of the line's provider in the first group
    Units    volume in procedures per 12 months; degrees, NaN where the source has no place
    Source   a provider or a cell that is absent had fewer than 11 patients (CMS), which is not zero
    """

    npi: Texts
    name: Texts
    specialty: Texts
    city: Texts
    state: Texts
    zip: Texts
    latitude: Numbers
    longitude: Numbers
    provider: Counts
    code: Texts
    volume: Numbers
    vintage: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Indications:
    """For what it was done, from claim lines; only cells with 11 patients or more, and no patient in them.

    Shapes   all (n,): one provider, procedure, diagnosis family (ICD-10 category) and twelve months each
    Units    volume in procedures of the twelve months that begin with `since`
    """

    npi: Texts
    code: Texts
    diagnosis: Texts
    since: Days
    volume: Numbers


class Source(Protocol):
    """Whom to ask about claims: files that were read, or a warehouse."""

    def distinct(self, table: str, column: str) -> Sequence[str]:
        """Every text that occurs there, once."""
        ...

    def answer(self, question: Any, rules: Mapping[str, Columns]) -> Columns:
        """What an Ibis expression of `question` gives, with the rules as tables."""
        ...


Over = Callable[[Claims, Indications | None], Source]


@dataclass(frozen=True, slots=True)
class Registry:
    """Who is enumerated, as NPPES says.

    Shapes   all (n,), one NPI each, in order; entity 1 a person, 2 an organisation, 0 blank, as NPPES leaves it once
             an NPI is deactivated; taxonomy is the primary one
    Units    days, NaT where there is none; `deactivated` is NaT again after a reactivation
    """

    npi: Texts
    entity: Counts
    taxonomy: Texts
    state: Texts
    zip: Texts
    enumerated: Days
    deactivated: Days


@dataclass(frozen=True, slots=True)
class Affiliations:
    """Who works where and for whom. A provider has a row for each pair of organisation and address.

    Shapes   npi, organisation, address (n,); organisation_id .. size (m,), to which `organisation` is an index;
             street .. zip (k,), to which `address` is one
    Units    size in clinicians, NaN where unknown; `sort` is "practice", or what kind of facility as CMS says
    """

    npi: Texts
    organisation: Counts
    address: Counts
    organisation_id: Texts  # PECOS associate control id of a practice, certification number of a facility
    organisation_name: Texts
    sort: Texts
    size: Numbers
    street: Texts
    city: Texts
    state: Texts
    zip: Texts


@dataclass(frozen=True, slots=True)
class Payments:
    """What makers paid to clinicians, summed to clinician, maker, program year, and whether it was for meals.

    Shapes   profile .. last (n,), one sum each; maker is an index to maker_id and maker_name (m,)
    Units    amount in US dollars; payments counted; `last` the day of the last
    """

    profile: Texts  # Open Payments' own number of the clinician
    npi: Texts  # empty before 2021, when it was not published
    maker: Counts
    year: Counts
    meals: Marks  # food and beverage, or for nothing that is said; never of one who owns a part of the maker
    amount: Numbers
    payments: Counts
    last: Days
    maker_id: Texts
    maker_name: Texts
    newest: int = 0  # program year on file, of whomever
    nameless: int = 0  # payments that name no NPI, of whomever
