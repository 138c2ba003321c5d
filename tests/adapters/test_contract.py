"""The contract, on every adapter that there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.host.discover import adapters
from tests.adapters.benches import BENCHES, Bench
from tests.adapters.contract import AdapterContract
from tests.conftest import StillClock


@pytest.fixture(params=sorted(adapters()))
def bench(request: pytest.FixtureRequest, clock: StillClock) -> Iterator[Bench]:
    assert request.param in BENCHES, f"adapters/{request.param} has no bench in tests/adapters/benches.py"
    with BENCHES[request.param](clock) as ready:
        yield ready


class TestEveryAdapter(AdapterContract):
    pass
