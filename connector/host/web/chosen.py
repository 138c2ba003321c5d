"""Which rep a page is about: a rep's own, or one whom somebody who sees several has chosen.

Errors   Absent: a rep who is not theirs, or whom nobody knows
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from sqlalchemy import Connection

from connector.host.web.here import Here
from connector.host.web.who import Absent, Role
from connector.store.reads.reps import reps_seen


@dataclass(frozen=True, slots=True)
class Choice:
    rep: str  # "": none is chosen
    reps: tuple[str, ...]  # whom there are to choose from


def chosen(at: Here, connection: Connection) -> Choice:
    asked = request.args.get("rep", "").strip().lower()
    if at.viewer.role is Role.REP:
        if asked not in ("", at.viewer.email):
            raise Absent
        return Choice(at.viewer.email, ())
    reps = tuple(reps_seen(connection, at.crm, at.sees))
    if asked and asked not in reps:
        raise Absent
    return Choice(asked, reps)
