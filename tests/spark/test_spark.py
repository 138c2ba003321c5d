"""Spark gives the same tiers: `make spark`, in an environment of its own, because Spark is half a gigabyte and slow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callplan.assess import assess
from callplan.model import AssessRules
from connector.config import Warehouse
from connector.engine.warehouse import open_warehouse
from tests.callplan.columns import ONE_THREAD, npi
from tests.callplan.test_assess import bytes_of
from tests.connector.test_engine import LINES, PLAIN, RULES, SIZES, SPECIALTIES, WHO, of_files, tiers_of

sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed here: `make spark` brings its own")
MASTER = "local[2]"


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[None]:
    """With the claims as two views, a provider's NPI being text in one and a number in the other."""
    session = sql.SparkSession.builder.master(MASTER).config("spark.ui.enabled", "false").getOrCreate()
    lines = [(npi(who), code, told or None, volume) for who, code, told, volume in reversed(LINES)]
    claims = "prescriber string, hcpcs string, icd10 string, volume double"
    session.createDataFrame(lines, claims).createOrReplaceTempView("claims")
    doctors = [(int(npi(at)), SPECIALTIES[at], SIZES[at] or None) for at in WHO]
    session.createDataFrame(doctors, "prescriber bigint, specialty string, clinicians int").createOrReplaceTempView(
        "doctors"
    )
    yield
    session.stop()


@pytest.mark.parametrize("rules", [PLAIN, RULES], ids=["as most ask", "with all that can be asked"])
def test_spark_gives_the_tiers_that_files_with_the_same_claims_give(rules: AssessRules) -> None:
    names = {"npi": "prescriber", "code": "hcpcs", "diagnosis": "icd10", "size": "clinicians"}
    told = {"url": f"spark://{MASTER}", "claims": "claims", "providers": "doctors", "columns": names}

    found = assess(open_warehouse(Warehouse.model_validate(told), ONE_THREAD, Path()), rules)

    assert bytes_of(found) == bytes_of(of_files(rules))
    assert tiers_of(found).tier.tolist() == tiers_of(of_files(rules)).tier.tolist()
