"""What pages and the API ask of the store: questions whose cost does not grow with the number of accounts.

Each takes a connection of `Database.reading`, which waits for no night that writes; each tells at most a page of rows,
in the order of an index, and where the next page begins.
    sees.py   whose accounts somebody may see, as a condition that every question takes
    cold.py   accounts that are flagged as going cold
    matches.py, challenges.py   what waits for a person to decide
    coverage.py   how the weeks went
    runs.py   what the nights did, changed and could not, and what is due
    plan.py   a plan, or what of a run would go back, as it was made to be looked at
    paging.py a page of rows that fit where no index knows it
    cold.py   accounts that are flagged as going cold, and what stands beside them
    account.py   one account, and how it is found; history.py is what became of it
    api/      what the API tells; health.py what became of runs and what waits, in numbers
"""
