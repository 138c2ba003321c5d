"""The portal to which the questions are put."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.served import Asked, portal_of
from tests.conftest import StillClock


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Asked]:
    with portal_of(clock) as portal:
        yield portal
