"""`callplan week`: a rep's week in plain words, day by day, with what found no place and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.cells import set_cell_size

from connector.host.week.visits import Account, Day, Visit, Week, clock, day_and_month, said_drive
from connector.host.words import count

WIDE = 100


def say_weeks(weeks: Sequence[Week]) -> str:
    return "\n\n".join("\n".join(_week(week)) for week in weeks)


def _week(week: Week) -> Iterator[str]:
    yield f"{week.crm}: {week.title}"
    yield from _indented(f"{week.in_short}. {week.rests_on}", 0)
    for day in week.days:
        yield ""
        yield from _day(day)
    for free, why in sorted(week.away.items()):
        yield f"\n{free:%A} {day_and_month(free)}: {why}"
    yield from _rest(week)


def _day(day: Day) -> Iterator[str]:
    yield day.in_short
    for visit in day.visits:
        yield from _visit(visit)


def _visit(visit: Visit) -> Iterator[str]:
    account, drive = visit.account, ""
    if visit.drive_minutes is not None:
        drive = said_drive(visit.drive_minutes, visit.drive_miles)
    who, town = set_cell_size(account.called, 30), set_cell_size(account.city, 38).rstrip()
    hours = f"{clock(visit.starts):>8}-{clock(visit.ends):<8}"
    yield f"  {visit.order:>2}  {hours}  {account.tier}  {who}  {town}"
    told = "; ".join(part for part in (visit.in_words, account.seen, f"drive {drive}" if drive else "") if part)
    yield from _indented(f"{told}. NPI {account.npi}.")
    yield from _indented(account.why)


def _rest(week: Week) -> Iterator[str]:
    if week.not_placed:
        due = f"{count(len(week.not_placed), 'Tier A account')} that {_are(week.not_placed)} due this week"
        yield f"\nNot placed: {due}"
    for reason in dict.fromkeys(one.reason for one in week.not_placed):
        yield from _indented(reason, 2)
        for one in week.not_placed:
            if one.reason == reason:
                yield from _indented(f"{_who(one.account)}; {one.account.seen}. NPI {one.account.npi}.")
    yield from _touches(week)


def _touches(week: Week) -> Iterator[str]:
    """In place of visits, or between them: those that are due, and how many are not yet."""
    due, later = week.touches_due, len(week.lighter) - len(week.touches_due)
    if week.lighter:
        yield f"\nLighter touches: {len(due):,} due this week{f', {later:,} later' if later else ''}"
    for touch in due:
        since, why = day_and_month(touch.due_on), touch.reason.partition("; ")[0].rstrip(".")
        yield from _indented(f"{touch.channel}: {_who(touch.account)}; due {since}. {why}. NPI {touch.account.npi}.")


def _who(account: Account) -> str:
    return f"{account.called}, {account.city or 'no town'}"


def _are(some: Sequence[object]) -> str:
    return "is" if len(some) == 1 else "are"


def _indented(text: str, by: int = 6) -> list[str]:
    margin = " " * by
    return wrap(text, WIDE, initial_indent=margin, subsequent_indent=margin)
