"""What does not fit between the CRM and the claims, and what a person is asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callplan.model.words import Texts


class Sort(StrEnum):
    NPI = "npi"  # an account without a usable NPI: whose it could be
    KEEP = "keep"  # several accounts carry one NPI: which of them is to stand for it
    DUPLICATE = "duplicate"  # an account that is perhaps another one once more
    SEVERAL = "several"  # one account for several providers
    VISIT = "visit"  # an interaction on no account that counts: at which it perhaps was
    ABSENT = "absent"  # an NPI of the inputs that no account has


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A record, and what it should stand or count for; nothing comes of it until a person accepts it.

    Units    confidence 0 to 100, measured (docs/how-to/unmatched-records.md); 0 where nothing is suggested
    """

    sort: Sort
    record: str  # account, interaction, or for ABSENT an NPI
    to: str  # NPI or account; "" where nothing is suggested
    confidence: int
    evidence: str
    own: str = ""  # what the CRM says itself: the NPI as typed, or the interaction's account


@dataclass(frozen=True, slots=True)
class Listed:
    """Who is on file, accounts or providers. Texts are "" where nothing is on file.

    Shapes   all (n,)
    """

    id: Texts  # account or NPI
    name: Texts
    city: Texts
    state: Texts
    zip: Texts
    specialty: Texts
