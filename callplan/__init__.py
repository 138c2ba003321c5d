"""What should be true of a territory: who deserves a visit, when, and who is going cold.

Pure rules over columns, places and dates. Nothing here knows a CRM, a database, a network, a clock or chance, so that
the same input gives the same plan, and a reason for it.

    model/        the words
    assess.py     four gates, and a score inside the specialty; measure.py is what the claims are asked
    find.py       who fits a filter, best first
    signals.py    what moved from one vintage to the next
    tiers.py      A, B, C by what a rep can hold, with a band; moves.py, how fast; reasons.py, why
    evaluate.py   what such a cut would have done on past periods
    cold.py       which touches count, how long an account has been silent, the flag
    week.py       the ordered week, in which Tier A slots do not move
    comparison.py territories side by side
    territory.py  how they should be cut, by balance.py, places.py and pairing.py
"""
