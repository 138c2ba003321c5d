"""What the tests stand on: a store on SQLite and PostgreSQL, a clock that stands still, the shared data."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from connector.store import Database, open_database
from tests.canary import _nothing_secret_is_left, pytest_runtest_makereport

__all__ = ["_nothing_secret_is_left", "pytest_runtest_makereport"]

settings.register_profile("untimed", deadline=None)  # how fast is a matter for bench/
settings.load_profile("untimed")

TODAY = date(2026, 11, 23)  # a Monday
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


LONGEST = {f"test_{name}.py" for name in ("wheel", "shifts", "machine", "killed", "calls", "simulation")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no core waits for one of them in the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


class StillClock:
    """Time passes only when somebody sleeps."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)) -> None:
        self._now, self.slept = now, 0.0

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'callplan.db'}"
        return
    with postgres_base() as url:
        yield url


@pytest.fixture
def base() -> Iterator[str]:
    """A database of its own on a PostgreSQL server."""
    with postgres_base() as url:
        yield url


@contextmanager
def postgres_base() -> Iterator[str]:
    server = os.environ.get("CALLPLAN_TEST_POSTGRES")
    if not server:
        pytest.skip("no PostgreSQL: run under tools/with-postgres, as `make test` does")
    name = f"callplan_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    database = open_database(store_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the real public files are not here (../shared/data)")
    return SHARED
