"""Back-ups: made, and put back. What an admin is told of both, line by line.

Errors   those of connector.store.archive and connector.store.restore
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from connector.host.open import WallClock, open_base, open_config
from connector.store.archive import Archive, write_archive
from connector.store.audit import Audit
from connector.store.database import NEWEST
from connector.store.restore import restore_archive


def back_up(config: Path, file: Path) -> Iterator[str]:
    loaded, now = open_config(config), WallClock().now()
    made = write_archive(open_base(loaded).engine, NEWEST, file, version("callplan"), now)
    yield f"{file}: {made.rows:,} rows of {len(made.tables)} tables, {file.stat().st_size:,} bytes."
    audit = loaded.path.parent / loaded.value.audit
    yield f"Keep {audit} too, apart from it: the audit log is no part of the back-up, and is never put back."


def put_back(config: Path, file: Path, *, replace: bool) -> Iterator[str]:
    loaded, now = open_config(config), WallClock().now()
    archive, database = Archive(file), open_base(loaded)
    restore_archive(database, archive, list(loaded.value.crm), now, replace=replace)
    made = datetime.fromisoformat(archive.manifest.made)
    yield f"The store is as it was at {made:%Y-%m-%d %H:%M} UTC: {archive.manifest.rows:,} rows."

    journals = [database.store(crm).journal for crm in loaded.value.crm]
    path = loaded.path.parent / loaded.value.audit
    found = Audit(path).verify(journals[0].anchors())
    whole = f"whole, {found.head.lines:,} lines"
    yield f"The audit log is {whole}." if not found.problem else f"The audit log does not fit: {found.problem}"
    for journal in journals:
        journal.note("restored", now, archive=archive.sha256, made=archive.manifest.made, fits=not found.problem)
    yield "Next: `callplan plan` shows what the coming night would write. See docs/how-to/back-up.md."
