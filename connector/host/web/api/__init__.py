"""What programs ask: trigger and watch runs, read flags and call lists. Under /api/v1, by a token, as JSON.

declare.py    a route as code declares it, and everything that holds for all of them
bearer.py     whose token it is, and how often somebody may guess
models.py     what is asked and answered, as models; openapi.py the document that is made of them
cursors.py    where the next page begins
problems.py   what cannot be answered
nights.py     trigger a night and watch it; runs.py is what came of it
plan.py       flags, call lists, accounts
"""

from connector.host.web.api import nights, openapi, plan, runs
from connector.host.web.api.declare import blueprint

__all__ = ["blueprint", "nights", "openapi", "plan", "runs"]
