"""What a page of accounts asks of the store does not grow with the accounts; and no question reads a table whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from bench.crowd import NOW, fill, login_of, manager, npi, rep, write_config
from connector.host.open import open_config
from connector.host.web import Site, make_app
from connector.store import Database, open_database
from connector.store.sessions import Lasting, Sessions
from tests.conftest import StillClock
from tests.nights.desk import empty_store

PATHS = (
    "/memory/cold",
    "/memory/cold?after=900.5-3",
    f"/memory/accounts/{npi(1)}",
    "/memory/accounts?find=alex%20example%200",
)
ROLES = {"robin@example.com": "ADMIN", manager(0): "MANAGER", rep(1): "REP"}


@dataclass
class Team:
    """A store with so many accounts, of which four are flagged, and what SQLite did for the last page."""

    folder: Path
    accounts: int
    steps: int = 0  # of SQLite's machine: a row that is looked at takes some, however deep an index is
    asked: list[tuple[str, Any]] = field(default_factory=list)

    @cached_property
    def database(self) -> Database:
        (self.folder / "callplan.db").write_bytes(empty_store())
        made = open_database(f"sqlite:///{self.folder / 'callplan.db'}")
        fill(made, self.accounts, most_flags=4)
        self._count(made.engine)
        return made

    def _count(self, engine: Engine) -> None:
        @event.listens_for(engine, "checkout")
        def _(connection: Any, *_rest: Any) -> None:
            connection.set_progress_handler(self._step, 1)

        @event.listens_for(engine, "before_cursor_execute")
        def _(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
            self.asked.append((statement, given))

    def _step(self) -> None:
        self.steps += 1

    @cached_property
    def browsers(self) -> dict[str, FlaskClient]:
        config = open_config(write_config(self.folder, "sqlite://"))
        clock = StillClock(NOW)
        app = make_app(Site(config, self.database, clock, lambda _event, /, **_facts: None))
        sessions, made = Sessions(self.database, Lasting()), dict[str, FlaskClient]()
        for who, role in ROLES.items():
            made[who] = app.test_client()
            made[who].set_cookie("callplan", sessions.begin(who, who, role, clock.now(), login_of(role))[0])
        return made

    def get(self, who: str, path: str) -> int:
        """How many statements it took."""
        browser = self.browsers[who]
        self.asked.clear()
        self.steps = 0
        assert browser.get(path).status_code == 200
        return len(self.asked)


def is_whole(detail: str) -> bool:
    """A table is read from end to end, or all of a CRM's share of it; but for open flags and waits by rep."""
    small = ("ix_flags_held", "ix_flags_worth", "ix_logging_gaps_open", "sqlite_autoindex_waits_1")
    return detail.startswith("SCAN") or (detail.endswith("(crm=?)") and not any(name in detail for name in small))


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Team, Team]]:
    made = (Team(tmp_path_factory.mktemp("few"), 4), Team(tmp_path_factory.mktemp("many"), 400))
    yield made
    for team in made:
        team.database.engine.dispose()


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_costs_the_same_with_a_hundred_times_the_accounts(teams: tuple[Team, Team], path: str, who: str) -> None:
    few, many = teams

    statements = few.get(who, path), many.get(who, path)

    assert statements[0] == statements[1] <= 14
    assert many.steps < few.steps + 396  # not a step for each further account


@pytest.mark.parametrize("path", PATHS)
def test_no_question_goes_through_a_whole_table(teams: tuple[Team, Team], path: str) -> None:
    team, scans = teams[1], list[str]()
    for who in ROLES:
        team.get(who, path)
        asked = [(statement, given) for statement, given in team.asked if statement.startswith("SELECT")]
        with team.database.engine.connect() as connection:
            for statement, given in asked:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
                scans += [f"{row.detail}: {statement}" for row in plan if is_whole(row.detail)]

    assert scans == []
