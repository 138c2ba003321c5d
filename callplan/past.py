"""Going cold, tried on a log of the past: how long silences last, what alerts on them were worth, what told of silence.

Source   docs/how-to/evaluate-going-cold.md
"""

from __future__ import annotations

from datetime import date

import numpy as np

from callplan.alerts import back_test_alerts
from callplan.lasting import coverage
from callplan.model import EVERYBODY, ColdTest, ColdTestRules, Log, Marks, QuietTest, QuietTestRules
from callplan.quiet import back_test_quiet
from callplan.silences import silences


def look_back(log: Log, counted: Marks, until: date, rules: ColdTestRules, draw: np.random.Generator) -> ColdTest:
    """What the rep's own touches tell: `counted` are those that end a silence."""
    by_tier = set(rules.cadence) != {EVERYBODY}
    ours = silences(log, counted, until, by_tier=by_tier)
    others = silences(log, np.ones(len(counted), dtype=np.bool_), until, by_tier=by_tier)
    return ColdTest(
        of_any=coverage(others, rules, draw),
        of_counted=() if counted.all() else coverage(ours, rules, draw),
        alerts=tuple(back_test_alerts(log, ours, others, until, rules, draw)),
    )


def listen(log: Log, counted: Marks, until: date, rules: QuietTestRules, draw: np.random.Generator) -> QuietTest:
    """What touches that the accounts begin themselves tell."""
    by_tier = bool((log.tier != "").any())
    return back_test_quiet(silences(log, counted, until, by_tier=by_tier), until, rules, draw)
