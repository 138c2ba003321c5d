"""What stands on each sheet of a week in Excel: all days, a day each, what found no place, lighter touches.

Units    a time is a share of a day, as Excel has it; widths are in letters
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from connector.host.week.links import apple, google, routes
from connector.host.week.visits import Account, Day, Visit, Week, clock, day_and_month
from connector.host.words import count

TIME, DAY, MILES = "h:mm AM/PM", "ddd d mmm", "0.0"


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str


Cell = str | float | date | Link | None


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    width: int
    form: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    heading: Sequence[Cell]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    printed: int = 20  # columns, from the left: links are of no use on paper


OVERVIEW = (
    Column("Day", 14, DAY),
    Column("Visits", 8),
    Column("Tier A", 8),
    Column("Leave", 10, TIME),
    Column("Back", 10, TIME),
    Column("Driving", 20),
    Column("Towns", 34),
    Column("Remark", 34),
)
OF_DAY = (
    Column("#", 4),
    Column("Arrive", 9, TIME),
    Column("Leave", 9, TIME),
    Column("Account", 23),
    Column("Address", 26),
    Column("Tier", 5),
    Column("Slot", 11),
    Column("Last seen", 16),
    Column("Drive min", 7, "0"),
    Column("Drive mi", 7, MILES),
    Column("Why this tier", 42),
    Column("Navigate", 12),
    Column("Navigate", 11),
    Column("NPI", 12),
    Column("CRM order", 7, "0"),
)
OF_REST = (Column("Account", 28), Column("NPI", 12), Column("Address", 32), Column("Tier", 5), Column("Last seen", 24))
NOT_PLACED = (*OF_REST, Column("Why it found no place", 60))
LIGHTER = (*OF_REST, Column("Channel", 14), Column("Due on", 12, DAY), Column("Why", 50))


def sheets_of(week: Week) -> list[Sheet]:
    return [_overview(week), *(_of_day(week, day) for day in week.days), _not_placed(week), _lighter(week)]


def _overview(week: Week) -> Sheet:
    rows: list[tuple[date, tuple[Cell, ...]]] = [(day.day, _summary(day)) for day in week.days]
    rows += [(day, (day, *[None] * 6, why)) for day, why in week.away.items()]
    left = f"{count(len(week.not_placed), 'Tier A account')} due without a place"
    touches = f"{count(len(week.touches_due), 'lighter touch')} due"
    heading = [week.title, f"{week.in_short}; {left}; {touches}", week.rests_on]
    return Sheet("Week", heading, OVERVIEW, [row for _, row in sorted(rows, key=lambda one: one[0])])


def _summary(day: Day) -> tuple[Cell, ...]:
    of_a = sum(visit.account.tier == "A" for visit in day.visits)
    ends = _time(day.leaves), _time(day.back)
    return day.day, len(day.visits), of_a, *ends, day.driven, day.towns, None if day.start else NO_START


NO_START = "No start point is set (home_zip): leave in time for the first visit."


def _of_day(week: Week, day: Day) -> Sheet:
    start = "Leave the start" if day.start else "First visit"
    end = "at the end point" if day.returns else "last visit over"
    heading: list[Cell] = [f"{day.day:%A} {day_and_month(day.day, whole=True)} {day.day.year}: {week.rep}"]
    heading += [f"{start} {clock(day.leaves)}, {end} {clock(day.back)}. Driving {day.driven}. {week.rests_on}"]
    parts = list(routes(day))
    heading += [Link(parts[0][1], f"Google Maps: {parts[0][0]}")]
    more = [Link(url, f"then {name}") for name, url in parts[1:]]
    return Sheet(f"{day.day:%a} {day_and_month(day.day)}", [*heading, *more], OF_DAY, [*_ends(day)], 11)


def _ends(day: Day) -> Iterator[tuple[Cell, ...]]:
    """The visits, between leaving the start point and being at the end point."""
    if day.start:
        yield None, None, _time(day.leaves), "Start", *[None] * 11
    yield from map(_row, day.visits)
    if day.returns:
        yield None, _time(day.back), None, "End", *[None] * 4, day.home_minutes, day.home_miles, *[None] * 5


def _row(visit: Visit) -> tuple[Cell, ...]:
    account = visit.account
    return (
        visit.order,
        _time(visit.starts),
        _time(visit.ends),
        account.called,
        account.address,
        account.tier,
        visit.in_words,
        account.seen,
        visit.drive_minutes,
        visit.drive_miles,
        account.why,
        Link(google(account), "Google Maps"),
        Link(apple(account), "Apple Maps"),
        account.npi,
        visit.slot,
    )


def _not_placed(week: Week) -> Sheet:
    heading = [
        f"Not placed: {week.title}",
        "Tier A accounts that are due this week and on no day of it, the longest unseen first.",
    ]
    accounts = [(one.account, one.reason) for one in week.not_placed]
    return Sheet("Not placed", heading, NOT_PLACED, [(*_of_rest(account), why) for account, why in accounts])


def _lighter(week: Week) -> Sheet:
    heading = [
        f"Lighter touches: {week.title}",
        "What Tier B gets between its visits, or in place of them; the first due first.",
    ]
    rows = [(*_of_rest(one.account), one.channel, one.due_on, one.reason) for one in week.lighter]
    return Sheet("Lighter touches", heading, LIGHTER, rows)


def _of_rest(account: Account) -> tuple[Cell, ...]:
    return account.called, account.npi, account.address, account.tier, account.seen


def _time(minutes: int) -> float:
    return minutes % 1440 / 1440
