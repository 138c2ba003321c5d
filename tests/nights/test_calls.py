"""What a night costs: write calls against the fewest that the vendor's limits allow, as the README tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from sandbox.world import Touch
from tests.conftest import TODAY
from tests.nights.land import CRMS, Land, land

README = Path(__file__).parent.parent.parent / "README.md"
ROWS = {"salesforce": 5 * 200, "hubspot": 100}  # five collections of 200 in one composite request; a batch of 100
NIGHTS = ("the first night", "a night after visits to 1 % of the accounts", "a night after nothing")


@dataclass(frozen=True)
class Cost:
    crm: str
    night: str
    calls: int
    writes: int
    rows: int

    @property
    def fewest(self) -> int:
        return -(-self.rows // ROWS[self.crm])

    @property
    def first_send(self) -> int:
        """The first night under a mapping sends 50 records before the rest, to read them back."""
        return 1 if self.rows > ROWS["hubspot"] else 0

    @property
    def line(self) -> str:
        """As a row of the README's table."""
        ratio = f"{self.writes / self.fewest:.2f}" if self.fewest else "none needed"
        cells = (self.crm, self.night, self.rows, self.writes, self.fewest, ratio, self.calls - self.writes)
        return f"| {' | '.join(str(cell) for cell in cells)} |"


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Cost]]:
    with land(tmp_path_factory.mktemp("calls")) as place:
        yield [cost for night in NIGHTS for cost in spend(place, night)]


def spend(place: Land, night: str) -> Iterator[Cost]:
    if "visits" in night:
        log_visits(place, share=0.01)
    for crm in CRMS:
        place.wire(crm).calls.clear()
        place.callplan("nightly", "--crm", crm)
        told = place.wire(crm).tally()
        yield Cost(crm, night, told["calls"], told["writes"], told["rows"])


def log_visits(place: Land, share: float) -> None:
    """Reps visit the first accounts by NPI."""
    providers = place.serving.world.providers
    at = datetime.combine(TODAY - timedelta(days=1), time(16), UTC)
    for provider in providers[: round(share * len(providers))]:
        for crm in CRMS:
            visit = Touch(provider.npi, provider.rep, "visit", at, 30, "outbound", "done")
            place.vendor(crm).log_touch(place.vendor(crm).find(provider.npi), visit)


def test_no_night_takes_more_write_calls_than_the_vendor_s_limits_ask_but_for_the_first_send(costs: list[Cost]) -> None:
    assert [(cost.night, cost.crm) for cost in costs if cost.writes != cost.fewest + cost.first_send] == []


def test_a_night_after_few_visits_writes_few_records(costs: list[Cost]) -> None:
    few = [cost.rows for cost in costs if cost.night == NIGHTS[1]]

    assert all(8 <= rows <= 80 for rows in few)


def test_the_readme_tells_what_was_measured(costs: list[Cost]) -> None:
    told = README.read_text(encoding="utf-8")

    assert [cost.line for cost in costs if cost.line not in told] == []
