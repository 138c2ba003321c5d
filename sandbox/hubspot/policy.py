"""What a portal's administrators, its subscription and HubSpot's own changes decide: switches for tests.

Source   developers.hubspot.com, "CRM API write validation enforcement", "Merge records", "CRM search"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """A property that must have a value; with `when`, only where another one has one of these."""

    kind: str
    name: str
    when: tuple[str, frozenset[str]] | None = None


@dataclass
class Policy:
    rules: list[Rule] = field(default_factory=list)
    rules_on_every_update: bool = False  # or only for what an update clears; which of the two is not documented
    property_lag: timedelta = timedelta(0)  # until a new property is there
    search_lag: timedelta = timedelta(0)  # until a change is found
    search_lag_reads: int = 0  # the same, in searches of the type
    keep_primary_id: bool = False  # the beta "Primary ID Preservation for Merged Records"
    follow_merged: bool = True  # an id that was merged away still leads to its survivor when it is read
    merges_most: int = 250
    properties_most: int = 1_000  # custom ones, of one object
    unique_most: int = 10
    records_most: int = 15_000_000
    links_on_page: int = 500  # of one record in a batch read

    def require(self, kind: str, name: str, when: tuple[str, str] | None = None) -> None:
        self.rules.append(Rule(kind, name, (when[0], frozenset(when[1].split(";"))) if when else None))
