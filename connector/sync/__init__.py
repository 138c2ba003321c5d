"""Making the CRM say what the plan says, and hearing what it says back.

    pull.py         read what changed, page by page, and never lose the place
    match.py        which account of the CRM is which provider
    territories.py  whose account it is: its owner's, or that of the territory it lies in
    wanted.py       what each record should hold, in the CRM's own names
    diff.py         wanted against what is there and what we last wrote: only the fields that differ
    guard.py        numbers that stop a night before its first write
    push.py         announce, send, settle
    undo.py         what a run wrote, taken back where nobody changed it since
    patience.py     how long to wait for a busy CRM

Clock, network, store and randomness come in as arguments; nothing here imports them, so a whole night can run
under a virtual clock in one process.
"""
