"""Read what changed in the CRM since last time, page by page, and never lose the place.

A page's rows and its cursor are committed together. A reading that breaks, in this process or the last, is
continued from the last page that was saved; repeated rows replace themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from connector.contract import Cursor, Page
from connector.sync.patience import Patience

Row = TypeVar("Row")


def pull(
    read: Callable[[Cursor | None], Iterator[Page[Row]]],
    since: Callable[[], Cursor | None],
    save: Callable[[Page[Row]], None],
    patience: Patience,
    progress: Callable[[int], None],
) -> int:
    """How many rows came. `since` is asked anew after every break, so that only what is missing is read."""
    came = 0

    def read_on() -> None:
        nonlocal came
        for page in read(since()):
            save(page)
            came += len(page.rows)
            progress(len(page.rows))

    patience.keep_trying(read_on)
    return came
