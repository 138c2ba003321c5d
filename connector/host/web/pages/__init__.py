"""The pages, a module each: it reads a bounded part of the store and fills a template of its own name.

cold.py         accounts that are flagged as going cold
matches.py      what fits no account or no provider
challenges.py   what people wrote where the plan says something else
setup.py        the mapping, checked against the CRM
coverage.py     how the weeks went, as charts
runs.py         what the nights did and what waits for a person; run.py one of them, undo.py that one taken back
plan.py         what tonight would write, and its approval
account.py      one account, and how it is found; account_history.py is what became of it
territory.py    the map: who is where, how dense, what is in reach
week.py         a rep's days, and the files to take along
"""

from connector.host.web.pages import (
    account,
    challenges,
    cold,
    coverage,
    matches,
    plan,
    run,
    runs,
    setup,
    territory,
    undo,
    week,
)
from connector.host.web.pages.blueprint import blueprint

__all__ = [
    "account",
    "blueprint",
    "challenges",
    "cold",
    "coverage",
    "matches",
    "plan",
    "run",
    "runs",
    "setup",
    "territory",
    "undo",
    "week",
]
