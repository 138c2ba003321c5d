"""The sample: made up, the same for everybody, and shaped like the real thing."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from statistics import median

import pytest

from callplan.model import npi_is_valid
from connector.config import ClaimsSource
from connector.intake import read_claims
from sandbox.people import populate
from sandbox.sample import write_sample
from sandbox.server import serve
from sandbox.world import World
from tests.conftest import TODAY

HEADER = "npi,name,specialty,city,state,zip,latitude,longitude,volume"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    with write_sample(tmp_path_factory.mktemp("sample"), accounts=300).open() as file:
        return list(csv.DictReader(file))


def world(folder: Path, rows: int = 60, today: date = TODAY, seed: int = 7) -> World:
    lines = [f"2{at:09d},Dr. {at},Cardiology,Ames,IA,50010,{42 + at / 100},-93.6,{at}" for at in range(rows)]
    (folder / "providers.csv").write_text("\n".join([HEADER, *lines]))
    return populate(folder / "providers.csv", today=today, seed=seed, label="sample data")


def test_every_npi_has_a_right_check_digit_and_belongs_to_nobody(sample: list[dict[str, str]]) -> None:
    npis = {row["Rndrng_NPI"] for row in sample}

    assert all(npi_is_valid(npi) for npi in npis)
    assert {npi[0] for npi in npis} == {"2"}  # NPPES issues NPIs that begin with 1


def test_it_holds_no_descriptor_of_a_code_and_no_cell_of_fewer_than_eleven(sample: list[dict[str, str]]) -> None:
    assert {row["HCPCS_Desc"] for row in sample} == {""}
    assert min(int(row["Tot_Benes"]) for row in sample) >= 11


def test_it_is_the_same_for_everybody(tmp_path: Path) -> None:
    one, other = write_sample(tmp_path / "one"), write_sample(tmp_path / "other")

    assert one.read_bytes() == other.read_bytes()
    assert write_sample(tmp_path / "third", seed=8).read_bytes() != one.read_bytes()


def test_its_specialties_and_volumes_have_the_margins_of_the_real_file(shared_data: Path, tmp_path: Path) -> None:
    files = [str(path) for path in (shared_data / "demo").iterdir() if ".csv" in path.suffixes]
    real = read_claims([ClaimsSource(path=path) for path in files], base=tmp_path, log=lambda *_, **__: None).claims
    made = read_claims(
        [ClaimsSource(path=str(write_sample(tmp_path, accounts=848)))], base=tmp_path, log=lambda *_, **__: None
    ).claims

    shares = [{s: (claims.specialty == s).mean() for s in set(real.specialty.tolist())} for claims in (real, made)]
    sums = [median(_sums(claims.provider.tolist(), claims.volume.tolist())) for claims in (real, made)]

    assert max(abs(shares[0][name] - shares[1][name]) for name in shares[0]) < 0.05
    assert 0.6 < sums[1] / sums[0] < 1.6


def test_territories_are_as_large_for_each_of_eight_reps(tmp_path: Path) -> None:
    made = world(tmp_path, rows=83)

    counts = sorted([p.rep for p in made.providers].count(rep.email) for rep in made.reps)

    assert len(made.reps) == 8
    assert counts[-1] - counts[0] <= 1


def test_nothing_was_logged_after_today_but_plans(tmp_path: Path) -> None:
    made = world(tmp_path)

    late = [touch for touch in made.touches if touch.at.date() >= TODAY]

    assert {touch.result for touch in late} <= {"planned"}
    assert made == world(tmp_path)
    assert made.touches != world(tmp_path, seed=8).touches


def test_some_accounts_are_seen_often_some_went_silent_and_some_were_never_visited(tmp_path: Path) -> None:
    made = world(tmp_path, rows=200)
    last = {touch.npi: touch.at for touch in sorted(made.touches, key=lambda t: t.at) if touch.result == "done"}
    silent = [(TODAY - at.date()).days for at in last.values()]

    assert 0 < 200 - len(last) < 40
    assert min(silent) < 14
    assert max(silent) > 120


def test_the_state_of_both_crms_outlives_the_process(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    made = world(tmp_path)
    first = serve(made, state=file)
    reach = first.reach()["hubspot"]
    _write_one(reach["url"], reach["token"], str(first.hubspot.find(made.providers[0].npi)))
    first.close()

    second = serve(made, state=file)
    account = second.hubspot.find(made.providers[0].npi)
    second.close()

    assert account
    assert second.hubspot.record(account)["hcp_tier"] == "A"


def _write_one(url: str, token: str, id_: str) -> None:
    import requests

    answer = requests.patch(
        f"{url}/crm/objects/2026-09/companies/{id_}",
        json={"properties": {"hcp_tier": "A"}},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 200


def _sums(rows: list[int], volumes: list[float]) -> list[float]:
    sums: dict[int, float] = {}
    for row, volume in zip(rows, volumes, strict=True):
        sums[row] = sums.get(row, 0.0) + volume
    return list(sums.values())
