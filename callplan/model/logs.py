"""A log of visits, as the back-tests and the report read it: one row for each interaction that was logged.

`tier` is that of the row. It may be the same on all rows of an account, vary, or be "" on many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from callplan.model.words import Days, Marks, Texts


@dataclass(frozen=True, slots=True)
class Log:
    """Columns (m,), in the order of the files; texts are "" where the log does not say."""

    account: Texts
    day: Days
    created: Days  # when it was put on record; the day itself where the log does not say
    tier: Texts
    rep: Texts
    kind: Texts
    direction: Texts
    more: Mapping[str, Texts] = field(default_factory=dict)  # other columns that were asked for, by their names

    def of(self, rows: Marks) -> Log:
        more = {name: texts[rows] for name, texts in self.more.items()}
        return replace(
            self, more=more, **{name: getattr(self, name)[rows] for name in self.__slots__ if name != "more"}
        )
