"""An evaluation as a picture: calm to the left, value upward, a small chart for each group.

Plain SVG with nothing fetched, so that it opens in a browser and goes into a slide. The first list, kept for ever,
is mostly far below the rest; it is then marked at the lower edge with its figure, and the rest keeps its room.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from callplan.model import Estimate, Policy, Score

WIDE, HIGH = 440, 320  # of one chart, with its margins
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 52, 52
BANDS = "#0072b2"
COLOURS = {
    Policy.PLAIN: "#3d4852",
    Policy.BAND: BANDS,
    Policy.PLACES: BANDS,
    Policy.LATE: "#d55e00",
    Policy.FIRST: "#8a6d3b",
}
STYLE = "text{font:12px system-ui,sans-serif;fill:#26323a}.title{font-weight:600;font-size:14px}.faint{fill:#66757f}"


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    score: Score
    in_use: bool


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    points: tuple[Point, ...]


def draw(charts: Sequence[Chart], title: str, notes: Sequence[str]) -> str:
    legend = "".join(_legend(charts[0], 2 * WIDE - RIGHT))
    return sheet(["".join(_chart(chart)) for chart in charts], title, legend, notes)


def sheet(charts: Sequence[str], title: str, legend: str, notes: Sequence[str]) -> str:
    """Charts of one size side by side, two in a row, and below them how they are to be read."""
    columns = min(2, len(charts))
    rows = -(-len(charts) // columns)
    width, charted = max(columns * WIDE, 2 * WIDE), 40 + rows * HIGH
    height = charted + 18 * len(notes) + 24
    parts = [f'<text class="title" x="24" y="28">{escape(title)}</text>', legend]
    for at, inside in enumerate(charts):
        down, across = divmod(at, columns)
        parts.append(f'<g transform="translate({across * WIDE},{40 + down * HIGH})">{inside}</g>')
    for at, note in enumerate(notes):
        parts.append(f'<text class="faint" x="24" y="{charted + 18 * (at + 1)}">{escape(note)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title, quote=True)}"><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """From changes and capture to the place in a chart."""

    most: float
    lowest: float
    highest: float

    def x(self, changes: float) -> float:
        return LEFT + changes / self.most * (WIDE - LEFT - RIGHT)

    def y(self, capture: float) -> float:
        return HIGH - BOTTOM - (capture - self.lowest) / (self.highest - self.lowest) * (HIGH - TOP - BOTTOM)


def _chart(chart: Chart) -> Iterator[str]:
    scale = _scale(chart)
    yield f'<text class="title" x="{LEFT}" y="28">{escape(chart.title)}</text>'
    yield from _axes(scale)
    line = [point.score for point in chart.points if point.score.policy in (Policy.PLAIN, Policy.BAND)]
    path = " ".join(f"{scale.x(s.changes.value):.1f},{scale.y(s.capture.value):.1f}" for s in line)
    yield f'<polyline points="{path}" fill="none" stroke="{BANDS}" stroke-opacity=".35" stroke-width="2"/>'
    for point in chart.points:
        yield from _point(point, scale)


def _scale(chart: Chart) -> Scale:
    shown = [point.score for point in chart.points if not math.isnan(point.score.changes.value)]
    near = [score for score in shown if score.policy is not Policy.FIRST]
    low = min(_ends(score.capture)[0] for score in near)
    high = max(_ends(score.capture)[1] for score in near)
    most = max(_ends(score.changes)[1] for score in near)
    return Scale(math.ceil(most + 0.5), math.floor(low - 0.5), max(math.ceil(high), math.floor(low - 0.5) + 1))


def _axes(scale: Scale) -> Iterator[str]:
    bottom, right = HIGH - BOTTOM, WIDE - RIGHT
    for capture in _ticks(scale.lowest, scale.highest):
        y = scale.y(capture)
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e3e8eb"/>'
        yield f'<text class="faint" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{capture:g}</text>'
    for changes in _ticks(0, scale.most):
        x = scale.x(changes)
        yield f'<text class="faint" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{changes:g}</text>'
    yield f'<path d="M{LEFT} {bottom}H{right}" stroke="#9aa5ab"/>'
    yield f'<text class="faint" x="{LEFT}" y="{TOP - 8}">next period’s value held, % of hindsight</text>'
    yield f'<text class="faint" x="{right}" y="{bottom + 38}" text-anchor="end">changes per 100 accounts a year</text>'


def _ticks(first: float, last: float) -> list[float]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000) if (last - first) / step <= 7)
    return [tick * step for tick in range(math.ceil(first / step), math.floor(last / step) + 1)]


def _legend(chart: Chart, right: int) -> Iterator[str]:
    in_use = "".join(f"; ringed: {point.name}" for point in chart.points if point.in_use)
    yield f'<text x="{right}" y="28" text-anchor="end" style="fill:{BANDS}">bands{escape(in_use)}</text>'


def _point(point: Point, scale: Scale) -> Iterator[str]:
    score, colour = point.score, COLOURS[point.score.policy]
    if math.isnan(score.changes.value):
        return
    x, y = scale.x(score.changes.value), scale.y(max(score.capture.value, scale.lowest))
    if score.capture.value < scale.lowest:
        yield f'<path d="M{x - 5:.1f} {y - 9:.1f}h10l-5 8z" fill="{colour}"/>'
        yield f'<text x="{x + 10:.1f}" y="{y - 3:.1f}">{escape(point.name)}: {score.capture.value:.1f}</text>'
        return
    (left, right), (low, high) = _ends(score.changes), _ends(score.capture)
    low = max(low, scale.lowest)
    yield (
        f'<path d="M{scale.x(left):.1f} {y:.1f}H{scale.x(right):.1f}M{x:.1f} {scale.y(low):.1f}V{scale.y(high):.1f}" '
        f'stroke="{colour}" stroke-opacity=".45"/>'
    )
    ring = f' stroke="{colour}" stroke-opacity=".3" stroke-width="8"' if point.in_use else ""
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"{ring}/>'
    if score.policy is Policy.PLACES:
        return  # beside its band, and ringed
    if score.policy is Policy.BAND:
        yield f'<text x="{x:.1f}" y="{y + 21:.1f}" text-anchor="middle">{100 * score.band:g} %</text>'
    else:
        yield f'<text x="{x - 8:.1f}" y="{y - 8:.1f}" text-anchor="end">{escape(point.name)}</text>'


def _ends(of: Estimate) -> tuple[float, float]:
    return (of.value, of.value) if math.isnan(of.low) else (of.low, of.high)
