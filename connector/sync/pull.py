"""Read what changed in the CRM since last time, page by page, and never lose the place.

A page's rows and its cursor are committed together. A reading that breaks, in this process or the last, is
continued from the last page that was saved; repeated rows replace themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from connector.contract import Cursor, Page
from connector.errors import TryAgain
from connector.sync.patience import Patience

Row = TypeVar("Row")


def pull(
    read: Callable[[Cursor | None], Iterator[Page[Row]]],
    since: Callable[[], Cursor | None],
    save: Callable[[Page[Row]], None],
    patience: Patience,
    progress: Callable[[int], None],
) -> int:
    """How many rows came. Patience is for one page: after a break, reading goes on from the last page saved."""
    came, pages = 0, read(since())

    def next_page() -> Page[Row] | None:
        nonlocal pages
        try:
            return next(pages, None)
        except TryAgain:
            pages = read(since())
            raise

    while page := patience.keep_trying(next_page):
        save(page)
        came += len(page.rows)
        progress(len(page.rows))
    return came
