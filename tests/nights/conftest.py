"""One land for the tests that only look, a fresh one for those that break something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nights.land import Land, land


@pytest.fixture
def fresh_land(tmp_path: Path) -> Iterator[Land]:
    with land(tmp_path / "callplan", accounts=200) as fresh:
        yield fresh
