"""Whose accounts somebody may see: a condition that every question about accounts takes.

Whoever is manager of those reps that the config does not list sees all reps but those of other managers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, true

from connector.store.tables import books
from connector.store.tallies import EVERYBODY


@dataclass(frozen=True, slots=True)
class Sees:
    """Reps by e-mail, in small letters: only these, or with `only` None all but `but`."""

    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()

    def rep(self, email: str) -> bool:
        """Nobody is called as what is counted of all reps together is kept: whoever sees all but some asks for that."""
        if email == EVERYBODY:
            return False
        return email.lower() in self.only if self.only is not None else email.lower() not in self.but

    @property
    def condition(self) -> ColumnElement[bool]:
        """On `books.rep`, which the question joins."""
        return self.on(books.c.rep)

    def on(self, rep: ColumnElement[str]) -> ColumnElement[bool]:
        if self.only is not None:
            return rep.in_(sorted(self.only))
        return rep.not_in(sorted(self.but)) if self.but else true()


EVERYTHING = Sees()
