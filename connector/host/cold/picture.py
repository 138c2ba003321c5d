"""An answer of `callplan evaluate cold` as a picture: the longer the silence before an alert, the more of them right.

A chart for each tier with both sorts of touches, and one with the weekly alerts of the rule and its rivals; for
--inbound, the clues one below the other. In the style of plot.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from callplan.model import EVERYBODY, LOST, AlertScore, Coverage, Estimate, Rule
from connector.host.cold.asked import Answer
from connector.host.cold.told import sorts, title
from connector.host.cold.words import notes
from connector.host.plot import BOTTOM, HIGH, LEFT, RIGHT, TOP, WIDE, sheet

BLUE, BROWN, RED = "#0072b2", "#8a6d3b", "#d55e00"


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    colour: str
    points: Sequence[tuple[float, Estimate]]  # threshold, and a share
    dashed: bool = False


def draw_answer(found: Answer) -> str:
    charts = ["".join(_chart(name, lines)) for name, lines in _charts(found)]
    if found.quiet:
        charts = ["".join(_clues(found))]
    return sheet(charts, title(found), "", notes(found))


def _charts(found: Answer) -> Iterator[tuple[str, list[Line]]]:
    counted = list(sorts(found))
    for tier in found.cadence:
        lines = [
            _kept(what, colour, each)
            for (what, tiers), colour in zip(counted, (BROWN, BLUE), strict=False)
            for each in tiers
            if each.tier == tier
        ]
        if lines:
            yield f"{tier}: alerts that are right, %", lines
    alerts = [score for score in found.cold.alerts if score.tier == EVERYBODY] if found.cold else []
    if alerts:
        yield "all tiers, weekly: right, and (dashed) found, %", list(_weekly(alerts))


def _weekly(alerts: Sequence[AlertScore]) -> Iterator[Line]:
    for rule, colour in zip(Rule, (BLUE, RED, BROWN), strict=True):
        scores = [score for score in alerts if score.rule is rule]
        if scores:
            yield Line(rule.value, colour, [(score.at, score.precision) for score in scores])
            yield Line("", colour, [(score.at, score.recall) for score in scores], dashed=True)


def _kept(what: str, colour: str, of: Coverage) -> Line:
    return Line(what, colour, [(point.at, point.precision) for point in of.points])


def _x(at: float) -> float:
    return LEFT + at / LOST * (WIDE - LEFT - RIGHT)


def _y(share: float) -> float:
    return HIGH - BOTTOM - share * (HIGH - TOP - BOTTOM)


def _chart(name: str, lines: Sequence[Line]) -> Iterator[str]:
    yield f'<text class="title" x="{LEFT}" y="28">{escape(name)}</text>'
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield f'<path d="M{LEFT} {_y(share):.1f}H{WIDE - RIGHT}" stroke="#e3e8eb"/>'
        yield (f'<text class="faint" x="{LEFT - 8}" y="{_y(share) + 4:.1f}" text-anchor="end">{100 * share:.0f}</text>')
    for at in (0.0, 0.5, 1.0, 1.5, LOST):
        yield f'<text class="faint" x="{_x(at):.1f}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{at:g}</text>'
    yield (
        f'<text class="faint" x="{WIDE - RIGHT}" y="{HIGH - BOTTOM + 38}" text-anchor="end">'
        "silence at the alert, in cadences</text>"
    )
    for line in lines:
        yield from _line(line)
    for at, line in enumerate(line for line in lines if line.name):
        y = HIGH - BOTTOM - 8 - 16 * at
        yield f'<text x="{LEFT + 8}" y="{y}" style="fill:{line.colour}">{escape(line.name)}</text>'


def _line(line: Line) -> Iterator[str]:
    shown = [(at, share) for at, share in line.points if not math.isnan(share.value)]
    dashes = ' stroke-dasharray="4 4"' if line.dashed else ""
    path = " ".join(f"{_x(at):.1f},{_y(share.value):.1f}" for at, share in shown)
    stroke = f'stroke="{line.colour}" stroke-opacity=".35" stroke-width="2"{dashes}'
    yield f'<polyline points="{path}" fill="none" {stroke}/>'
    for at, share in shown:
        if not math.isnan(share.low):
            ends = f"M{_x(at):.1f} {_y(share.low):.1f}V{_y(share.high):.1f}"
            yield f'<path d="{ends}" stroke="{line.colour}" stroke-opacity=".45"/>'
        yield f'<circle cx="{_x(at):.1f}" cy="{_y(share.value):.1f}" r="4.5" fill="{line.colour}"/>'


def _clues(found: Answer) -> Iterator[str]:
    """AUC from 0.5, which knows nothing, to 1; or from 0, where a clue has the accounts in the wrong order."""
    clues = found.quiet.clues if found.quiet else ()
    least = 0.0 if any(min(clue.auc.value, clue.auc.low) < 0.5 for clue in clues) else 0.5

    def x(auc: float) -> float:
        return LEFT + (auc - least) / (1 - least) * (WIDE - LEFT - RIGHT)

    yield f'<text class="title" x="{LEFT}" y="28">Who stays silent for {found.silent_for} days: AUC</text>'
    for tick in (least + step * (1 - least) / 5 for step in range(6)):
        yield f'<path d="M{x(tick):.1f} {TOP}V{HIGH - BOTTOM}" stroke="#e3e8eb"/>'
        yield f'<text class="faint" x="{x(tick):.1f}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{tick:g}</text>'
    for at, score in enumerate(clues):
        y, auc = TOP + 50 + 60 * at, score.auc
        yield f'<text x="{LEFT}" y="{y - 14}">{escape(score.clue.value)}</text>'
        if not math.isnan(auc.low):
            yield f'<path d="M{x(auc.low):.1f} {y}H{x(auc.high):.1f}" stroke="{BLUE}" stroke-opacity=".45"/>'
        if not math.isnan(auc.value):
            yield f'<circle cx="{x(auc.value):.1f}" cy="{y}" r="4.5" fill="{BLUE}"/>'
            yield f'<text class="faint" x="{x(auc.value) + 10:.1f}" y="{y + 18}">{auc.value:.3f}</text>'
