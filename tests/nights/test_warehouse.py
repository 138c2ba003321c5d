"""A night over claims that stand in a warehouse: the CRM then says what it would say after one over files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from connector.config import Warehouse
from connector.run import intake_of, warehouse_of
from jobs._access import reported
from jobs._assessing import assess_claims
from tests.nights.sim.ground import ACCOUNTS, lay_ground
from tests.nights.sim.laws.said import the_crm_says_the_plan
from tests.nights.sim.world import world


def test_a_night_over_a_warehouse_writes_what_a_night_over_files_would(tmp_path: Path) -> None:
    ground = lay_ground(tmp_path / "ground")
    usual, from_files = ground.configs["usual"], ground.assessed
    file = usual.value.claims[0].path
    duckdb.execute(f"COPY (FROM read_csv('{file}', all_varchar = true)) TO '{tmp_path / 'claims.parquet'}'")
    columns = {"npi": "Rndrng_NPI", "code": "HCPCS_Cd", "volume": "Tot_Srvcs", "specialty": "Rndrng_Prvdr_Type"}
    told = {"url": "duckdb://", "claims": str(tmp_path / "claims.parquet"), "columns": columns}
    changed = usual.value.model_copy(update={"claims": (), "warehouse": Warehouse.model_validate(told)})
    ground.configs["usual"] = replace(usual, value=changed)
    warehouse = warehouse_of(changed, tmp_path)
    assert warehouse
    ground.intakes["usual"] = intake_of(warehouse)

    with world(ground, "salesforce", tmp_path) as place:
        assert place.start() == "done"

        assert list(the_crm_says_the_plan(place)) == []
        held, vintage = place.store.plan.assignments(), place.store.plan.last_vintage()
    assert {npi: one.volume for npi, one in held.items()} == dict(
        zip(from_files.npi.tolist(), from_files.volume.tolist(), strict=True)
    )
    assert {reported, assess_claims} <= set(ground.kept["usual"])  # asked once, and kept
    assert vintage is not None
    assert (vintage.providers, vintage.rows) == (ACCOUNTS, len(Path(file).read_text().splitlines()) - 1)
