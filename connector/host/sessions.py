"""Who is logged in to the pages, and the end of that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from connector.host.open import WallClock, open_base, open_config
from connector.host.web.door import lasting
from connector.serving import Web
from connector.store.sessions import Session, Sessions


def list_sessions(path: Path, *, as_json: bool) -> Iterator[str]:
    config = open_config(path)
    found = Sessions(open_base(config), lasting(config.value.web or Web())).open(WallClock().now())
    if as_json:
        yield json.dumps([_told(session) for session in found], indent=1)
    elif not found:
        yield "Nobody is logged in."
    else:
        yield from (_line(session) for session in found)


def end_sessions(path: Path, email: str | None, by: str) -> Iterator[str]:
    """Of one person, or of everybody."""
    config, now = open_config(path), WallClock().now()
    database = open_base(config)
    sessions = Sessions(database, lasting(config.value.web or Web()))
    mine = [session for session in sessions.open(now) if email is None or session.email == email.lower()]
    ended = sum(sessions.end(session, now) for session in mine)
    database.store("").journal.note("sessions ended", now, of=email or "everybody", sessions=ended, by=by)
    yield f"{ended} ended." if ended else "Nobody was logged in."


def _line(session: Session) -> str:
    since = f"since {session.started:%Y-%m-%d %H:%M} UTC, last request {session.seen:%H:%M}"
    return f"{session.email}, {session.role.lower()}, {since}"


def _told(session: Session) -> dict[str, str]:
    since, seen = session.started.isoformat(), session.seen.isoformat()
    return {"email": session.email, "role": session.role.lower(), "since": since, "last_request": seen}
