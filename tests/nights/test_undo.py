"""A night taken back: all of it, except what somebody has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.contract import CrmId
from connector.store.journal import Difference
from connector.sync.undo import undo
from tests.nights.land import CRMS, Land, land

VALUES = st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.integers(0, 3))
FIELDS = st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1)
BRANDT = CrmId("a1")


@pytest.fixture
def fresh_land(tmp_path: Path) -> Iterator[Land]:
    """Two batches of HubSpot's, where fewer accounts tell as much as many."""
    with land(tmp_path / "callplan", accounts=200) as fresh:
        yield fresh


@given(FIELDS, FIELDS)
def test_what_was_written_and_taken_back_is_as_it_was(before: dict[str, Any], after: dict[str, Any]) -> None:
    written = Difference(BRANDT, "", {name: before.get(name) for name in after}, after)

    found = undo([written], {BRANDT: {**before, **after}})

    restored = {**before, **after, **found.differences[0].after}
    assert {name: restored.get(name) for name in restored} == {name: before.get(name) for name in restored}
    assert found.left == ()


def test_a_record_that_is_gone_is_left_out() -> None:
    assert undo([Difference(BRANDT, "", {"a": 1}, {"a": 2})], {}).differences == ()


@pytest.mark.parametrize("crm", CRMS)
def test_a_night_is_taken_back_but_for_what_people_edited(crm: str, fresh_land: Land) -> None:
    before = fresh_land.state(crm)
    fresh_land.callplan("nightly", "--crm", crm)
    after, tier = fresh_land.state(crm), fresh_land.fields(crm)["tier"]
    npi = next(npi for npi, held in after.items() if held["tier"] == "A")
    record = fresh_land.vendor(crm).find(npi)
    fresh_land.vendor(crm).edit(record, **{tier: "B"})
    run = fresh_land.asked(crm, "status")[crm]["runs"][0]["id"]
    fresh_land.wire(crm).calls.clear()

    looked = fresh_land.callplan("undo", str(run)).stdout
    writes = fresh_land.wire(crm).tally()["writes"]
    done = fresh_land.callplan("undo", str(run), "--apply").stdout

    assert writes == 0
    assert f'{record} NPI {npi} {tier}: is "B", run {run} wrote "A"' in looked
    assert "written 200, refused 0" in done
    now = fresh_land.state(crm)
    assert now[npi].pop("tier") == "B"
    before[npi].pop("tier")
    assert {npi: empty(held) for npi, held in now.items()} == {npi: empty(held) for npi, held in before.items()}


def test_a_run_that_wrote_nothing_has_nothing_to_take_back(fresh_land: Land) -> None:
    fresh_land.callplan("run", "pull")

    done = fresh_land.callplan("undo", "1", check=False)

    assert done.returncode == 2
    assert "There is no run 1 that wrote anything." in done.stderr


def empty(held: dict[str, Any]) -> dict[str, Any]:
    """A checkbox that was never set and one that is not set are the same."""
    return {name: value for name, value in held.items() if value not in (None, "", False, "false")}
