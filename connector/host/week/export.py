"""`callplan export week`: each rep's week as files in a folder.

    kim-2026-11-23.xlsx  kim-2026-11-23.ics  kim-2026-11-23.gpx  kim-2026-11-23-mon.svg ...

Two reps whose e-mail begins alike are told apart by all of it, and by a number where that is alike too; two CRMs have
folders of their own.

Errors   NeedsHuman: a file that cannot be written
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path

from connector.errors import NeedsHuman
from connector.host.week.gpx import as_gpx
from connector.host.week.ics import as_calendar
from connector.host.week.sketch import sketch
from connector.host.week.visits import Week
from connector.host.week.workbook import write_week

FORMATS = ("xlsx", "ics", "gpx", "svg")


def write_weeks(weeks: Sequence[Week], form: str, folder: Path) -> Iterator[Path]:
    """`form` is one of FORMATS, or "all"."""
    several, names = len({week.crm for week in weeks}) > 1, file_names(week.rep for week in weeks)
    for week in weeks:
        home = folder / week.crm if several else folder
        for wanted in FORMATS if form == "all" else (form,):
            yield from _write(week, wanted, home / f"{names[week.rep]}-{week.monday.isoformat()}")


def _write(week: Week, form: str, path: Path) -> Iterator[Path]:
    if form == "xlsx":
        yield _made(path.with_name(f"{path.name}.xlsx"), partial(write_week, week))
    elif form == "ics":
        yield _made(path.with_name(f"{path.name}.ics"), partial(_save, as_calendar(week)))
    elif form == "gpx":
        yield _made(path.with_name(f"{path.name}.gpx"), partial(_save, as_gpx(week)))
    else:
        yield from _maps(week, path)


def _maps(week: Week, path: Path) -> Iterator[Path]:
    """One for each day with visits; a day that has none any more keeps no map of an earlier export."""
    drawn = {f"{path.name}-{day.day:%a}.svg".lower(): sketch(week, day).encode() for day in week.days}
    for old in path.parent.glob(f"{path.name}-???.svg"):
        if old.name not in drawn:
            old.unlink()
    for name, picture in drawn.items():
        yield _made(path.with_name(name), partial(_save, picture))


def _save(content: bytes, file: Path) -> None:
    file.write_bytes(content)


def _made(path: Path, write: Callable[[Path], object]) -> Path:
    from xlsxwriter.exceptions import FileCreateError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except (OSError, FileCreateError) as error:
        cause = error if isinstance(error, OSError) else error.args[0]
        why = (getattr(cause, "strerror", None) or "the disk refused it").lower()
        raise NeedsHuman(
            f"{path}: cannot be written: {why}.", next_step="Close it where it is open, or give another --out."
        ) from error
    return path


def file_names(reps: Iterable[str]) -> dict[str, str]:
    """How the files of each rep begin."""
    short = {rep: _slug(rep.partition("@")[0]) for rep in sorted(set(reps))}
    times, found, taken = Counter(short.values()), dict[str, str](), set[str]()
    for rep, name in short.items():
        wanted = name if times[name] == 1 else _slug(rep)
        found[rep] = next(one for one in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if one not in taken)
        taken.add(found[rep])
    return found


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") or "rep"
