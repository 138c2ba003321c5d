"""Which column of a log says what: by usual names, by the names that are given, or by number where there are none.

Errors   NeedsHuman: a column that is not there, or none for the account or the day; with what to type
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from connector.errors import NeedsHuman
from connector.intake import cells
from connector.intake.text import Table
from connector.yamlfile import nearest

ALIASES = {  # the first that is there
    "account": (
        *("account_id", "account", "customer_id", "customer", "provider_id", "npi"),
        *("cust_id", "client_id", "user_id", "contact_id"),
    ),
    "day": (
        *("visit_date", "activity_date", "date", "day", "call_date", "date_time", "datetime"),
        *("order_date", "order_dt", "purchase_date", "transaction_date", "invoice_date", "timestamp"),
    ),
    "created": ("created", "created_date", "created_at", "created_on", "create_date", "logged", "logged_at"),
    "tier": ("tier", "segment", "risk"),
    "rep": ("rep", "rep_id", "owner", "owner_id"),
    "kind": ("kind", "purpose", "type"),
    "direction": ("direction",),
}
OPTIONS = {"account": "--account", "day": "--date"}  # of those that a log must have
LIKELY = {
    "account": re.compile(r"acc?ount|cust|client|user|(?<![a-z])id$", re.IGNORECASE),
    "day": re.compile(r"date|day|time|when|dt$", re.IGNORECASE),
}
FORMS = "2018-04-16, 4/16/2018, 20180416 or 16-Apr-2018, with a time or without"


def headed(table: Table, named: Mapping[str, str], path: Path) -> tuple[Sequence[str], Iterable[tuple[int, list[str]]]]:
    """Header and rows; where the first line tells of a day it is a row, and columns are called 1, 2, 3 and so on."""
    first = table.header
    days = [at for at, cell in enumerate(first, 1) if day_of(cell)]
    if not days:
        return first, table.rows
    if not OPTIONS.keys() <= named.keys():
        raise NeedsHuman(
            f"{path}:1: the first line is no header but a row: {', '.join(first)}. So columns are called 1, 2, 3.",
            next_step=f"Say which they are, such as --account {1 if days[0] > 1 else 2} --date {days[0]}.",
        )
    return [str(at) for at in range(1, len(first) + 1)], chain([(1, first)], table.rows)


def places_of(
    header: Sequence[str], named: Mapping[str, str], more: Sequence[str], path: Path
) -> dict[str, int | None]:
    there = {_plain(name): at for at, name in reversed(list(enumerate(header)))}

    def asked(name: str, option: str) -> int:
        if _plain(name) not in there:
            raise NeedsHuman(
                f'{path}:1: the column "{name}" is missing. {nearest(name, header)}', next_step=f"Correct {option}."
            )
        return there[_plain(name)]

    places = {
        ours: asked(named[ours], OPTIONS.get(ours, f"--{ours}"))
        if ours in named
        else next((there[_plain(name)] for name in names if _plain(name) in there), None)
        for ours, names in ALIASES.items()
    }
    if missing := [ours for ours in OPTIONS if places[ours] is None]:
        raise NeedsHuman(
            f"{path}:1: no column says the {' and none the '.join(missing)}. There are: {', '.join(header)}.",
            next_step=f"Say which one does, such as {' '.join(_proposed(ours, header) for ours in missing)}.",
        )
    return {**places, **{further(name): asked(name, "the condition") for name in more}}


def _proposed(ours: str, header: Sequence[str]) -> str:
    """What to type, with the likeliest column."""
    column = next((name for name in header if LIKELY[ours].search(name)), "COLUMN")
    return f"{OPTIONS[ours]} {shlex.quote(column)}"


def further(name: str) -> str:
    """The key of a column that goes along: it may be one of ours too."""
    return f"+{name}"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def day_of(written: str) -> str:
    """As 2018-04-16; "" where it is none."""
    plain = written.removesuffix(".0")
    if re.fullmatch(r"(19|20)\d{6}", plain):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    if "/" in plain:
        plain = re.sub(r"[ T,].*", "", plain)
    found = cells.day(plain)
    return "" if found is None else str(found)
