"""The pages, a module each: it reads a bounded part of the store and fills a template of its own name.

cold.py         accounts that are flagged as going cold
matches.py      what fits no account or no provider
challenges.py   what people wrote where the plan says something else
setup.py        the mapping, checked against the CRM
coverage.py     how the weeks went, as charts
runs.py         what the nights did and what waits for a person; run.py one of them, undo.py that one taken back
plan.py         what tonight would write, and its approval
"""

from connector.host.web.pages import challenges, cold, coverage, matches, plan, run, runs, setup, undo
from connector.host.web.pages.blueprint import blueprint

__all__ = ["blueprint", "challenges", "cold", "coverage", "matches", "plan", "run", "runs", "setup", "undo"]
