"""Past periods in: one value for each provider and year, quarter or month, and what the provider is.

A file with a column for the period holds values; a file without one is a list of providers, with specialty, entity
type or both. A file of one single period, as CMS gives them, has its period said before its path: 2023=by_provider.csv.
Columns are found by CMS's names and by plain ones.

Shapes   see History; providers in the order of their NPIs, periods in the order of time
Units    those of the value column; a period in which a provider has no row, or a blank, is 0
Errors   NeedsHuman: a file that cannot be trusted. A single bad row is rejected, with line and reason
Source   CMS, Medicare Physician & Other Practitioners - by Provider, data dictionaries of the 2012 and 2013+ files
"""

from __future__ import annotations

import difflib
import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from callplan.model import FEWEST_PERIODS, Numbers, Texts, npi_is_valid
from connector.errors import NeedsHuman
from connector.intake.detect import refuse_patients
from connector.intake.files import open_table
from connector.intake.periods import FORMS, Period, in_a_row, name_of, period_of
from connector.intake.reading import KEPT, MOST_REJECTED
from connector.intake.tally import Rejected

ALIASES = {
    "npi": ("npi", "rndrng_npi"),
    "period": ("period", "month", "quarter", "year"),
    "specialty": ("specialty", "provider_type", "rndrng_prvdr_type"),
    "entity": ("entity_type", "nppes_entity_code", "rndrng_prvdr_ent_cd"),
}
SAME_VALUE = (
    ("total_payments", "tot_mdcr_pymt_amt", "total_medicare_payment_amt"),
    ("total_services", "tot_srvcs"),
    ("total_beneficiaries", "tot_benes", "total_unique_benes"),
)
INDIVIDUAL = ("i", "individual", "1")
ALWAYS = math.inf  # a list without a period speaks for all of them


@dataclass(frozen=True, slots=True)
class History:
    npi: Texts
    specialty: Texts  # the newest; "" where no file says it
    value: Numbers  # (providers, periods)
    periods: tuple[str, ...]
    periods_a_year: int
    left_out: int  # providers that are not marked as individuals, where any are
    rejected: tuple[Rejected, ...]  # the first ones
    rows_rejected: int


def read_history(
    files: Sequence[str], value: str, *, log: Callable[..., None], fewest: int = FEWEST_PERIODS
) -> History:
    """All files as one history."""
    book = _Book()
    for file in files:
        said, equals, path = file.partition("=")
        period = period_of(said) if equals else None
        _read_file(Path(path if period else file), period, value, book, log)
    return book.history(fewest)


@dataclass
class _Book:
    """What has been read so far: a row for each NPI, a column of numbers for each period."""

    rows: dict[str, int] = field(default_factory=dict)
    values: dict[Period, array[float]] = field(default_factory=dict)
    specialty: dict[int, tuple[float, str]] = field(default_factory=dict)  # and of when it is
    individual: dict[int, bool] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    rows_rejected: int = 0

    def describe(self, row: int, specialty: str, entity: str, when: float) -> None:
        if specialty and when >= self.specialty.get(row, (0.0, ""))[0]:
            self.specialty[row] = when, specialty
        if entity:
            self.individual[row] = entity.lower() in INDIVIDUAL

    def takes(self, row: int, period: Period, amount: float) -> bool:
        """False where the provider has a value in this period already."""
        column = self.values.setdefault(period, array("d"))
        column.extend([math.nan] * (row + 1 - len(column)))
        if not math.isnan(column[row]):
            return False
        column[row] = amount
        return True

    def history(self, fewest: int) -> History:
        periods = in_a_row(self.values, fewest)
        value = np.full((len(self.rows), len(periods)), np.nan)
        for at, period in enumerate(periods):
            value[: len(self.values[period]), at] = self.values[period]
        npi = np.array(list(self.rows), dtype=np.str_)
        listed = ~np.isnan(value).all(axis=1)
        person = np.array([self.individual.get(row, not self.individual) for row in range(len(npi))], dtype=np.bool_)
        rows = np.flatnonzero(listed & person)
        rows = rows[np.argsort(npi[rows])]
        return History(
            npi=npi[rows],
            specialty=np.array([self.specialty.get(row, (0.0, ""))[1] for row in rows.tolist()], dtype=np.str_),
            value=np.nan_to_num(value[rows]),
            periods=tuple(name_of(period) for period in periods),
            periods_a_year=periods[0][0],
            left_out=int(np.count_nonzero(listed & ~person)),
            rejected=tuple(self.rejected[:KEPT]),
            rows_rejected=self.rows_rejected,
        )


def _read_file(path: Path, said: Period | None, value: str, book: _Book, log: Callable[..., None]) -> None:
    if not path.is_file():
        raise NeedsHuman(f"{path}: there is no such file.", next_step="Correct its path.")
    with open_table(path) as table:
        columns = _columns(table.header, value, path, said)
        rows, rejected = 0, 0
        for line, cells in table.rows:
            rows += 1
            if len(cells) < len(table.header):
                reason = f"it has {len(cells)} cells under {len(table.header)} columns"
            else:
                reason = _take({ours: cells[at].strip() for ours, at in columns.items()}, said, book)
            if reason:
                rejected += 1
                book.rejected.append(Rejected(path.name, line, reason))
    if rejected > MOST_REJECTED * rows:
        first = next(r for r in book.rejected if r.file == path.name)
        raise NeedsHuman(
            f"{path}:{first.line}: {first.reason}; so are {rejected:,} of {rows:,} rows.",
            next_step="Give one row for each provider and period, with NPI, period and value in columns of their own.",
        )
    book.rows_rejected += rejected
    kind = "values" if "value" in columns else "list"
    log("read_file", file=path.name, read_as=kind, rows=rows, rejected=rejected)


def _take(row: dict[str, str], said: Period | None, book: _Book) -> str:
    """Into the book; or why the row cannot be used."""
    if not npi_is_valid(row["npi"]):
        return f"{row['npi'] or 'an empty cell'} is not an NPI: ten digits with a right check digit"
    period = period_of(row["period"]) if "period" in row else said
    if "period" in row and not period:
        return f'"{row["period"]}" is not a period: {FORMS}'
    amount = _amount(row["value"]) if "value" in row else None
    if "value" in row and amount is None:
        return f'"{row["value"]}" is not an amount of 0 or more'
    at = book.rows.setdefault(row["npi"], len(book.rows))
    if period and amount is not None and not book.takes(at, period, amount):
        return f"{row['npi']} stands in {name_of(period)} a second time"
    book.describe(at, row.get("specialty", ""), row.get("entity", ""), period[1] / period[0] if period else ALWAYS)
    return ""


def _columns(header: Sequence[str], value: str, path: Path, said: Period | None) -> dict[str, int]:
    """Ours to their place. A file with a period has to have the value too; one without is a list."""
    refuse_patients(header, str(path))
    there = [name.lower().replace(" ", "_") for name in header]
    columns = {ours: there.index(name) for ours, names in ALIASES.items() for name in names[::-1] if name in there}
    wanted = value.strip().lower().replace(" ", "_")
    names = next((same for same in SAME_VALUE if wanted in same), (wanted,))
    amount = next((there.index(name) for name in names if name in there), None)
    if "npi" not in columns:
        raise _missing("npi", header, path)
    if said or "period" in columns:
        if amount is None:
            raise _missing(value, header, path)
        return {**columns, "value": amount}
    if not columns.keys() & {"specialty", "entity"}:
        raise _missing("year", header, path)
    return columns


def _missing(name: str, header: Sequence[str], path: Path) -> NeedsHuman:
    close = difflib.get_close_matches(name, header, 1, 0.4)
    near = f' The nearest is "{close[0]}".' if close else f" It has: {', '.join(header)}."
    steps = {
        "npi": "Name the column of the NPI `npi`.",
        "year": f"Name the column of the period `year` or `month`, or write the period first: 2023={path}",
    }
    step = steps.get(name, "Say which column is meant with `--value NAME`.")
    return NeedsHuman(f'{path}:1: the column "{name}" is missing.{near}', next_step=step)


def _amount(written: str) -> float | None:
    """A blank is 0, as a missing row is."""
    try:
        amount = float(written.replace(",", "").lstrip("$") or 0)
    except ValueError:
        return None
    return amount if 0 <= amount < 1e12 else None
