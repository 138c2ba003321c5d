"""Who changed which field from what to what, when, by which run and rules: a file that only grows.

One JSON object a line, each with the hash of all before it. The file stands beside the database and not in it, so that
a restored back-up does not lose it; the database holds the newest hash, so that a file cut short is noticed. A line
goes to disk before what it announces is sent.

Errors   NeedsHuman: the file cannot be written, or its last whole line is no line of ours
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from connector.errors import NeedsHuman

Entry = Mapping[str, Any]
BEGINNING = hashlib.sha256(b"callplan audit").hexdigest()
TAIL = 1 << 20  # bytes in which the last line must begin


@dataclass(frozen=True, slots=True)
class Head:
    """How many lines there are, and the hash of the last."""

    lines: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    head: Head
    problem: str | None  # the first one, with its line


class Audit:
    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entries: Sequence[Entry]) -> Head:
        """Put the entries on disk, all or none but for a torn last line, which the next append marks as torn."""
        try:
            with FileLock(f"{self.path}.lock"):
                return self._append(entries)
        except OSError as error:
            raise NeedsHuman(
                f"The audit log cannot be written: {error.strerror or error}. Nothing was sent.",
                where=str(self.path),
                next_step="Make room, or give Callplan the right to write there, and run again.",
            ) from error

    def _append(self, entries: Sequence[Entry]) -> Head:
        with self.path.open("a+b") as file:
            head, rest = self._head(file)
            lines = [b"\n"] if rest else []
            for entry in ([{"event": "torn"}] if rest and not _parsed(rest) else []) + list(entries):
                head, line = _chained(head, entry)
                lines.append(line)
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        return head

    def _head(self, file: Any) -> tuple[Head, bytes]:
        """The last whole line, and what follows the last line's end: a torn one, or a whole one that lacks its end."""
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        *whole, rest = file.read().split(b"\n")
        for line in reversed([*whole, rest]):
            if entry := _parsed(line):
                return Head(int(entry["line"]), str(entry["hash"])), rest
        if not whole:
            return Head(0, BEGINNING), rest
        raise NeedsHuman(
            "The audit log does not end with a line of ours.",
            where=str(self.path),
            next_step="Run `callplan audit`; move the file aside to begin a new one.",
        )

    def verify(self, anchors: Sequence[Head] = ()) -> Verdict:
        """Follow the chain from the first line; each anchor must be found in it."""
        head, waiting = Head(0, BEGINNING), {anchor.lines: anchor.hash for anchor in anchors if anchor.lines}
        for number, entry, follows_torn in self._entries():
            if entry and follows_torn and entry.get("event") != "torn":
                return Verdict(head, f"{self.path}:{number - 1}: this line is not whole, and nothing says why.")
            if entry is None:
                continue
            expected, _ = _chained(head, {name: value for name, value in entry.items() if name not in ("line", "hash")})
            if (entry["line"], entry["hash"]) != (expected.lines, expected.hash):
                return Verdict(head, f"{self.path}:{number}: this line, or one before it, was changed or taken out.")
            head = expected
            if waiting.pop(head.lines, head.hash) != head.hash:
                return Verdict(head, f"{self.path}:{number}: the database knows another line here.")
        if waiting:
            return Verdict(head, f"{self.path}: {max(waiting) - head.lines} lines are missing at the end.")
        return Verdict(head, None)

    def _entries(self) -> Iterator[tuple[int, dict[str, Any] | None, bool]]:
        """Line number, entry or None where it is not whole, and whether the line before was not whole."""
        torn = False
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                entry = _parsed(line) if line.endswith(b"\n") else None
                yield number, entry, torn
                torn = entry is None


def _chained(head: Head, entry: Entry) -> tuple[Head, bytes]:
    content = json.dumps({"line": head.lines + 1, **entry}, ensure_ascii=False, sort_keys=True, default=str)
    new = Head(head.lines + 1, hashlib.sha256(head.hash.encode() + content.encode()).hexdigest())
    line = json.dumps({**json.loads(content), "hash": new.hash}, ensure_ascii=False, sort_keys=True)
    return new, line.encode() + b"\n"


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and {"line", "hash"} <= entry.keys() else None
