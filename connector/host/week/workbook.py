"""A week in Excel: what there is, a sheet a day, what found no place, and lighter touches.

Each sheet prints on Letter paper, across, as wide as a page, its headings on every page. Text stays text, whatever it
begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from connector.host.week.links import apple, google, routes
from connector.host.week.visits import Day, Visit, Week, clock, count, day_and_month

TIME, DAY, MILES = "h:mm AM/PM", "ddd d mmm", "0.0"
HEAD = 4  # rows above a sheet's table


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


OVERVIEW = (
    Column("Day", 14, DAY),
    Column("Visits", 8),
    Column("Tier A", 8),
    Column("Leave", 10, TIME),
    Column("Back", 10, TIME),
    Column("Driving", 20),
    Column("Remark", 46),
)
OF_DAY = (
    Column("#", 4),
    Column("Arrive", 9, TIME),
    Column("Leave", 9, TIME),
    Column("Account", 26),
    Column("Address", 30),
    Column("Tier", 5),
    Column("Slot", 14),
    Column("Last seen", 19),
    Column("Drive min", 7, "0"),
    Column("Drive mi", 7, MILES),
    Column("Why this tier", 46),
    Column("Navigate", 12),
    Column("Navigate", 11),
    Column("NPI", 12),
    Column("CRM order", 7, "0"),
)
OF_REST = (Column("Account", 28), Column("NPI", 12), Column("Address", 32), Column("Tier", 5), Column("Last seen", 24))
NOT_PLACED = (*OF_REST, Column("Why it found no place", 60))
LIGHTER = (*OF_REST, Column("Channel", 14), Column("Due on", 12, DAY), Column("Why", 50))


def write_week(path: Path, week: Week) -> None:
    from xlsxwriter import Workbook  # only here: it takes as long to import as the rest of the command

    with Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": week.title, "created": week.made.replace(tzinfo=None)})
        forms = _Forms(book)
        for sheet in _sheets(week):
            _write(book.add_worksheet(sheet.name), sheet, forms)


def _sheets(week: Week) -> list[Sheet]:
    return [_overview(week), *(_of_day(week, day) for day in week.days), _not_placed(week), _lighter(week)]


def _overview(week: Week) -> Sheet:
    rows: list[tuple[date, tuple[Cell, ...]]] = [(day.day, _summary(day)) for day in week.days]
    rows += [(day, (day, None, None, None, None, None, why)) for day, why in week.away.items()]
    told = f"{count(len(week.visits), 'visit')}, {sum(visit.kept for visit in week.visits)} of them committed"
    left = f"{count(len(week.not_placed), 'Tier A account')} due without a place"
    heading = [week.title, f"{told}; {left}; {count(len(week.lighter), 'lighter touch')}", week.rests_on]
    return Sheet("Week", heading, OVERVIEW, [row for _, row in sorted(rows, key=lambda one: one[0])])


def _summary(day: Day) -> tuple[Cell, ...]:
    of_a = sum(visit.account.tier == "A" for visit in day.visits)
    ends = _time(day.leaves), _time(day.back)
    return day.day, len(day.visits), of_a, *ends, day.driven, None if day.start else NO_START


NO_START = "No start point is set (home_zip): it begins at the first visit."


def _of_day(week: Week, day: Day) -> Sheet:
    start, end = ("Leave the start", "at the end point") if day.start else ("First visit", "last visit over")
    heading: list[Cell] = [f"{day.day:%A} {day_and_month(day.day, whole=True)} {day.day.year}: {week.rep}"]
    heading += [f"{start} {clock(day.leaves)}, {end} {clock(day.back)}. Driving {day.driven}. {week.rests_on}"]
    parts = list(routes(day))
    heading += [Link(parts[0][1], f"Google Maps: {parts[0][0]}")]
    more = [Link(url, f"then {name}") for name, url in parts[1:]]
    return Sheet(f"{day.day:%a} {day_and_month(day.day)}", [*heading, *more], OF_DAY, [*map(_row, day.visits)])


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
    heading = [f"Not placed: {week.title}", "Tier A accounts that are due and on no day of this week."]
    accounts = [(one.account, one.reason) for one in week.not_placed]
    return Sheet("Not placed", heading, NOT_PLACED, [(*_of_rest(account), why) for account, why in accounts])


def _lighter(week: Week) -> Sheet:
    heading = [f"Lighter touches: {week.title}", "What accounts get between their visits, or in place of them."]
    rows = [(*_of_rest(one.account), one.channel, one.due_on, one.reason) for one in week.lighter]
    return Sheet("Lighter touches", heading, LIGHTER, rows)


def _of_rest(account: Any) -> tuple[Cell, ...]:
    return account.called, account.npi, account.address, account.tier, account.seen


def _time(minutes: int) -> float:
    return minutes % 1440 / 1440


class _Forms:
    """Each format of cells, made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, dict[str, Any]()

    def cell(self, form: str = "", **more: Any) -> Any:
        asked = {"num_format": form or "@", "valign": "top", "text_wrap": True, "font_size": 10, **more}
        return self._made.setdefault(repr(asked), None) or self._make(asked)

    def _make(self, asked: dict[str, Any]) -> Any:
        made = self._made[repr(asked)] = self._book.add_format(asked)
        return made


def _write(sheet: Any, told: Sheet, forms: _Forms) -> None:
    top = max(HEAD, len(told.heading) + 1)
    for at, line in enumerate(told.heading):
        _put(sheet, at, 0, line, forms.cell(text_wrap=False, bold=at == 0, font_size=10 if at else 14))
    for at, column in enumerate(told.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(top, at, column.name, forms.cell(bold=True, bg_color="#e3e8eb", bottom=1))
    for row, cells in enumerate(told.rows or [("Nothing.",)], top + 1):
        for at, (cell, column) in enumerate(zip(cells, told.columns, strict=False)):
            _put(sheet, row, at, cell, forms.cell("" if isinstance(cell, str) else column.form or "0", bottom=4))
    _print_set_up(sheet, top)


def _print_set_up(sheet: Any, top: int) -> None:
    sheet.freeze_panes(top + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(1)  # Letter
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&A&RPage &P of &N")


def _put(sheet: Any, row: int, at: int, cell: Cell, form: Any) -> None:
    if isinstance(cell, Link):
        sheet.write_url(row, at, cell.url, string=cell.text)
    elif isinstance(cell, str):
        sheet.write_string(row, at, cell, form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, form)
    elif cell is None:
        sheet.write_blank(row, at, None, form)
    else:
        sheet.write_number(row, at, cell, form)
