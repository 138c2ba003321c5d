"""Small drawings made here, as SVG: shares as stacked bars, numbers as lines. Colours are classes of the style sheet.

Each says in words what it shows to whoever cannot see it; the page has the numbers as a table below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, BELOW, TOP = 440, 180, 48, 24, 10
Series = Mapping[str, Sequence[float | None]]  # by class of the sheet; None where it is not known


def bars(labels: Sequence[str], series: Series, said: str) -> Markup:
    """One bar a label, of shares from below; what is left to 1 stays empty."""
    wide = (WIDTH - LEFT) / max(len(labels), 1)
    parts = [_axis({0: "0%", 0.5: "50%", 1: "100%"})]
    for at, label in enumerate(labels):
        base = 0.0
        for name, shares in series.items():
            share = shares[at] or 0.0
            top = _y(base + share)
            tall = share * (HEIGHT - BELOW - TOP)
            place = (
                f'x="{LEFT + at * wide + wide * 0.1:.1f}" y="{top:.1f}" width="{wide * 0.8:.1f}" height="{tall:.1f}"'
            )
            told = f"{escape(label)}: {escape(name.replace('_', ' '))} {share:.0%}"
            parts.append(f'<rect class="{escape(name)}" {place}><title>{told}</title></rect>')
            base += share
    return _drawing([*parts, *_labels(labels)], said)


def lines(labels: Sequence[str], series: Series, said: str) -> Markup:
    """One line a series, over the same labels, from 0 to the most of all."""
    most = max((value for values in series.values() for value in values if value is not None), default=0) or 1
    wide = (WIDTH - LEFT) / max(len(labels), 1)
    parts = [_axis({0: "0", 1: f"{most:,.0f}"})]
    for name, values in series.items():
        points = [
            (LEFT + (at + 0.5) * wide, _y(value / most), labels[at], value)
            for at, value in enumerate(values)
            if value is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in points)
        parts.append(f'<polyline class="line {escape(name)}" points="{path}"/>')
        parts += [
            f'<circle class="{escape(name)}" cx="{x:.1f}" cy="{y:.1f}" r="3">'
            f"<title>{escape(label)}: {escape(name)} {value:,.0f}</title></circle>"
            for x, y, label, value in points
        ]
    return _drawing([*parts, *_labels(labels)], said)


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - BELOW - TOP)


def _axis(marks: Mapping[float, str]) -> str:
    return "".join(
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH}" y1="{_y(at):.1f}" y2="{_y(at):.1f}"/>'
        f'<text class="mark" x="{LEFT - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{escape(label)}</text>'
        for at, label in marks.items()
    )


def _labels(labels: Sequence[str]) -> list[str]:
    """As many as have room."""
    wide, step = (WIDTH - LEFT) / max(len(labels), 1), max(1, -(-len(labels) // 6))
    place = f'class="mark" y="{HEIGHT - 6}" text-anchor="middle"'
    return [
        f'<text {place} x="{LEFT + (at + 0.5) * wide:.1f}">{escape(label)}</text>'
        for at, label in enumerate(labels)
        if at % step == 0
    ]


def _drawing(parts: Sequence[str], said: str) -> Markup:
    head = f'class="weeks" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(said)}"'
    return Markup(f"<svg {head}>{''.join(parts)}</svg>")  # noqa: S704  (every text in it is escaped above)
