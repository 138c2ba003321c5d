"""A CRM that a stranger has added from outside, by CONTRIBUTING.md: it keeps the contract, and has its nights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from callplan.model import npi_is_valid
from connector.contract import Secret
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.discover import adapters
from sandbox.sample import write_sample
from sandbox.server import listen
from sandbox.wire import Wire
from tests.adapters.contract import AdapterContract
from tests.conftest import TODAY, StillClock
from tests.third_crm.bench import LedgerlyBench, installed, ledgerly_bench
from tests.third_crm.server import KEY, Ledgerly

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module", autouse=True)
def _beside_callplan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with installed(tmp_path_factory.mktemp("site")):
        yield


@pytest.fixture
def bench(clock: StillClock) -> Iterator[LedgerlyBench]:
    with ledgerly_bench(clock) as ready:
        yield ready


class TestLedgerly(AdapterContract):
    pass


def filled(npis: list[str]) -> Ledgerly:
    """All clinics are Kim's; the first was seen yesterday, the others long ago."""
    vendor = Ledgerly(lambda: datetime(2026, 11, 23, 8, tzinfo=UTC), ["kim@example.com"])
    for at, npi in enumerate(npis):
        clinic = vendor.add("clinics", "kim@example.com", npi=npi, title=f"Clinic {at}", state="IA", zip="50309")
        seen = (vendor.now() - timedelta(days=200 if at else 1)).isoformat()
        told = {"kind": "visit", "at": seen, "status": "closed", "outcome": "held", "minutes": 30}
        vendor.add("entries", "kim@example.com", clinic=clinic, **told)
    return vendor


def test_its_first_hour_and_two_nights_go_as_those_of_any_crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = write_sample(tmp_path / "claims", accounts=60).read_text().splitlines()[1:]
    vendor = filled(list(dict.fromkeys(row.split(",")[0] for row in rows)))
    wire = Wire(vendor)
    listening = listen(wire)
    monkeypatch.setenv("LEDGERLY_KEY", KEY)
    config = ["--config", str(tmp_path / "config.yaml")]
    reach = ["--set", f"base_url={listening.url}", "--claims", str(tmp_path / "claims"), "--yes"]
    try:
        begun = run("init", str(tmp_path), "--crm", "ledgerly", *reach)
        checked = run("check", *config)
        night = run("nightly", *config, "--today", TODAY.isoformat())
        before = len(wire.calls)
        again = run("nightly", *config, "--today", TODAY.isoformat())
    finally:
        listening.close()

    held = [one.fields for one in vendor.records["clinics"].values()]
    assert "Next: `callplan check" in begun, begun
    assert "ledgerly: login, clinics with 17 fields" in checked
    assert "60 written, 0 refused" in night
    assert {"A", "B"} <= {one.get("tier") for one in held}
    assert [one["cold_reason"] for one in held if one.get("going_cold")]
    assert " 0 written" in again
    assert [call.rows for call in wire.calls[before:] if call.rows is not None] == []
    assert all(npi_is_valid(one["npi"]) for one in held)


def run(*words: str) -> str:
    told = CliRunner().invoke(cli, words)
    assert told.exit_code == 0, (told.output, told.exception)
    return told.output


@pytest.mark.parametrize(
    "address", ["https://evil.example", "http://10.0.0.1", "https://me@evil.example#.ledgerly.example"]
)
def test_the_key_goes_nowhere_else(bench: LedgerlyBench, address: str) -> None:
    bench.settings = bench.adapter.Settings(base_url=address, key=Secret(KEY))

    with pytest.raises(NeedsHuman, match="no address of Ledgerly"):
        bench.connect()


def test_an_adapter_that_cannot_be_imported_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "broken-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[callplan.adapters]\nbroken = nowhere_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(NeedsHuman, match='The adapter "broken" cannot be imported from nowhere_at_all'):
        adapters()


def test_it_sees_nothing_of_callplan_but_the_contract_and_the_errors() -> None:
    sources = [path.read_text() for path in (Path(__file__).parent / "outside").rglob("*.py")]

    named = {line.split()[1] for text in sources for line in text.splitlines() if line.startswith("from connector")}

    assert named == {"connector.contract", "connector.errors"}
    assert not [text for text in sources if "import callplan\n" in text or "from callplan" in text.replace("_", "")]
