"""When accounts see reps, and when reps are away, as a team keeps both in tables.

A line that is wrong is rejected and the rest goes on: the account is seen at any time, the rep is there. Of a file with
no line that can be used nothing is believed.

    windows   npi, days (mon-thu, or mon,wed), from, to; several lines an account, one for each weekday
    leave     email, since; perhaps until, hours and why

Errors   NeedsHuman: no such file, a column is missing, no line can be used
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from callplan.model import Npi, Window, Windows
from connector.clock import WEEKDAYS, clock, weekdays
from connector.errors import NeedsHuman
from connector.hours import Leave
from connector.intake.cells import day
from connector.intake.detect import demand, refuse_patients
from connector.intake.files import open_table
from connector.intake.layouts import Kind, Layout, places
from connector.intake.reading import Reading, Row
from connector.intake.tally import FileRead, Rejected

WINDOWS = Layout(
    "windows",
    {"npi": "npi", "days": "days", "opens": "from", "closes": "to"},
    needed=("npi", "days", "opens", "closes"),
    kind=Kind.WINDOWS,
    filled=("npi", "days", "opens", "closes"),
)
LEAVE = Layout(
    "leave",
    {name: name for name in ("email", "since", "until", "hours", "why")},
    needed=("email", "since"),
    kind=Kind.LEAVE,
    filled=("email", "since"),
)

Said = TypeVar("Said")
LeaveOf = Mapping[str, tuple[Leave, ...]]  # by e-mail, in small letters


@dataclass(frozen=True, slots=True)
class TableRead(Generic[Said]):
    said: Said
    file: FileRead
    rejected: tuple[Rejected, ...]
    lines: Mapping[str, int]  # of each account or rep, the first

    def say_rejected(self) -> str:
        first = self.rejected[0]
        return (
            f"{self.file.path.name}:{first.line}: {first.reason}. "
            f"Of {self.file.rows:,} lines, {len(self.rejected):,} cannot be used; correct what is wrong."
        )


def read_windows(path: Path) -> TableRead[Windows]:
    found, lines = dict[Npi, dict[int, Window]](), dict[str, int]()
    with _open(path, WINDOWS) as (reading, rejected):
        for row in reading.rows():
            lines.setdefault(row["npi"], reading.line)
            _take_window(reading, row, found.setdefault(Npi(row["npi"]), {}))
    listed = {npi: by_day for npi, by_day in found.items() if by_day}
    return TableRead(listed, _usable(reading, rejected), tuple(rejected), lines)


def _take_window(reading: Reading, row: Row, by_day: dict[int, Window]) -> None:
    window, days = Window(clock(row["opens"]) or 0, clock(row["closes"]) or 0), weekdays(row["days"])
    twice = [WEEKDAYS[day] for day in days if day in by_day]
    if window.opens >= window.closes:
        reading.reject(f"closes at {row['closes']}, and opens at {row['opens']}. Write the earlier one under `from`")
    elif twice:
        reading.reject(f"has a window on {', '.join(twice)} already. Keep one a day, the one that suits better")
    else:
        by_day.update(dict.fromkeys(days, window))


def read_leave(path: Path) -> TableRead[LeaveOf]:
    found, lines = dict[str, tuple[Leave, ...]](), dict[str, int]()
    with _open(path, LEAVE) as (reading, rejected):
        for row in reading.rows():
            if leave := _leave(reading, row):
                email = row["email"].lower()
                lines.setdefault(email, reading.line)
                found[email] = (*found.get(email, ()), leave)
    return TableRead(found, _usable(reading, rejected), tuple(rejected), lines)


def _leave(reading: Reading, row: Row) -> Leave | None:
    since, until = _day(row["since"]), _day(row.get("until") or row["since"])
    if until < since:
        reading.reject(f"ends on {until}, before it begins on {since}. Correct one of them")
        return None
    return Leave(since=since, until=until, hours=row.get("hours") or None, why=row.get("why", ""))


def _day(written: str) -> date:
    return date.fromisoformat(str(day(written)))


@contextmanager
def _open(path: Path, layout: Layout) -> Iterator[tuple[Reading, list[Rejected]]]:
    if not path.is_file():
        step = f"Correct `{layout.name}:` under `week:` of the config."
        raise NeedsHuman(f"{path}: there is no such file.", next_step=step)
    rejected: list[Rejected] = []
    with open_table(path) as table:
        refuse_patients(table.header, str(path), "Leave that column out.")
        demand(layout, table.header, str(path))
        yield Reading(path, table, layout, places(layout, table.header), rejected.append), rejected


def _usable(reading: Reading, rejected: list[Rejected]) -> FileRead:
    found = reading.summary()
    if rejected and not found.used:
        first = rejected[0]
        raise NeedsHuman(
            f"{reading.path}:{first.line}: {first.reason}. No line of this file can be used.",
            next_step=f"Its columns are {', '.join(reading.layout.columns.values())}: correct them.",
        )
    return found
