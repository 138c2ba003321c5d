"""A reading that breaks off again and again comes to an end: either it gets on, or it gives up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from random import Random

import pytest

from connector.contract import Cursor, Interaction, Page
from connector.errors import TryAgain
from connector.sync.patience import Patience
from connector.sync.pull import pull
from sandbox.wire import Fault
from tests.adapters.benches import Bench, SandboxBench, hubspot_bench, salesforce_bench
from tests.conftest import StillClock


@pytest.fixture(params=["salesforce", "hubspot"])
def bench(request: pytest.FixtureRequest, clock: StillClock) -> Iterator[SandboxBench]:
    with ExitStack() as stack:
        opened: Bench = stack.enter_context(
            {"salesforce": salesforce_bench, "hubspot": hubspot_bench}[request.param](clock)
        )
        assert isinstance(opened, SandboxBench)
        yield opened


def filled(bench: SandboxBench, visits: int, calls: int) -> None:
    account = bench.add_account("kim@example.com")
    for n in range(max(visits, calls)):
        at = bench.clock.now() - timedelta(days=n + 1)
        for kind in ("visit",) * (n < visits) + ("call",) * (n < calls):
            bench.log(account, kind, at)
    bench.clock.sleep(60)


def read(bench: SandboxBench) -> list[Interaction]:
    """As the engine reads, with what it has saved in a list."""
    saved, cursors, crm = list[Interaction](), list[Cursor](), bench.connect()

    def save(page: Page[Interaction]) -> None:
        saved.extend(page.rows)
        cursors.append(page.cursor)

    def since() -> Cursor | None:
        return cursors[-1] if cursors else None

    pull(crm.interactions, since, save, Patience(bench.clock, Random(1)), lambda _rows: None)
    return saved


def test_an_object_that_never_answers_ends_the_reading(bench: SandboxBench) -> None:
    filled(bench, visits=3, calls=3)
    name = bench.reading.interactions[1]
    where = rf"/{name}(/|$)" if bench.reading.object == "companies" else rf"/sobjects/{name}/updated"
    bench.wire.faults.append(Fault(where, status=503, body='{"message": "Busy."}', times=500))

    with pytest.raises(TryAgain):
        read(bench)

    assert len(bench.wire.calls) < 60


def test_a_reading_gets_on_though_it_is_stopped_every_few_calls(bench: SandboxBench) -> None:
    filled(bench, visits=12, calls=12)
    for skip in range(3, 300, 4):
        bench.wire.faults.append(Fault("/(crm|services/data)/", status=503, body='{"message": "Busy."}', skip=skip))

    rows = read(bench)

    assert len({row.id for row in rows}) == 24


def test_more_searches_than_a_second_allows_are_spread(clock: StillClock) -> None:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        filled(bench, visits=4, calls=4)
        crm = bench.connect()
        cursor = [page.cursor for page in crm.interactions(None)][-1]
        filled(bench, visits=4, calls=60)

        rows = [row for page in _again(bench, cursor) for row in page.rows]

        assert len({row.id for row in rows}) >= 64


def _again(bench: SandboxBench, cursor: Cursor) -> list[Page[Interaction]]:
    pages, crm = list[Page[Interaction]](), bench.connect()
    patience = Patience(bench.clock, Random(1))
    pull(
        crm.interactions,
        lambda: pages[-1].cursor if pages else cursor,
        pages.append,
        patience,
        lambda _rows: None,
    )
    return pages
