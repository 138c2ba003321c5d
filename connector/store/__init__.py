"""What Callplan remembers: the mirror of the CRM, the plan, and the journal of what it sent.

One database for all CRMs, every row marked with its CRM; SQLite by default, PostgreSQL by URL.
    database.py   opening, upgrading, transactions, the lock that keeps two nights apart
    mirror.py     accounts and interactions as last read, and how far reading has come
    looks.py      what is to be asked for by name, and how far the week's look has come
    marks.py      what the CRM's own notices say to look at
    plan.py       assignments (tiers), coverage (touch states and flags), call lists
    slots.py      what became of the slots of each week
    flags.py      flags and logging gaps: when each was raised, and by what it ended
    logs.py       each rep's last sign of life, and who touched an account
    sides.py      the plan beside the mirror: which accounts may say something else than planned
    journal.py    runs, intended changes and their outcomes, the ledger of what we last wrote
    bookings.py   visits in reps' calendars: what we booked, and what the CRM says of it now
    todos.py      tasks in the CRM, one a flag
    hashes.py     how a million rows are compared without loading them
    nights.py     scheduled nights, and the leases of the workers that run them
    books.py      whose each account is, as the last night found it
    waits.py      how many accounts wait for a flag, and why, as the last night found it
    sessions.py   who is logged in to the pages
    tokens.py     who may ask the API
    reads/        what pages and the API ask
    overrides.py  edits of people that are proposed to stay, and what a manager said of them
    matches.py    the unmatched queue, and what people said of it; standing.py is what the accepted mean tonight
    meter.py      how many calls the CRM was asked today
    keep.py       what an adapter wants to find again after a crash
    drives.py     what a routing engine has told of drives
    audit.py      who changed what, in a file beside the database, each line chained to the one before
    archive.py    the whole store in one file, and restore.py puts it back
    trouble.py    what a database says when it cannot go on, in our words
    tables.py     the columns; migrations/ brings an older database up to them
"""

from connector.store.database import Database, Store, open_database

__all__ = ["Database", "Store", "open_database"]
