#!/usr/bin/env python
"""A year of whole nights under a virtual clock, month by month: bench/year.py [NIGHTS]

Two reps with eighty accounts each work down their lists, miss and put off visits, log some days late, go on leave; one
logs nothing for four weeks, the feed breaks off twice, managers dismiss flags, tiers change by the quarter
(tests/nights/year.py). It fails where a flag ended or began anew without a touch, a tier or a dismissal between, and
where a manager heard of more new flags a day than is set.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.nights.year import NIGHTS, PER_DAY, Month, Year

ACCOUNTS = 160
COLUMNS = tuple(Month.__dataclass_fields__)


def main(nights: int) -> None:
    with TemporaryDirectory() as folder:
        year = Year(Path(folder), ACCOUNTS, full=True).live(nights)
        months, most = year.months(), year.most_in_a_day()
        unjust, flapping = year.unjustified(), year.flapping()
    print("| month | " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " ---: |" * len(COLUMNS))
    for name, month in months.items():
        print(f"| {name} | " + " | ".join(str(getattr(month, column)) for column in COLUMNS) + " |")
    print(f"\n{nights} nights; {len(unjust)} flags ended without a reason, {len(flapping)} flapped;")
    print(f"at most {most} new ones a manager in a day, where {PER_DAY} are allowed.")
    if unjust or flapping or most > PER_DAY:
        sys.exit(f"not so: {unjust} {flapping} {most}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else NIGHTS)
