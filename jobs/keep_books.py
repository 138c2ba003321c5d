"""Write down whose each account is, so that pages need not work it out."""

from __future__ import annotations

from callplan.model import Npi
from connector.contract import CrmId
from connector.run import Run
from connector.store.books import Held
from connector.store.journal import Tally


def keep_books(run: Run) -> Tally:
    """Keep whose each account is, by owner or territory, for pages and the API."""
    roster, found = run.matched()
    rep = run.territories.align(roster).rep
    rows = found.rows.tolist()
    held = {Npi(roster.npi[row]): Held(CrmId(roster.id[row]), str(rep[row]).lower()) for row in rows}
    return {"changed_hands": run.store.books.keep(held)}
