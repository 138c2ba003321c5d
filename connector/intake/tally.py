"""What became of a file's rows: how many were used, passed over and rejected, why, and where the first ones stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LINES = 5  # of each reason that are remembered


@dataclass(frozen=True, slots=True)
class Rejected:
    file: str
    line: int
    reason: str


Reject = Callable[[Rejected], object]


def forget(_: Rejected) -> None:
    """Where nobody wants more than the first ones."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows were not used, how many, and the lines of the first."""

    why: str
    rows: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file was taken for."""

    path: Path
    layout: str
    sha256: str
    rows: int
    rejected: int
    passed_over: int
    columns: Mapping[str, str]  # ours to theirs
    unused: tuple[str, ...]  # theirs
    why_rejected: tuple[Reason, ...]
    why_passed_over: tuple[Reason, ...]

    @property
    def used(self) -> int:
        return self.rows - self.rejected - self.passed_over

    def told(self) -> dict[str, object]:
        """What the log says of it."""
        counts = {"rows": self.rows, "passed_over": self.passed_over, "rejected": self.rejected}
        return {"file": self.path.name, "layout": self.layout, **counts}


@dataclass
class Tally:
    rows: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, why: str, line: int) -> None:
        self.rows[why] = self.rows.get(why, 0) + 1
        first = self.lines.setdefault(why, [])
        if len(first) < LINES:
            first.append(line)

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    def reasons(self) -> tuple[Reason, ...]:
        """The most frequent first."""
        most = sorted(self.rows.items(), key=lambda item: -item[1])
        return tuple(Reason(why, rows, tuple(self.lines[why])) for why, rows in most)
