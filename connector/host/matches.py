"""`callplan matches`: what fits no account or no provider, for a person to work through, here or in Excel.

Names are shown here, and in no log: without them nobody can decide.

Errors   NeedsHuman: no such match, one that cannot hold, a file that does not say what is decided; nothing is then
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from callplan.model import Sort
from connector.errors import NeedsHuman
from connector.host.modest import repacked
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.host.spreadsheet import Column, write_csv, write_workbook
from connector.host.week.accounts import plain
from connector.host.words import count
from connector.store import Store
from connector.store.matches import Decision, Kept
from connector.store.standing import PROPOSED, REJECTED

SORTS = {
    Sort.NPI: "accounts without a usable NPI",
    Sort.KEEP: "NPIs on several accounts",
    Sort.DUPLICATE: "accounts that are perhaps another one once more",
    Sort.SEVERAL: "accounts that list several providers",
    Sort.VISIT: "visits that count for no account",
    Sort.ABSENT: "NPIs of the inputs that are not in the CRM",
}
MEANS = {
    Sort.NPI: "account {record} stands for NPI {to}",
    Sort.SEVERAL: "account {record} stands for NPI {to}",
    Sort.KEEP: "account {record} stands for NPI {to}, and the others count for it",
    Sort.DUPLICATE: "account {record} counts for account {to}",
    Sort.VISIT: "interaction {record} counts for account {to}",
    Sort.ABSENT: "NPI {record} is missing in the CRM",
}
DECISIONS = {
    "accept": "accepted",
    "accepted": "accepted",
    "yes": "accepted",
    "reject": "rejected",
    "rejected": "rejected",
}
DECISIONS |= {"no": "rejected"}
DIGITS = 18  # of a number of ours, at most
MOST_ROWS = 100_000  # of a file
ABOUT = (
    "Write accept or reject into the column Decision, and a reason if there is one; what stays empty goes on waiting.",
    "Then: callplan matches accept --from THIS_FILE --by YOUR_NAME",
    "Nothing of it is written into the CRM: its NPI field stays as people have it.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    state: str
    sort: str  # "" for all
    least: int


def list_matches(config: Path, crm: str | None, wanted: Wanted, out: Path | None, *, as_json: bool) -> Iterator[str]:
    loaded = open_config(config)
    stores = {name: open_store(loaded, name) for name in chosen_crms(loaded, crm)}
    found = {name: store.matches.all(wanted.state, wanted.sort, wanted.least) for name, store in stores.items()}
    if out:
        yield _written(out, stores, found)
    elif as_json:
        yield json.dumps({name: [asdict(one) for one in kept] for name, kept in found.items()}, indent=2, default=str)
    else:
        for name, kept in found.items():
            yield from _told(name, stores[name], kept, wanted.state)


def say_waiting(store: Store) -> Iterator[str]:
    """For `callplan status`: how many of each sort, and what to do about them."""
    for sort, number in store.matches.waiting().items():
        waits = f"{count(number, 'suggestion')} {'waits' if number == 1 else 'wait'}"
        yield f"  {waits}, on {SORTS[Sort(sort)]}: `callplan matches list --sort {sort}`."
    if astray := _astray(store):
        yield f"  visits of the last weeks that count for no account: {astray}"


def decide(config: Path, crm: str | None, decisions: Sequence[Decision]) -> Iterator[str]:
    """All of them or none; numbers are one CRM's."""
    loaded, now = open_config(config), WallClock().now()
    stores = {name: open_store(loaded, name) for name in chosen_crms(loaded, crm)}
    numbers = {one.number for one in decisions}
    holding = {name: store for name, store in stores.items() if store.matches.named(numbers)}
    if len(holding) > 1:
        raise NeedsHuman(
            "These matches are of several CRMs.",
            next_step=f"Decide those of one after the other, with --crm {' and with --crm '.join(holding)}.",
        )
    name, store = next(iter((holding or stores).items()))
    said = {one.number: one for one in decisions}
    for kept in store.matches.decide(decisions, now):
        one = said[kept.id]
        yield f"{name}: match {kept.id} is {one.state} by {one.by}: {meaning(kept)}."
    yield what_next(decisions)


def what_next(decisions: Sequence[Decision]) -> str:
    if all(one.state == REJECTED for one in decisions):
        return "It is not suggested again; if it was accepted, it holds until the next night."
    return (
        "The next night acts on it. Nothing of it is written into the CRM's own fields; mend them there when you can."
    )


def decisions_in(file: Path, by: str, crm: str | None = None) -> list[Decision]:
    """Rows of an .xlsx or .csv with the columns Number and Decision, and perhaps Reason; with `crm` only its own."""
    rows = _rows(file)
    heads = [str(cell).strip().lower() for cell in rows[0]] if rows else []
    if missing := [name for name in ("number", "decision") if name not in heads]:
        raise NeedsHuman(
            f"{file}: there is no column {missing[0]}.", next_step="`callplan matches --out` writes such a file."
        )
    found, problems = list[Decision](), list[str]()
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(heads, (str(cell).strip() for cell in row), strict=False))
        word, number = cells.get("decision", "").lower(), cells.get("number", "").removesuffix(".0")
        if not word or (crm and cells.get("crm", crm) != crm):
            continue
        if word not in DECISIONS or not number.isdecimal() or len(number) > DIGITS:
            problems.append(f'{file}:{line}: "{word}" for match "{number}" is no decision. Write accept or reject.')
            continue
        found.append(Decision(int(number), DECISIONS[word], by, cells.get("reason", "")))
    times = Counter(one.number for one in found)
    problems += [f"{file}: match {number} is decided {many} times." for number, many in times.items() if many > 1]
    if problems or not found:
        raise NeedsHuman(
            "\n".join(problems) or f"{file}: nothing is decided in it.", next_step="Nothing was put on record."
        )
    return found


def _rows(file: Path) -> list[list[Any]]:
    try:
        if file.suffix.lower() == ".csv":
            with file.open(encoding="utf-8-sig", newline="") as text:
                return [list(row) for row in csv.reader(text)]
        from python_calamine import CalamineWorkbook

        sheet = CalamineWorkbook.from_filelike(repacked(file)).get_sheet_by_index(0)
        return list(sheet.to_python(nrows=MOST_ROWS))
    except NeedsHuman:
        raise
    except Exception as error:
        raise NeedsHuman(f"{file} cannot be read: {error}.", next_step="Give a .csv or .xlsx file.") from error


def _told(crm: str, store: Store, found: Sequence[Kept], state: str) -> Iterator[str]:
    records = len({(one.sort, one.record) for one in found})
    if state != PROPOSED:
        yield f"{crm}: {count(len(found), 'suggestion')} {state}."
    elif found:
        yield f"{crm}: {count(records, 'record')} to look at. A suggestion does nothing until somebody accepts it."
    else:
        yield f"{crm}: nothing waits for a person."
    names = _names(store)
    for sort, title in SORTS.items():
        some = [one for one in found if one.sort == sort]
        if some:
            yield f"  {title[0].upper()}{title[1:]}"
        for one in some:
            sure = f"{one.confidence}%" if one.to else "  -"
            named = f' ("{names[one.record]}")' if names.get(one.record) else ""
            told = plain(f"{meaning(one)}{named}: {one.evidence}.{_decided(one)}")  # CRMs and files may hold any sign
            yield f"    {one.id}  {sure}  {told}"
    if state == PROPOSED and (astray := _astray(store)):
        yield f"  Visits that count for no account, by rep: {astray}"
    if found and state == PROPOSED:
        yield '  To decide: callplan matches accept NUMBER --by "YOUR NAME"; or reject, and it is not suggested again.'


def _decided(one: Kept) -> str:
    said = [f" {one.state.capitalize()}"] if one.by or one.reason else []
    said += [f" by {one.by}"] if one.by else []
    return "".join([*said, f": {one.reason}." if one.reason else "." if said else ""])


def meaning(one: Kept) -> str:
    if not one.to and one.sort != Sort.ABSENT:
        return f"account {one.record}, no suggestion"
    return MEANS[Sort(one.sort)].format(record=one.record, to=one.to)


def _names(store: Store) -> dict[str, str]:
    roster = store.mirror.roster()
    return dict(zip(roster.id.tolist(), roster.name.tolist(), strict=True))


def _astray(store: Store) -> str:
    counts = json.loads(store.mirror.cursor("astray") or "{}")
    return ", ".join(f"{rep} {count:,}" for rep, count in list(counts.items())[:10])


def _written(out: Path, stores: dict[str, Store], found: dict[str, list[Kept]]) -> str:
    called = {name: _names(stores[name]) for name in found}
    rows = [(name, one, called[name].get(one.record, "")) for name, kept in found.items() for one in kept]
    columns = to_be_decided(rows)
    if out.suffix.lower() == ".csv":
        write_csv(out, columns)
    else:
        write_workbook(out, columns, ABOUT, "Matches")
    then = f"`callplan matches accept --from {out} --by NAME`"
    return f"{out}: {len(rows):,} suggestions. Write accept or reject beside each, then {then}."


def to_be_decided(rows: Sequence[tuple[str, Kept, str]]) -> tuple[Column, ...]:
    """The table that people fill in: of each the CRM, the suggestion, and the record's name in the CRM."""
    return (
        Column("Number", [one.id for _, one, _ in rows], "0", 8),
        Column("Decision", ["" for _ in rows], width=10),
        Column("Reason", ["" for _ in rows], width=24),
        Column("Confidence", [one.confidence if one.to else None for _, one, _ in rows], "0", 11),
        Column("What", [SORTS[Sort(one.sort)] for _, one, _ in rows], width=30),
        Column("Record", [one.record for _, one, _ in rows], width=20),
        Column("Name in the CRM", [name for _, _, name in rows], width=28),
        Column("In the CRM's field", [one.own for _, one, _ in rows], width=18),
        Column("Suggested", [one.to for _, one, _ in rows], width=20),
        Column("Evidence", [one.evidence for _, one, _ in rows], width=80),
        Column("CRM", [crm for crm, _, _ in rows], width=12),
    )
