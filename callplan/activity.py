"""What the claims say of an account lately: steady, or down. Never "lost": claims tell what was billed, not why not.

The claims of a vintage are one total of so many months, so the last mature period is the vintage and the one before is
the last that it was compared with (callplan.signals): as long, of the same sort of files, counting the same procedures,
and its newest months as incomplete. An unripe month is never held against ripe ones.

Shapes   accounts (n,); volumes NaN where not known
Units    procedures in 12 months
Source   docs/decisions/0024-three-states-and-a-flag-with-a-life.md; CMS: no count of fewer than 11 is told
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from callplan.gates import FEWEST, shown
from callplan.model import Activity, ActivityRules, Event, Marks, Npi, Numbers, Signal, Texts

DECLINES = (Event.VOLUME_DOWN, Event.LEFT_CLAIMS)


def is_down(signal: Signal, rules: ActivityRules) -> bool:
    """Absent from the claims is fewer than 11, so that less than 22 before is no decline that shows."""
    if signal.event not in DECLINES:
        return False
    before = float(signal.before)
    after = float(signal.after) if signal.event is Event.VOLUME_DOWN else FEWEST
    return before >= rules.least and after < rules.share * before


def declines(signals: Iterable[Signal], rules: ActivityRules) -> dict[Npi, str]:
    """By account, what it rests on."""
    return {signal.npi: _said(signal) for signal in signals if is_down(signal, rules)}


def _said(signal: Signal) -> str:
    if signal.event is Event.VOLUME_DOWN:
        return signal.text
    return f"absent from the claims, with {shown(float(signal.before))} procedures a year before"


def activity(volume: Numbers, down: Marks, *, compared: bool) -> Texts:
    """`compared`: whether the vintage could be compared with one before."""
    known = ~np.isnan(volume) & compared
    return np.select([down, known], [Activity.DOWN.value, Activity.STEADY.value], Activity.NOT_KNOWN.value)
