"""Write down whose each account and flag is, where it lies, what the week has come to: pages do not work it out."""

from __future__ import annotations

from callplan.model import Npi
from connector.contract import CrmId
from connector.run import Run
from connector.store.books import Held, sought
from connector.store.journal import Tally
from jobs._spots import map_of


def keep_books(run: Run) -> Tally:
    """Keep whose each account is, by owner or territory, and the counts of the week, for pages and the API."""
    roster, found = run.matched()
    rep = run.territories.align(roster).rep
    rows = found.rows.tolist()
    held = {
        Npi(roster.npi[row]): Held(CrmId(roster.id[row]), str(rep[row]).lower(), sought(str(roster.name[row])))
        for row in rows
    }
    hands = run.store.books.differing(held)
    places = run.store.spots.differing(map_of(run, roster, rep, found.rows))
    with run.store.together() as store:
        changed = store.books.write(hands)
        store.flags.follow(run.today)
        store.waits.keep()
        store.tallies.keep(run.today)
        store.spots.write(places)
    return {"changed_hands": changed}
