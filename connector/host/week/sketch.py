"""The map of a day, drawn by hand: stops in their order, start and end, towns for context. Nothing is fetched.

Lines between stops are straight and say so. Tier A is a filled square, the others are round and open, so that neither
colour nor print is needed to tell them apart. A stop whose place is not known is listed under the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from textwrap import wrap

from callplan.model import Place
from connector.host.week.ground import HIGH, WIDE, Ground, Spot, ground_of
from connector.host.week.labels import apart, around, names
from connector.host.week.visits import Day, Visit, Week, clock, day_and_month
from connector.host.words import count

EDGE = 16  # round the frame
PAPER = int(WIDE) + 2 * EDGE
LINE, TOP, COLUMNS = 18, 78, 68  # of the text below: its height, where the frame begins, signs that fit
INK, FAINT, GROUND = "#26323a", "#5d6b74", "#f7f8f6"
A, OTHER, PATH = "#0072b2", "#b34700", "#5b6770"
TOWNS = 14
STYLE = (
    f"text{{white-space:pre;font:13px system-ui,sans-serif;fill:{INK}}}.title{{font-weight:600;font-size:16px}}"
    f".faint{{fill:{FAINT}}}.number{{font-weight:700;font-size:12px;text-anchor:middle}}"
    f".light{{fill:#fff}}.small{{font-size:11px}}"
    f".town{{font-size:11px;fill:{FAINT};stroke:{GROUND};stroke-width:3px;paint-order:stroke}}"
)


def sketch(week: Week, day: Day) -> str:
    """A picture that stands alone: with its title, and the stops as text below the map."""
    title = f"{day.day:%A} {day_and_month(day.day, whole=True)} {day.day.year}"
    under, told = TOP + HIGH + 24, list(_told(week, day))
    high = under + LINE * (len(told) + 1) + 16
    parts = [f'<text class="title" x="{EDGE}" y="26">{escape(title)}</text>', *_subtitle(week, day)]
    parts += [f'<g transform="translate({EDGE},{TOP})">{"".join(_map(day))}</g>', _legend(day, under)]
    for at, (line, css) in enumerate(told, 1):
        parts.append(f'<text class="{css}" x="{EDGE}" y="{under + LINE * at + 12}">{escape(line)}</text>')
    described = " ".join(line for line, _ in told)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PAPER} {high:g}" width="{PAPER}" height="{high:g}" '
        f'style="max-width:100%;height:auto" role="img" aria-labelledby="title desc">'
        f'<title id="title">{escape(f"{title}: {week.rep}")}</title>'
        f'<desc id="desc">{escape(described)}</desc><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def in_page(day: Day) -> str:
    """The map alone, within a page that lists the stops beside it; the page's style sheet has what STYLE says."""
    key, under = f"{day.day:%Y%m%d}", HIGH + EDGE + 22
    stops = ", ".join(f"{visit.order} {visit.account.called}" for visit in day.visits)
    return (
        f'<svg class="sketch" viewBox="0 0 {PAPER} {under + EDGE:g}" role="img" aria-labelledby="t{key} d{key}">'
        f'<title id="t{key}">{escape(f"Map of {day.day:%A} {day_and_month(day.day)}")}</title>'
        f'<desc id="d{key}">{escape(f"The stops in their order: {stops}.")}</desc>'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<g transform="translate({EDGE},{EDGE})">{"".join(_map(day))}</g>{_legend(day, under)}</svg>'
    )


def _subtitle(week: Week, day: Day) -> Iterator[str]:
    ends = f"{clock(day.leaves)} to {clock(day.back)}"
    said = f"{count(len(day.visits), 'stop')}, {ends}, driving {day.driven}"
    for at, line in enumerate((_short(week.rep), said)):
        yield f'<text class="faint" x="{EDGE}" y="{46 + LINE * at}">{escape(line)}</text>'


def _map(day: Day) -> Iterator[str]:
    stops = [(visit, visit.account.place) for visit in day.visits if visit.account.place]
    places = [place for _, place in stops]
    ends = [place for place in (day.start, day.end) if place]
    yield f'<rect width="{WIDE:g}" height="{HIGH:g}" fill="{GROUND}" stroke="#c9d0d4"/>'
    if not places:
        yield f'<text class="faint" x="{WIDE / 2}" y="{HIGH / 2}" text-anchor="middle">No place is known.</text>'
        return
    ground = ground_of([*places, *ends])
    at = apart([ground.spot(place) for place in [*places, *dict.fromkeys(ends)]])
    yield from _path(ground, day, places)
    yield from _towns(day, ground, at)
    for place, spot in zip(dict.fromkeys(ends), at[len(stops) :], strict=True):
        yield _end(spot, day, place)
    for (visit, place), spot in zip(stops, at, strict=False):
        yield _leader(ground.spot(place), spot) + _mark(visit, spot)
    yield from _scale(ground)


def _towns(day: Day, ground: Ground, marks: Sequence[Spot]) -> Iterator[str]:
    taken = [*(around(spot, 14) for spot in marks), around((40, HIGH - 14), 44), around((WIDE - 20, 24), 24)]
    accounts = [visit.account for visit in day.visits if visit.account.state]
    towns = ground.towns([one.state for one in accounts], [one.city for one in accounts], marks)
    for name, (x, y), (left, base) in names(towns, taken, TOWNS):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#a7b1b7"/>'
        yield f'<text class="town" x="{left:.1f}" y="{base:.1f}">{escape(name)}</text>'


def _path(ground: Ground, day: Day, places: Sequence[Place]) -> Iterator[str]:
    start, end = [day.start] if day.start else [], [day.end] if day.end else []
    spots = [ground.spot(place) for place in [*start, *places, *end]]
    for at, (one, other) in enumerate(pairwise(spots), 1):
        home = ' stroke-dasharray="5 4"' if end and at == len(spots) - 1 else ""
        yield (
            f'<path d="M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}" stroke="{PATH}" '
            f'stroke-width="2"{home}/>{_arrow(one, other)}'
        )


def _arrow(one: Spot, other: Spot) -> str:
    """Beyond the middle, so that the ways there and back show one each, where the line is long enough."""
    x, y = other[0] - one[0], other[1] - one[1]
    length = (x * x + y * y) ** 0.5
    if length < 60:
        return ""
    x, y = x / length * 6, y / length * 6
    tip = one[0] + 0.58 * (other[0] - one[0]) + x, one[1] + 0.58 * (other[1] - one[1]) + y
    left, right = (tip[0] - 2 * x - y, tip[1] - 2 * y + x), (tip[0] - 2 * x + y, tip[1] - 2 * y - x)
    corners = " ".join(f"{across:.1f},{down:.1f}" for across, down in (tip, left, right))
    return f'<polygon points="{corners}" fill="{PATH}"/>'


def _leader(place: Spot, mark: Spot) -> str:
    """From a mark that was pushed aside to where its stop is."""
    if max(abs(place[0] - mark[0]), abs(place[1] - mark[1])) < 4:
        return ""
    return (
        f'<path d="M{place[0]:.1f} {place[1]:.1f}L{mark[0]:.1f} {mark[1]:.1f}" stroke="{INK}"/>'
        f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="3" fill="{INK}"/>'
    )


def _mark(visit: Visit, spot: Spot) -> str:
    return _shape(visit.account.tier == "A", spot, str(visit.order))


def _shape(of_a: bool, spot: Spot, number: str) -> str:
    x, y = spot
    at = f'x="{x:.1f}" y="{y + 4.5:.1f}"'
    if of_a:
        box = f'<rect x="{x - 10:.1f}" y="{y - 10:.1f}" width="20" height="20" fill="{A}" stroke="#fff"/>'
        return f'{box}<text class="number light" {at}>{number}</text>'
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10.5" fill="#fff" stroke="{OTHER}" stroke-width="2.5"/>'
    return f'{ring}<text class="number" {at}>{number}</text>'


def _end(spot: Spot, day: Day, place: Place) -> str:
    """A house for the start, and for the end where it is another."""
    x, y = spot
    sign = "S" if place == day.start else "E"
    house = f"M{x - 10:.1f} {y + 10:.1f}v-11l10 -10l10 10v11z"
    text = f'<text class="number light" x="{x:.1f}" y="{y + 7:.1f}">{sign}</text>'
    return f'<path d="{house}" fill="{INK}" stroke="#fff"/>{text}'


def _scale(ground: Ground) -> Iterator[str]:
    miles = ground.bar()
    long, y = miles * ground.a_mile, HIGH - 12
    yield f'<path d="M12 {y - 5:g}v5h{long:.1f}v-5" fill="none" stroke="{INK}" stroke-width="1.5"/>'
    yield f'<text class="small" x="16" y="{y - 6:g}">{miles:g} mi</text>'
    x = WIDE - 20
    yield f'<path d="M{x} 10l6 16l-6 -4l-6 4z" fill="{INK}"/><text class="number" x="{x}" y="40">N</text>'


def _legend(day: Day, y: float) -> str:
    mark = f'{_shape(True, (EDGE + 10, y), "1")}<text x="{EDGE + 26}" y="{y + 4}">Tier A</text>'
    mark += f'{_shape(False, (EDGE + 92, y), "2")}<text x="{EDGE + 109}" y="{y + 4}">Tier B</text>'
    ends = "S start and end; " if day.end == day.start else "S start, E end; " if day.end else "S start; "
    said = f"{ends if day.start else ''}straight lines, not roads"
    return f'{mark}<text class="faint" x="{EDGE + 172}" y="{y + 4}">{said}</text>'


def _told(week: Week, day: Day) -> Iterator[tuple[str, str]]:
    """What stands below the map, line by line, each with its style."""
    for visit in day.visits:
        account = visit.account
        near = "" if account.exact or not account.place else " (about)"
        tier = f"{account.tier} committed" if visit.kept else account.tier
        where = ", ".join(part for part in (account.called, account.city or account.zip) if part)
        yield _short(f"{visit.order}  {clock(visit.starts)}  {tier}  {where}{near}"), ""
    for note in [*notes_of(day), week.rests_on]:
        yield from ((line, "faint") for line in wrap(note, COLUMNS))


def notes_of(day: Day) -> list[str]:
    """What must be known of the places on the map."""
    lacking = [f"{visit.order} {visit.account.called}" for visit in day.visits if not visit.account.place]
    notes = [f"Not on the map, because their place is not known: {', '.join(lacking)}."] if lacking else []
    if any(visit.account.place and not visit.account.exact for visit in day.visits):
        notes.append("(about): in the middle of the ZIP or town; the account has no point of its own.")
    return notes


def _short(text: str) -> str:
    return text if len(text) <= COLUMNS else f"{text[: COLUMNS - 1]}…"
