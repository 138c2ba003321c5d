"""`callplan purge`: what is older than `retention` says is deleted; with `--person` somebody who has left is nameless.

Errors   NeedsHuman: somebody whom the config still names
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from connector.config import Config
from connector.errors import NeedsHuman
from connector.host.open import WallClock, open_base, open_config
from connector.store import Database, Store
from connector.store.purge import limits, make_nameless, purge
from connector.yamlfile import Loaded

CALLED = {
    "changes": "what runs wrote",
    "flags": "flags that have ended",
    "logging_gaps": "logging gaps that have ended",
    "slot_log": "slots of past weeks",
    "tallies": "what weeks ended with",
    "signals": "signals that are settled",
    "messages": "told news",
    "nights": "scheduled nights that are over",
    "sessions": "logins",
}


def purge_old(config: Path, *, dry_run: bool) -> Iterator[str]:
    loaded, now = open_config(config), WallClock().now()
    database = open_base(loaded)
    if dry_run:
        with database.rehearsal() as rehearsed:
            gone = purge(rehearsed, limits(loaded.value.retention, now))
    else:
        gone = purge(database, limits(loaded.value.retention, now))
        _first(loaded, database).journal.note("purged", now, **gone)
    verb = "would be deleted" if dry_run else "deleted"
    if not any(gone.values()):
        yield "The store has nothing that is older than `retention` says."
    yield from (f"{CALLED.get(table, table)}: {rows:,} {verb}." for table, rows in gone.items() if rows)
    yield _rejected(loaded, now, dry_run=dry_run)


def _rejected(loaded: Loaded[Config], now: datetime, *, dry_run: bool) -> str:
    """The file holds rows as they stood in the inputs."""
    file = loaded.path.parent / loaded.value.rejected
    kept = timedelta(days=loaded.value.retention.rejected_days)
    if not file.exists() or now.timestamp() - file.stat().st_mtime <= kept.total_seconds():
        return f"{file.name}: nothing to delete."
    if not dry_run:
        file.unlink()
    return f"{file.name}: {'would be deleted' if dry_run else 'deleted'}."


def forget(config: Path, email: str, by: str) -> Iterator[str]:
    loaded, now = open_config(config), WallClock().now()
    reps = {rep.email.lower() for rep in loaded.value.reps}
    if email.lower() in reps | {loaded.value.manager(rep) for rep in (*reps, "")}:
        raise NeedsHuman(
            f"The config still names {email}.",
            where=loaded.at("reps"),
            next_step="Take the entry out, give the accounts to somebody else, and run this again.",
        )
    if "@" not in email:
        raise NeedsHuman(
            f'"{email}" is no e-mail address.', next_step="Write the one by which the CRM knows this person."
        )
    database = open_base(loaded)
    nameless, rows = make_nameless(database, email)
    _first(loaded, database).journal.note("made nameless", now, called=nameless, by=by, rows=rows)
    if rows:
        yield f"In {rows:,} rows it says {nameless} now. Logins and tokens of that address are gone."
    else:
        yield f"The store names nobody by {email}. Logins and tokens of that address are gone, if there were any."
    yield "What the CRM still says comes back with the next night: change it there first. The audit log stays as it is."


def _first(loaded: Loaded[Config], database: Database) -> Store:
    """Whose journal anchors the audit log's line: the log is one for all CRMs."""
    return database.store(next(iter(loaded.value.crm)))
