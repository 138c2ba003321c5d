"""Which accounts are served without visits, and why: what the week's list leaves out, and what is told of them.

Minutes are estimated, also where the week has an engine's: whether an account is driven to must not depend on whether
an engine answered tonight.
"""

from __future__ import annotations

import numpy as np

from callplan.model import Counts, Npi, Texts, Tier
from callplan.thin import why_thin
from connector.roads.estimate import drive_minutes, roads_of
from connector.run import Run
from connector.sync.book import Book


def thin_regions(run: Run, book: Book) -> dict[Npi, str]:
    """By account, the clause that says why; one whose place is not known is driven to."""
    mapped = np.isin(book.tier, (Tier.A.value, Tier.B.value)) & ~np.isnan(book.latitude + book.longitude)
    found: dict[Npi, str] = {}
    for rep in sorted(set(book.owner[mapped].tolist()) - {""}):
        rows = np.flatnonzero(mapped & (book.owner == rep))
        said = zip(book.npi[rows].tolist(), _said(run, rep, book, rows).tolist(), strict=True)
        found |= {Npi(npi): why for npi, why in said if why}
    return found


def _said(run: Run, rep: str, book: Book, rows: Counts) -> Texts:
    home = run.home(rep) or book.of(rows).middle()
    latitude, longitude = np.append(home.latitude, book.latitude[rows]), np.append(home.longitude, book.longitude[rows])
    minutes = drive_minutes(latitude, longitude, roads_of(run.config.roads))
    return why_thin(minutes, book.tier[rows], run.config.channel.rules().thin)
