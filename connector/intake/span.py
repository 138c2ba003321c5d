"""Of what sort and over how many months the counts of a vintage are.

Claim lines say it by their days. Of files that are summed by the year, CMS tells the year in the name alone; one that
does not, counts a year that nobody names, or the `years` that the config says. Two years' files side by side are two
years, which is how a file that was left in the folder is noticed.

Units    months; the last one as 2026-09
Source   CMS, names of Physician & Other Practitioners files: ..._D24_Prov_Svc.csv holds the services of 2024
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from callplan.model import Span
from connector.intake.layouts import Layout
from connector.intake.lines import Lines

YEAR = re.compile(r"_DY?(\d\d)_", re.IGNORECASE)
A_YEAR = 12


@dataclass
class Covered:
    """What has been read so far of files that hold counts."""

    sources: set[str] = field(default_factory=set)
    named: set[int] = field(default_factory=set)  # years that names tell
    years: float = 1.0

    def take(self, layout: Layout, name: str, years: float | None) -> None:
        if not layout.counts:
            return
        self.sources.add(layout.name)
        self.years = max(self.years, years or 1.0)
        if found := YEAR.search(name):
            self.named.add(2000 + int(found[1]))

    def span(self, lines: Lines) -> Span:
        months, last = A_YEAR * max(self.years, float(len(self.named))), f"{max(self.named)}-12" if self.named else ""
        if covered := lines.months():
            months, last = min(A_YEAR, len(covered)), covered[-1]
        return Span(tuple(sorted(self.sources)), months, last)
