"""What should be true of a territory: who deserves a visit, when, and who is going cold.

Pure rules over columns, places and dates. Nothing here knows a CRM, a database, a network, a clock or chance, so that
the same input gives the same plan, and a reason for it.

    model.py      the words
    assess.py     three gates: relevance, volume, access
    tiers.py      A, B, C by what a rep can hold, with a band
    cold.py       which touches count, how long an account has been silent, the flag
    week.py       the ordered week, in which Tier A slots do not move
    comparison.py territories side by side
    territory.py  how they should be cut, by balance.py, places.py and pairing.py
"""
