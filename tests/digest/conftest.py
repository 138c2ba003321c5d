"""One mail server for all tests of a file, empty at the start of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.digest.morning import Mornings
from tests.digest.post_office import PostOffice


@pytest.fixture(scope="session")
def running() -> Iterator[PostOffice]:
    office = PostOffice()
    yield office
    office.close()


@pytest.fixture
def office(running: PostOffice) -> PostOffice:
    running.received.clear()
    running.commands.clear()
    running.refuses.clear()
    running.on_message = lambda: None
    return running


@pytest.fixture
def desk(tmp_path: Path, office: PostOffice) -> Mornings:
    return Mornings(tmp_path, "", port=office.port, office=office).opened()
