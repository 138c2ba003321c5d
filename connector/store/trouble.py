"""What a database says when it cannot go on, and whom that concerns. Nothing was lost: its transaction is undone.

Source   SQLite, "Result and Error Codes"; PostgreSQL, "Error Codes", classes 08, 40, 53, 57
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from connector.errors import ConnectorError, NeedsHuman, TryAgain

SPACE = "Make room on the disk that holds it, and run again; Callplan goes on where it was."
RESTORE = (
    "Put back yesterday's copy of the file, or move the file away: Callplan reads the CRM anew, and the audit log, "
    "which lies beside it, is whole."
)
# What the message holds -> class, what it means, the next step.
WORDS: dict[str, tuple[type[ConnectorError], str, str]] = {
    "database is locked": (TryAgain, "another process is writing to it", "Wait for it, and run again."),
    "database or disk is full": (NeedsHuman, "its disk is full", SPACE),
    "disk i/o error": (NeedsHuman, "its disk does not take what is written", SPACE),
    "no space left on device": (NeedsHuman, "its disk is full", SPACE),
    "readonly database": (NeedsHuman, "it may not be written to", "Give Callplan the right to write to the file."),
    "malformed": (NeedsHuman, "the file is damaged", RESTORE),
    "not a database": (NeedsHuman, "the file is no SQLite database", RESTORE),
    "deadlock detected": (TryAgain, "another process stood in the way", "Run again."),
    "could not serialize": (TryAgain, "another process stood in the way", "Run again."),
}
LOST = (TryAgain, "the connection to it broke", "Look whether the database server runs, and run again.")


def in_our_words(error: DBAPIError, store: str) -> ConnectorError | None:
    """None for what is a bug of ours."""
    said = str(error.orig or error)
    found = next((words for text, words in WORDS.items() if text in said.lower()), None)
    if error.connection_invalidated or "connection" in said.lower():
        found = found or LOST
    if not found:
        return None
    kind, what, step = found
    return kind(f"The store {store} stops: {what} ({said.splitlines()[0]}).", next_step=step)
