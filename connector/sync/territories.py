"""Whose account it is: its owner's in the CRM, or that of the territory it lies in.

Of the entries of a list the most specific has the account: its NPI, its ZIP, its county, the first three digits of its
ZIP. An account in no territory stays with its owner. Nothing is reassigned in the CRM; where the two differ it is told.

Shapes   Aligned is columns (n,), in the order of the roster
Errors   NeedsHuman: everything that is wrong with the list and the file, each at its line
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from callplan.model import Marks, Texts, npi_is_valid
from connector.config import Config
from connector.errors import NeedsHuman
from connector.intake.cells import zip5
from connector.intake.files import open_table
from connector.roads.places import county, county_key, county_names
from connector.store.mirror import Roster
from connector.yamlfile import Loaded, nearest

ZIP = re.compile(r"\d{3}(\d{2}(-?\d{4})?)?")


@dataclass(frozen=True, slots=True)
class Aligned:
    name: Texts  # of the territory; "" where an account is in none
    rep: Texts  # who works the account, "" for nobody
    key: Texts  # what the account is ranked in: its rep, or its territory where that has none
    elsewhere: Marks  # the CRM gives it to somebody else


@dataclass(frozen=True)
class Territories:
    by_owner: bool = False
    rep_of: dict[str, str] = field(default_factory=dict)  # by territory, "" for nobody
    of: dict[str, str] = field(default_factory=dict)  # territory by NPI, ZIP, county and first three digits

    def names(self) -> list[str]:
        return sorted(self.rep_of)

    def align(self, roster: Roster) -> Aligned:
        owner = roster.owner
        if self.by_owner:
            return Aligned(owner, owner, owner, np.zeros(len(owner), dtype=np.bool_))
        columns = (roster.npi, roster.zip, roster.city, roster.state)
        name = np.array([self.at(*row) for row in zip(*(c.tolist() for c in columns), strict=True)], dtype=np.str_)
        theirs = np.array([self.rep_of.get(one, "") for one in name.tolist()], dtype=np.str_)
        rep = np.where(name == "", owner, theirs)
        return Aligned(name, rep, np.where(rep == "", name, rep), rep != owner)

    def at(self, npi: str, zip_code: str = "", city: str = "", state: str = "") -> str:
        """The territory of an account, "" if it is in none."""
        zip_ = zip5(zip_code)
        found = self.of.get(npi) or self.of.get(zip_)
        return found or self.of.get(county_key(county(zip_, city, state))) or self.of.get(zip_[:3]) or ""


BY_OWNER = Territories(by_owner=True)


def read_territories(config: Loaded[Config]) -> Territories:
    rules = config.value.territories
    if rules.by == "owner":
        return BY_OWNER
    book = _Book()
    for at, territory in enumerate(rules.list):
        here = _locator(config, at)
        book.name(territory.name, (territory.rep or "").lower(), here("name"))
        for which, zip_code in enumerate(territory.zips):
            book.claim(zip_code, zip_code, territory.name, here("zips", which))
        for which, written in enumerate(territory.counties):
            book.claim_county(written, territory.name, here("counties", which))
    if rules.file:
        book.read(config.path.parent / rules.file)
    if book.problems:
        raise NeedsHuman("\n".join(book.problems))
    return Territories(rep_of=book.rep_of, of={key: name for key, (name, _) in book.claimed.items()})


def _locator(config: Loaded[Config], territory: int) -> Callable[..., str]:
    return lambda *keys: config.at("territories", "list", territory, *keys)


@dataclass
class _Book:
    """What has been read so far."""

    rep_of: dict[str, str] = field(default_factory=dict)
    claimed: dict[str, tuple[str, str]] = field(default_factory=dict)  # key to territory, and where that was said
    problems: list[str] = field(default_factory=list)

    def name(self, name: str, rep: str, where: str) -> None:
        if name in self.rep_of:
            self.problems.append(f'{where}: there is a territory "{name}" already. Put both into one entry.')
        self.rep_of.setdefault(name, rep)

    def claim(self, key: str, written: str, name: str, where: str) -> None:
        other, before = self.claimed.setdefault(key, (name, where))
        if other != name:
            self.problems.append(f'{where}: {written} is in "{other}" already ({before}). Take it out of one of them.')

    def claim_county(self, written: str, name: str, where: str) -> None:
        key = county_key(written)
        if key in county_names():
            self.claim(key, written, name, where)
            return
        of_state = [told for one, told in county_names().items() if one[-2:] == key[-2:]]
        near = nearest(written, of_state or ["Polk, IA"])
        self.problems.append(f'{where}: there is no county "{written}". {near}')

    def read(self, path: Path) -> None:
        """A table with the columns territory and zip or npi, and perhaps rep."""
        with open_table(path) as table:
            columns = {title.strip().lower(): at for at, title in enumerate(table.header)}
            if "territory" not in columns or not {"zip", "npi"} & columns.keys():
                raise NeedsHuman(
                    f"{path}:1: the columns territory and zip are wanted, or territory and npi.",
                    next_step=f"There are: {', '.join(table.header)}.",
                )
            for line, cells in table.rows:
                row = {title: cells[at].strip() for title, at in columns.items() if at < len(cells)}
                self._take(row, f"{path}:{line}")

    def _take(self, row: dict[str, str], where: str) -> None:
        name, rep = row.get("territory", ""), row.get("rep", "").lower()
        if problem := next(self._faults(row, name), ""):
            self.problems.append(f"{where}: {problem}")
            return
        if self.rep_of.setdefault(name, rep) != rep and rep:
            self.problems.append(
                f"{where}: \"{name}\" is {self.rep_of[name] or 'nobody'}'s, not {rep}'s. Write one rep."
            )
        zip_code = row.get("zip", "")
        key = zip_code if len(zip_code) == 3 else zip5(zip_code)
        self.claim(row.get("npi") or key, row.get("npi") or zip_code, name, where)

    def _faults(self, row: dict[str, str], name: str) -> Iterator[str]:
        npi, zip_code = row.get("npi", ""), row.get("zip", "")
        if not name:
            yield "the territory is empty. Fill it, or delete the row."
        if bool(npi) == bool(zip_code):
            yield "a row has either a ZIP or an NPI. Leave one of them."
        if npi and not npi_is_valid(npi):
            yield f"{npi} is not an NPI: its check digit is wrong. Correct it."
        if zip_code and not ZIP.fullmatch(zip_code):
            yield f"{zip_code} is no ZIP. Write five digits, or the first three; zeros in front are digits too."
        if "rep" not in row and name not in self.rep_of:
            yield f'there is no territory "{name}". {nearest(name, sorted(self.rep_of))} Or add a column rep.'
