"""A page of rows that fit, of rows that no index knows by it: so many are looked at, and it goes on after the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
PAGE = 100  # rows that are shown
LOOKED = 2_000  # rows that one page looks at


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: tuple[Row, ...]
    after: int | None  # where the next page begins; None: this is the last


def page_of(
    rows: Sequence[Row], fits: Callable[[Row], bool], place: Callable[[Row], int], looked: int = LOOKED
) -> Page[Row]:
    """`rows` are those that were asked for, one more than `looked` where there are."""
    found: list[Row] = []
    for row in rows[:looked]:
        if len(found) == PAGE:
            break
        if fits(row):
            found.append(row)
        last = row
    else:
        return Page(tuple(found), place(rows[looked - 1]) if len(rows) > looked else None)
    return Page(tuple(found), place(last))
