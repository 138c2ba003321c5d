"""The map of a territory as SVG, made here: accounts one by one, or squares by how many are in them.

Nothing is fetched. Tiers differ in shape as well as in colour; what is going cold has a ring. Accounts at one place are
fanned out round it, the most important in the middle. Colours are those of the style sheet, dark where the page is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, cos, radians, sin, sqrt

from callplan.model import Place
from connector.host.week.ground import HIGH, MILES_A_DEGREE, WIDE, Ground, Spot, ground_of
from connector.host.week.labels import Box, around, names
from connector.host.words import count
from connector.roads.grid import Square, square
from connector.store.reads.territory import Counts, Point, SquareRow

TURN = 2.399963  # radians: seeds of a sunflower stand so, and none behind another
APART, WIDEST = 4.6, 40.0  # between two marks of a place, and how far the outermost lies from it
NAMES, TRIED, STEPS, FEW_STATES = 16, 24, 5, 3
MIDDLE = Place(39.8, -98.6)  # of the country, where nothing is to be drawn
HOUSE = 6  # marks that it would hide
BAR = Box(0, HIGH - 30, 90, HIGH)


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be driven to from a place in so many minutes, by the estimate."""

    minutes: float
    miles: float  # as the crow flies


@dataclass(frozen=True, slots=True)
class Frame:
    """What is drawn round the accounts."""

    title: str
    home: Place | None
    reaches: Sequence[Reach]
    states: Sequence[str]


def of_points(points: Sequence[Point], frame: Frame, account: Mapping[str, str], town: Mapping[str, str]) -> str:
    """`account` and `town` are the addresses that a mark and a town's name lead to."""
    placed = [(point, Place(point.latitude, point.longitude)) for point in points if point.latitude and point.longitude]
    ground = _ground([place for _, place in placed], frame)
    piles: dict[tuple[int, int], list[Point]] = {}
    for point, place in placed:
        x, y = ground.spot(place)
        piles.setdefault((round(x), round(y)), []).append(point)
    house = ground.spot(frame.home) if frame.home else (-1.0, -1.0)
    fanned = (_fanned(pile, some, HOUSE * _is_at(pile, house)) for pile, some in piles.items())
    drawn = [_mark(point, spot, account) for pile in fanned for point, spot in pile]
    parts = [
        *_reaches(ground, frame),
        *drawn,
        *_names(ground, frame, piles, town),
        *_home(ground, frame),
        *_bar(ground),
    ]
    return _svg(frame, f"{count(len(placed), 'account')}, each a mark.", parts)


def of_squares(rows: Sequence[SquareRow], frame: Frame, address: Mapping[str, str], shown: Mapping[str, int]) -> str:
    """`shown` is how many of each are counted: all, or those of some tiers."""
    there = [(row, square(row.cell)) for row in rows if shown[row.cell]]
    ground = _ground([corner for _, one in there for corner in one.corners], frame)
    most = max((shown[row.cell] for row, _ in there), default=1)
    parts = [
        *(_square(ground, row, one, shown[row.cell], most, address) for row, one in there),
        *_around(ground, there),
        *_reaches(ground, frame),
        *_home(ground, frame),
        *_bar(ground),
    ]
    return _svg(frame, f"{count(len(there), 'square')}, the darker the more accounts.", parts)


def _ground(places: Sequence[Place], frame: Frame) -> Ground:
    """On which the nearest reach lies, too."""
    return ground_of([*places, *_round(frame)] or [MIDDLE])


def _round(frame: Frame) -> Iterator[Place]:
    if not frame.home:
        return
    yield frame.home
    miles = min((one.miles for one in frame.reaches), default=0.0)
    north, east = miles / MILES_A_DEGREE, miles / MILES_A_DEGREE / cos(radians(frame.home.latitude))
    for way in (-1, 1):
        yield Place(frame.home.latitude + way * north, frame.home.longitude + way * east)


def _svg(frame: Frame, described: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="land" viewBox="0 0 {WIDE:g} {HIGH:g}" role="group" aria-labelledby="map-title map-desc">'
        f'<title id="map-title">{escape(frame.title)}</title><desc id="map-desc">{escape(described)} '
        f"The tables below say the same. North is up.</desc>"
        f'<rect class="paper" width="{WIDE:g}" height="{HIGH:g}"/>{"".join(parts)}</svg>'
    )


def _is_at(pile: tuple[int, int], spot: Spot) -> bool:
    return max(abs(pile[0] - spot[0]), abs(pile[1] - spot[1])) < 6


def _fanned(pile: tuple[int, int], some: Sequence[Point], free: int) -> Iterator[tuple[Point, Spot]]:
    """`free` are the places in the middle that something else takes."""
    step = _step(len(some))
    for at, point in enumerate(sorted(some, key=lambda one: (one.tier or "Z", not one.cold, one.npi)), free):
        away = step * sqrt(at)
        yield point, (pile[0] + away * cos(at * TURN), pile[1] + away * sin(at * TURN))


def _step(many: int) -> float:
    return min(APART, WIDEST / sqrt(many))


def _mark(point: Point, spot: Spot, account: Mapping[str, str]) -> str:
    tier = f"Tier {point.tier}" if point.tier else "no tier"
    said = f"{point.name or point.npi}, {tier}{', going cold' if point.cold else ''}"
    ring = f'<circle class="ring" cx="{spot[0]:.1f}" cy="{spot[1]:.1f}" r="4.4"/>' if point.cold else ""
    return (
        f'<a href="{escape(account[point.npi])}" tabindex="-1" class="mark"><title>{escape(said)}</title>'
        f"{ring}{shape(point.tier, spot)}</a>"
    )


def shape(tier: str, spot: Spot) -> str:
    x, y = spot
    if tier == "A":
        return f'<rect class="A" x="{x - 2.4:.1f}" y="{y - 2.4:.1f}" width="4.8" height="4.8"/>'
    if tier == "B":
        return f'<circle class="B" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
    if tier == "C":
        return f'<path class="C" d="M{x - 2.2:.1f} {y + 1.8:.1f}h4.4l-2.2 -3.8z"/>'
    return f'<path class="none" d="M{x - 1.6:.1f} {y - 1.6:.1f}l3.2 3.2m0 -3.2l-3.2 3.2"/>'


def _names(
    ground: Ground, frame: Frame, piles: Mapping[tuple[int, int], Sequence[Point]], address: Mapping[str, str]
) -> Iterator[str]:
    """Of towns with accounts, which lead into them, and of others where there is room."""
    ours: dict[str, Spot] = {}
    taken: list[Box] = [BAR]
    for (at, down), some in sorted(piles.items(), key=lambda one: -len(one[1])):
        out = _step(len(some)) * sqrt(len(some)) + 3
        taken.append(around((at, down), out))
        ours.setdefault(f"{some[0].town}, {some[0].state}", (at, down + out - 4))
    others = ground.towns(frame.states, (), [(WIDE / 2, HIGH / 2)]) if len(frame.states) <= FEW_STATES else []
    known = {name.rpartition(", ")[0] for name in ours}
    written = [(name.rpartition(", ")[0], spot) for name, spot in ours.items()]
    lead = {name.rpartition(", ")[0]: address.get(name) for name in reversed(ours)}
    beside = [(name, spot) for name, spot in others if name not in known]
    for name, (x, y), (left, base) in names([*written[:TRIED], *beside[:TRIED]], taken, NAMES):
        text = f'<text x="{left:.1f}" y="{base:.1f}">{escape(name)}</text>'
        if found := lead.get(name):
            yield f'<a href="{escape(found)}" class="town">{text}</a>'
        else:
            yield f'<g class="faint"><circle cx="{x:.1f}" cy="{y:.1f}" r="1.5"/>{text}</g>'


def _around(ground: Ground, there: Sequence[tuple[SquareRow, Square]]) -> Iterator[str]:
    """By the names of their towns one finds one's way."""
    boxes, spots = [BAR], dict[str, Spot]()
    for row, one in sorted(there, key=lambda each: -each[0].counts.all):
        (left, bottom), (right, top) = (ground.spot(corner) for corner in one.corners)
        boxes.append(Box(left, top, right, bottom))
        if row.town:
            spots.setdefault(row.town, ((left + right) / 2, bottom - 3))
    for name, (_, y), (left, base) in names(list(spots.items()), boxes, NAMES):
        if abs(base - y) > 20:
            continue  # too far off to tell whose it is
        yield f'<g class="faint"><text x="{left:.1f}" y="{base:.1f}">{escape(name)}</text></g>'


def _square(ground: Ground, row: SquareRow, one: Square, many: int, most: int, address: Mapping[str, str]) -> str:
    (left, bottom), (right, top) = (ground.spot(corner) for corner in one.corners)
    shade = ceil(STEPS * sqrt(many / most))
    said = f"Around {row.town or 'no town'}: {told(row.counts)}"
    wide, middle = right - left, ((left + right) / 2, (top + bottom) / 2)
    fits, at = wide > 6.5 * len(f"{many:,}"), f'x="{middle[0]:.1f}" y="{middle[1] + 4:.1f}"'
    number = f"<text {at}>{many:,}</text>" if fits else ""
    ring = f'<circle class="ring" cx="{right - 5:.1f}" cy="{top + 5:.1f}" r="3"/>'
    cold = ring if row.counts.cold and wide > 12 else ""
    return (
        f'<a href="{escape(address[row.cell])}" class="square d{shade}" aria-label="{escape(said)}">'
        f"<title>{escape(said)}</title>"
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{bottom - top:.1f}"/>{number}{cold}</a>'
    )


def told(counts: Counts) -> str:
    tiers = ((counts.a, "Tier A"), (counts.b, "Tier B"), (counts.c, "Tier C"), (counts.other, "without a tier"))
    parts = [f"{many:,} {name}" for many, name in tiers if many]
    return f"{count(counts.all, 'account')}: {', '.join(parts)}{f'; {counts.cold:,} going cold' if counts.cold else ''}"


def _reaches(ground: Ground, frame: Frame) -> Iterator[str]:
    if not frame.home:
        return
    x, y = ground.spot(frame.home)
    for one in frame.reaches:
        out = one.miles * ground.a_mile
        yield f'<circle class="reach" cx="{x:.1f}" cy="{y:.1f}" r="{out:.1f}"/>'
        spot = next((spot for spot in _on(x, y, out) if 24 < spot[0] < WIDE - 24 and 12 < spot[1] < HIGH - 12), None)
        if spot:
            yield f'<text class="reach" x="{spot[0]:.1f}" y="{spot[1]:.1f}">{one.minutes:g} min</text>'


def _on(x: float, y: float, out: float) -> Iterator[Spot]:
    """Places on a circle, its top first."""
    return ((x + out * sin(turn), y - out * cos(turn) + 3) for turn in (0, 0.6, -0.6, 1.2, -1.2, 1.9, -1.9, 3.14))


def _home(ground: Ground, frame: Frame) -> Iterator[str]:
    if frame.home:
        x, y = ground.spot(frame.home)
        house = f"M{x - 6:.1f} {y + 6:.1f}v-7l6 -6l6 6v7z"
        yield f'<path class="home" d="{house}"><title>The start of the drives</title></path>'


def _bar(ground: Ground) -> Iterator[str]:
    miles = ground.bar()
    y = HIGH - 10
    yield f'<path class="bar" d="M12 {y - 5:g}v5h{miles * ground.a_mile:.1f}v-5"/>'
    yield f'<text x="16" y="{y - 6:g}">{miles:g} mi</text>'
