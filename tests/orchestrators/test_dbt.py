"""The dbt project, built by dbt: what it makes is what Callplan reads, and where it fails no night is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.orchestrators.conftest import EXAMPLES, PYTHON, ROOT

pytest.importorskip("dbt.adapters.duckdb", reason="dbt is not installed here: `make orchestrators` brings it")
TIERS = ["NPI,Tier,Why,Procedures", "1000000004,A,two hundred joints a year,310", "1000000012,B,by volume,140"]
WAREHOUSE = (
    'warehouse: {url: "duckdb:///claims.duckdb", claims: claims_12m}\n'
    'assess: {families: [{name: joints, codes: ["27130", "27447"]}]}\n'
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "dbt", tmp_path / "dbt"))


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    secret = {"HUBSPOT_SERVICE_KEY": "none"}
    return subprocess.run(command, cwd=project, env=os.environ | own | secret, capture_output=True, text=True)


def test_callplan_reads_the_tiers_and_the_claims_that_the_project_makes(project: Path) -> None:
    built = run(project, "dbt", "build", "--profiles-dir", ".")
    told = run(project, PYTHON, "-m", "connector.host.cli", "intake")
    config = project / "config.yaml"
    config.write_text(config.read_text().split("ready_made")[0] + WAREHOUSE)
    asked = run(project, PYTHON, "-c", ASK)

    assert built.returncode == 0, built.stdout
    assert (project / "tiers.csv").read_text().splitlines()[:3] == TIERS
    assert "3 used, 0 passed over, 0 rejected" in told.stdout, told.stderr
    assert asked.stdout.split() == ["1000000004", "1000000012", "1000000020"], asked.stderr


def test_the_night_follows_a_build_that_succeeds_and_its_exit_code_is_the_scripts(project: Path) -> None:
    """No CRM answers here: what matters is that it was asked."""
    (project / "config.yaml").write_text("crm: 1\n")

    ended = run(project, "env", f"CALLPLAN={PYTHON} -m connector.host.cli", "./night.sh")

    assert (project / "tiers.csv").exists()
    assert ended.returncode == 2
    assert "config.yaml:1" in ended.stderr


def test_no_night_is_run_on_tables_that_fail_their_tests(project: Path) -> None:
    with (project / "models/tiers.sql").open("a") as model:
        model.write("-- and once more\n")
    text = (project / "models/tiers.sql").read_text()
    (project / "models/tiers.sql").write_text(text.replace("then 'B'", "then 'Silver'"))

    ended = run(project, "env", "CALLPLAN=touch ran", "./night.sh")

    assert ended.returncode == 1
    assert "accepted_values" in ended.stdout
    assert not (project / "ran").exists()


ASK = """
from pathlib import Path
from connector.host.open import open_config
from connector.run import warehouse_of
print(*warehouse_of(open_config(Path("config.yaml")).value, Path()).claims.npi)
"""
