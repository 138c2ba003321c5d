"""One night, end to end: what the plan said, what the night did, and what the CRM then holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from callplan.model import Npi
from connector.host.explain import explanation
from connector.host.open import open_config, open_store
from tests.conftest import SHARED
from tests.nights.land import CRMS, Land, land


@pytest.fixture(scope="module", params=["sample data", "real Florida accounts"])
def night(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Land, dict[str, Any]]]:
    """A land after `plan` and `nightly`, with what the plan had said."""
    claims = None if request.param == "sample data" else SHARED / "demo"
    if claims and not claims.exists():
        pytest.skip("the real public files are not here (../shared/data)")
    with land(tmp_path_factory.mktemp("night"), claims) as place:
        planned = {crm: place.asked(crm, "plan") for crm in CRMS}
        for crm in CRMS:
            assert not [line for line in place.vendor(crm).history if line[1] == "api"], "a plan wrote"
        place.callplan("nightly")
        yield place, planned


@pytest.mark.parametrize("crm", CRMS)
def test_the_night_changes_exactly_what_the_plan_said(crm: str, night: tuple[Land, dict[str, Any]]) -> None:
    place, planned = night
    wire = place.vendor(crm)

    done = {(line[2], line[3]): line[5] for line in wire.history if line[1] == "api"}

    said = {(c["id"], name): value for c in planned[crm]["changes"] for name, value in c["after"].items()}
    assert {key: _plain(value) for key, value in done.items()} == {key: _plain(v) for key, v in said.items()}
    assert len(said) > 1000


@pytest.mark.parametrize("crm", CRMS)
def test_the_crm_holds_what_explain_gives(crm: str, night: tuple[Land, dict[str, Any]]) -> None:
    place, _ = night
    state = place.state(crm)
    store = open_store(open_config(place.folder / "config.yaml"), crm)

    told = {npi: explanation(store, Npi(npi)) for npi in place.npis()[::10]}

    assert {npi: plain(said["fields"] if said else {}) for npi, said in told.items()} == {
        npi: plain(state[npi]) for npi in told
    }
    first = place.npis()[0]
    assert plain(place.asked(crm, "explain", first)[crm]["fields"]) == plain(state[first])


@pytest.mark.parametrize("crm", CRMS)
def test_a_second_night_right_after_makes_no_write_call(crm: str, night: tuple[Land, dict[str, Any]]) -> None:
    place, _ = night
    place.wire(crm).calls.clear()

    place.callplan("nightly", "--crm", crm)

    told = place.wire(crm).tally()
    assert told["writes"] == 0
    assert told["calls"] > 0


def plain(fields: dict[str, Any]) -> dict[str, str]:
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> str:
    """CRMs differ in how they hold a value: HubSpot in text, Salesforce in JSON; None and "" are both empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
