"""How good suggested NPIs are, by what they say of themselves, and what a large org costs.

Accounts are made of real providers, whose names, places and NPIs are damaged as people do when they type them into a
CRM; a fifth of them are providers that are not on file. So it is known whom each account stands for.

    python bench/matches.py ../shared/data      precision and recall by band of confidence
    python bench/matches.py --large             20,000 accounts against 1,000,000 made-up providers

Honest    the damage is ours, not a CRM's, and so are the crowd's names; towns, and names of the real ones, are real
"""

from __future__ import annotations

import csv
import gzip
import resource
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))  # run from anywhere
from callplan.matching import suggest_npis
from callplan.model import Listed, npi_is_valid
from callplan.names import NICKNAMES

BANDS = ((95, 99), (90, 94), (80, 89), (60, 79), (40, 59), (25, 39))
SHORT = {line.split()[0]: line.split()[1] for line in NICKNAMES if len(line.split()) > 1}
Row = tuple[str, str, str, str, str, str, str]  # NPI, last, first, middle, city, state, ZIP


def people(providers: Path, zips: Path) -> list[Row]:
    """Of CMS's totals by provider, which have no ZIP: each gets one of its town's."""
    of_town, random, found = defaultdict[tuple[str, str], list[str]](list), Random(3), []
    for row in _rows(zips):
        of_town[row["city"].upper(), row["state"]].append(row["zip"])
    for row in _rows(providers):
        names, home = row["name"].split(), of_town.get((row["city"].upper(), row["state"]))
        if row["entity_type"] == "Individual" and len(names) > 1 and home:
            found.append(
                (
                    row["npi"],
                    names[-1],
                    names[0],
                    "".join(names[1:-1])[:1],
                    row["city"],
                    row["state"],
                    random.choice(home),
                )
            )
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def crowded(rows: list[Row], times: int, random: Random) -> list[Row]:
    """With so many more made of the same names and places: an excerpt holds too few neighbours and namesakes."""
    firsts, lasts = [row[2] for row in rows], [row[1] for row in rows]
    made = list(rows)
    for number in range(len(rows) * times):
        home = random.choice(rows)
        made.append(
            (f"9{number:09d}", random.choice(lasts), random.choice(firsts), random.choice("ABCDEJLMRS"), *home[4:])
        )
    return made


def typo(text: str, random: Random) -> str:
    at = random.randrange(1, max(2, len(text) - 1))
    how = random.randrange(3)
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[:at] + random.choice("AEIOULNRST") + text[at + 1 :]
    return text[: at - 1] + text[at : at + 1] + text[at - 1 : at] + text[at + 1 :]


def damaged(row: Row, others: list[Row], random: Random) -> tuple[str, str, str, str, str]:
    """Name, city, state, ZIP and NPI as a CRM could have them."""
    npi, last, first, middle, city, state, zip_code = row
    if random.random() < 0.12:
        last = typo(last, random)
    if random.random() < 0.08:
        first = typo(first, random)
    elif random.random() < 0.3:
        first = SHORT.get(first, first)
    elif random.random() < 0.08:
        first = first[:1]
    if random.random() < 0.6:
        middle = ""
    if random.random() < 0.15:
        near = [other for other in random.sample(others, 300) if other[5] == state]
        *_, city, state, zip_code = random.choice(near or [row])
    if random.random() < 0.1:
        zip_code = ""
    form = random.randrange(4)
    name = [
        f"{first} {middle} {last}",
        f"{last}, {first} {middle}",
        f"Dr. {first} {last}, MD",
        f"{first} {last} M.D., FACC",
    ][form]
    return (
        " ".join(name.title().split()),
        city.title(),
        state,
        zip_code,
        mistyped(npi, random) if random.random() < 0.25 else "",
    )


def mistyped(npi: str, random: Random) -> str:
    at = random.randrange(1, 9)
    if random.random() < 0.4:
        return npi[:at] + npi[at + 1] + npi[at] + npi[at + 2 :]
    return npi[:at] + random.choice("0123456789") + npi[at + 1 :]


def listed(rows: Sequence[tuple[str, ...]]) -> Listed:
    """Of rows of id, name, city, state, ZIP."""
    record, name, city, state, zip_code = (np.array(column, dtype=np.str_) for column in zip(*rows, strict=True))
    return Listed(record, name, city, state, zip_code, np.full(len(rows), "", dtype=np.str_))


def by_band(rows: list[Row], accounts: int = 4000, seed: int = 7, crowd: int = 0) -> str:
    random = Random(seed)
    rows = crowded(rows, crowd, random)
    real = [row for row in rows if not row[0].startswith("9")]
    chosen = random.sample(real, accounts)
    missing = {row[0] for row in chosen[: accounts // 5]}
    made = [(f"a{at:05d}", *damaged(row, real, random)) for at, row in enumerate(chosen)]
    truth = {record[0]: row[0] for record, row in zip(made, chosen, strict=True)}
    typed = {record[0]: record[5] for record in made if not npi_is_valid(record[5])}
    providers = [
        (row[0], " ".join(filter(None, (row[2], row[3], row[1]))), *row[4:]) for row in rows if row[0] not in missing
    ]
    found = suggest_npis(listed([record[:5] for record in made]), typed, listed(providers), set())
    lines = [f"{accounts:,} accounts, {len(missing):,} of providers not on file; {len(providers):,} providers on file"]
    best = {one.record: one for one in reversed(found)}
    for low, high in BANDS:
        band = [one for one in best.values() if low <= one.confidence <= high]
        right = sum(truth[one.record] == one.to for one in band)
        lines.append(
            f"  {low}-{high}: {len(band):5,} first suggestions, right {right / max(1, len(band)):6.1%}, "
            f"recall {right / (accounts - len(missing)):6.1%}"
        )
    anywhere = {one.record for one in found if truth[one.record] == one.to}
    lines.append(f"  the right one among the few: {len(anywhere) / (accounts - len(missing)):.1%} of those on file")
    return "\n".join(lines)


def large(accounts: int = 20_000, providers: int = 1_000_000) -> str:
    random, letters = Random(7), "ABCDEFGHIJKLMNOPRSTUVW"
    syllables = (letters, "AEIOU", letters, "AEIO", letters)
    lasts = ["".join(map(random.choice, syllables)) for _ in range(30_000)]
    firsts = [line.split()[0] for line in NICKNAMES]
    rows = []
    for number in range(providers):
        zip_code = f"{random.randrange(1000, 99999):05d}"
        rows.append(
            (f"1{number:09d}", f"{random.choice(firsts)} {random.choice(lasts)}", "Town", f"S{zip_code[:2]}", zip_code)
        )
    chosen = [(f"a{at:05d}", *row[1:]) for at, row in enumerate(random.sample(rows, accounts))]
    file, ours = listed(rows), listed(chosen)
    del rows
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()
    found = suggest_npis(ours, {}, file, set())
    seconds, more = perf_counter() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return f"{accounts:,} accounts, {providers:,} providers: {len(found):,} suggestions, {seconds:.1f} s, {more:.0f} MB"


if __name__ == "__main__":
    if "--large" in sys.argv:
        print(large())
    else:
        folder = Path(sys.argv[1])
        rows = people(folder / "medicare/providers.csv.gz", folder / "geo/us_zip_latlon.csv.gz")
        for crowd in (0, 45):
            print(by_band(rows, crowd=crowd))
