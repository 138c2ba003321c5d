"""From which day on each account is quiet: by plain recency, or by its own rhythm where the config says so.

The model asks for the days of each account and not for its mails, of which a conversation has several a day. So it is
given every touch from its side, by the calendar there; plain recency does with the last and their number.
"""

from __future__ import annotations

import numpy as np

from callplan.model import Counts, Days, QuietModel
from callplan.relationship import quiet_on
from callplan.rhythm import Heard, heard, quiet_by_model
from callplan.touches import Seen
from connector.run import Run
from connector.store import Store
from connector.store.days import local_days
from connector.sync.book import Book
from jobs._touches import Asked


def quiet_since(run: Run, book: Book, known: Seen) -> tuple[Counts, Days]:
    """How often each was heard of, and from which day on it is quiet."""
    rules = run.config.cold.relationship.rules()
    if rules.model is QuietModel.BG_NBD:
        of = heard_of(run.store, Asked.by(run), book)
        found = quiet_by_model(of, rules, run.today)
        if found.since is not None:
            return of.days, found.since
        run.announce(found.why_not)
    return known.inbounds, quiet_on(known.inbound, rules)


def heard_of(store: Store, asked: Asked, book: Book) -> Heard:
    """By what counts from the side of an account of its tier."""
    found = list[tuple[Counts, Days]]()
    for rules in dict.fromkeys(asked.inbound.values()):
        each = store.touches.each(rules, asked.before())
        row, tiers = book.rows_of(each.account), [tier.value for tier in asked.inbound if asked.inbound[tier] == rules]
        ours = np.flatnonzero(row >= 0)
        ours = ours[np.isin(book.tier[row[ours]], tiers)]
        found.append((row[ours], local_days(each.at[ours], asked.zone)))
    account, day = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return heard(account, day, len(book.npi))
