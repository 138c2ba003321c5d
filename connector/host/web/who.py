"""Who asks, what they may do, and whose accounts they may see.

rep       their own accounts
manager   the accounts of their team, as the config's `reps` have it
admin     everything

Errors   Forbidden is answered 403, Absent 404, Stale 409; what somebody may not see is Absent, as what is not there
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import Any, TypeVar

from flask import g
from werkzeug.exceptions import Conflict, Forbidden, NotFound

from connector.config import Config
from connector.store.reads.sees import EVERYTHING, Sees
from connector.store.sessions import Session

View = TypeVar("View", bound=Callable[..., Any])


class Role(IntEnum):
    REP = 1
    MANAGER = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Viewer:
    email: str  # of a local admin, the name of the account on this machine
    role: Role
    session: Session | None = None  # none: by a token of the API

    def may(self, role: Role) -> bool:
        return self.role >= role

    def sees(self, config: Config) -> Sees:
        if self.role is Role.ADMIN:
            return EVERYTHING
        if self.role is Role.REP:
            return Sees(frozenset({self.email}))
        return team_of(self.email, config)


def team_of(manager: str, config: Config) -> Sees:
    """The reps that the config gives this manager; whom it gives nobody are the default manager's."""
    listed, others = managers(config)
    if others == manager:
        return Sees(but=frozenset(rep for rep, theirs in listed.items() if theirs != manager))
    return Sees(frozenset({manager, *(rep for rep, theirs in listed.items() if theirs == manager)}))


def managers(config: Config) -> tuple[dict[str, str], str]:
    """The manager of each rep that the config lists, and of all others; in small letters, "" where it names none."""
    others = (config.cold.flag.manager or "").lower()
    return {rep.email.lower(): (rep.manager or others).lower() for rep in config.reps}, others


def viewer() -> Viewer:
    """Of the request that is answered; `door.py` has let them in."""
    found: Viewer = g.viewer
    return found


def allowed(role: Role) -> Callable[[View], View]:
    """For a view: whoever has a lower role is refused. A view without it is refused to everybody: door.py."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **words: Any) -> Any:
            if not viewer().may(role):
                raise Forbidden(f"This is for {role.name.lower()}s. Ask one of them for what you need of it.")
            return view(*args, **words)

        guarded.allowed = role  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


class Absent(NotFound):
    description = "There is no such page, or none for you."


class Stale(Conflict):
    """The form was about something that has changed since: nothing was done."""

    description = "This has changed since the page was made. Nothing was done: look again."
