"""A chart as SVG that the server draws: bars and lines over the same steps, with axes, and what it says in words.

Colours and sizes of text are classes of the sheet, so that it is light or dark as the page is. Who cannot see it has
its title and its sentence; the page puts the numbers into a table beside it.

Shapes   `steps` (n,) are the names along the axis; each series has as many values, None where nothing is known
Units    those of the values; the axis begins at 0
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

WIDE, HIGH = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 16, 30
NAMED = 5  # steps that are named along the axis, so that a phone has room for them
BAR = 0.72  # of a step, filled by its bars
NOTHING = Markup()
BAR_DRAWN = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">{}</rect>')
SHARES = (1.0, 2.0, 2.5, 5.0, 10.0)

Value = float | None


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: Sequence[Value]
    look: str = ""  # a class of the sheet: limit, raised, a state of an account; "" the next of its colours


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    says: str  # in a sentence, what it shows
    steps: Sequence[str]
    bars: Sequence[Series] = ()
    lines: Sequence[Series] = ()
    form: str = ",.0f"  # of the values, as Python writes forms: ".0%" for shares
    stacked: bool = False  # bars upon one another, where they are shares of one whole

    @property
    def top(self) -> float:
        if self.stacked:
            return 1.0
        return round_up(max((v for one in (*self.bars, *self.lines) for v in one.values if v is not None), default=0))

    def x(self, step: float) -> float:
        return LEFT + (step + 0.5) * (WIDE - LEFT - RIGHT) / max(len(self.steps), 1)

    def y(self, value: float) -> float:
        return HIGH - BOTTOM - value / self.top * (HIGH - TOP - BOTTOM)

    def told(self, value: float) -> str:
        return format(value, self.form)


def draw(chart: Chart) -> Markup:
    bars = _stack(chart) if chart.stacked else _bars(chart)
    parts = NOTHING.join((*_grid(chart), *_named(chart), *bars, *_lines(chart)))
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption>'
        '<svg viewBox="0 0 {wide} {high}" role="img" aria-label="{title}. {says}">'
        "<title>{title}</title><desc>{says}</desc>{parts}</svg>{legend}</figure>"
    ).format(title=chart.title, says=chart.says, wide=WIDE, high=HIGH, parts=parts, legend=_legend(chart))


def round_up(value: float) -> float:
    """A round number at or above it, of which a quarter is round as well."""
    if value <= 0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(value))
    return next(share * ten for share in SHARES if share * ten >= value * (1 - 1e-9))


def _grid(chart: Chart) -> Iterator[Markup]:
    whole = chart.top >= 1 and not chart.stacked  # then no line is drawn at half a thing
    parts = next((n for n in (4, 5, 2) if chart.top % n == 0), int(chart.top)) if whole else 4
    for value in (chart.top * part / parts for part in range(parts + 1)):
        y, look = chart.y(value), "axis" if value == 0 else "grid"
        yield Markup('<path class="{}" d="M{} {:.1f}H{}"/>').format(look, LEFT, y, WIDE - RIGHT)
        yield Markup('<text class="end" x="{}" y="{:.1f}">{}</text>').format(LEFT - 8, y + 4, chart.told(value))


def _named(chart: Chart) -> Iterator[Markup]:
    every = max(1, math.ceil(len(chart.steps) / NAMED))
    for step in range(len(chart.steps) - 1 - every // 2, -1, -every):
        name = chart.steps[step]
        yield Markup('<text class="mid" x="{:.1f}" y="{}">{}</text>').format(chart.x(step), HIGH - 8, name)


def _bars(chart: Chart) -> Iterator[Markup]:
    """Side by side."""
    wide = BAR * (WIDE - LEFT - RIGHT) / max(len(chart.steps) * len(chart.bars), 1)
    for at, series in enumerate(chart.bars):
        for step, value in _known(series):
            x, y = chart.x(step) + (at - len(chart.bars) / 2) * wide, chart.y(value)
            hint = _hint(chart, series, step, value)
            yield BAR_DRAWN.format(_look(series, at), x, y, wide, HIGH - BOTTOM - y, hint)


def _stack(chart: Chart) -> Iterator[Markup]:
    """One upon the other, the first at the bottom."""
    wide = BAR * (WIDE - LEFT - RIGHT) / max(len(chart.steps), 1)
    below = [0.0] * len(chart.steps)
    for at, series in enumerate(chart.bars):
        for step, value in _known(series):
            base, below[step] = chart.y(below[step]), below[step] + value
            x, y = chart.x(step) - wide / 2, chart.y(below[step])
            hint = _hint(chart, series, step, value)
            yield BAR_DRAWN.format(_look(series, at), x, y, wide, base - y, hint)


def _lines(chart: Chart) -> Iterator[Markup]:
    """A gap where nothing is known; a limit has no dots."""
    for at, series in enumerate(chart.lines, start=len(chart.bars)):
        for _, run in groupby(enumerate(_known(series)), lambda pair: pair[1][0] - pair[0]):
            points = " ".join(f"{chart.x(step):.1f},{chart.y(value):.1f}" for _, (step, value) in run)
            yield Markup('<polyline class="{}" points="{}"/>').format(_look(series, at), points)
        for step, value in _known(series) if series.look != "limit" else ():
            dot = Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3.5">{}</circle>')
            hint = _hint(chart, series, step, value)
            yield dot.format(_look(series, at), chart.x(step), chart.y(value), hint)


def _known(series: Series) -> list[tuple[int, float]]:
    return [(step, value) for step, value in enumerate(series.values) if value is not None]


def _hint(chart: Chart, series: Series, step: int, value: float) -> Markup:
    return Markup("<title>{}, {}: {}</title>").format(chart.steps[step], series.name, chart.told(value))


def _legend(chart: Chart) -> Markup:
    every = (*chart.bars, *chart.lines)
    key = Markup(
        '<li><svg class="key" viewBox="0 0 12 12" aria-hidden="true"><rect class="{}" width="12" height="12"/></svg>'
        "{}</li>"
    )
    named = NOTHING.join(key.format(_look(series, at), series.name) for at, series in enumerate(every))
    return Markup('<ul class="legend">{}</ul>').format(named) if len(every) > 1 else NOTHING


def _look(series: Series, at: int) -> str:
    return series.look or f"colour-{at % 4 + 1}"
