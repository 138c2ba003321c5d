"""Whole nights by road: the list has the engine's minutes, and what they rest on stands at each of its stops."""

from __future__ import annotations

from pathlib import Path

from callplan.model import Npi
from connector.contract import Field, FieldType
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO
from tests.nights.desk import Desk
from tests.roads.conftest import Serve
from tests.roads.town import ACROSS, ESTIMATED, NORTH


def office(folder: Path, url: str) -> Desk:
    """Two reps from Des Moines, each with a Tier A on the other bank; the second has two."""
    roads = f"roads: {{engine: osrm, url: '{url}'}}"
    reps = "reps: [{email: kim@example.com, home_zip: '50309'}, {email: lee@example.com, home_zip: '50309'}]"
    desk = Desk(folder, f"ready_made: {{path: tiers.csv}}\n{reps}\n{roads}")
    desk.reads = "latitude: latitude, longitude: longitude"
    desk.write("tiers.csv", "NPI,Tier", *(f"{npi},A" for npi in (ADEYEMI, BRANDT, CASTILLO)))
    desk.org.add_fields(*(Field(name, FieldType.NUMBER, True) for name in ("latitude", "longitude")))
    for npi, rep, (latitude, longitude) in ((ADEYEMI, "kim", ACROSS), (BRANDT, "lee", NORTH)):
        desk.org.add_account(f"{rep}@example.com", npi=npi, latitude=latitude, longitude=longitude)
    return desk


def test_a_list_that_the_engine_still_knew_and_one_that_it_never_saw(serve: Serve, town: Path, tmp_path: Path) -> None:
    engine = serve(town)
    desk = office(tmp_path, engine.settings.url or "")
    desk.night()
    desk.org.add_account("lee@example.com", npi=CASTILLO, latitude=41.61, longitude=-93.61)

    engine.stop()
    desk.night()

    kims, *lees = (desk.store.plan.call_list()[Npi(npi)] for npi in (ADEYEMI, BRANDT, CASTILLO))
    assert kims.roads == "OSRM"
    assert kims.drive_minutes
    assert kims.drive_minutes > 14  # over the bridge
    assert {stop.roads for stop in lees} == {f"OSRM, in part {ESTIMATED}: OSRM did not answer"}
    said = [str(facts["what"]) for event, facts in desk.told if event == "announced"]
    assert any(what.startswith("OSRM did not answer") for what in said)
