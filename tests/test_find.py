"""`callplan find` as an admin meets it: the list, its filter as a gate, Excel and CSV, and what is misspelled."""

from __future__ import annotations

import csv
import json
import shutil
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

import adapters.memory
from adapters.memory.org import Org
from connector.contract import Field, FieldType
from connector.errors import NeedsHuman
from connector.host.check import check_all
from connector.host.cli import cli
from connector.host.discover import job
from connector.host.log import silent
from connector.host.open import Parts, begin_run, open_config, open_store
from connector.mapping import read_mapping, reading
from tests.conftest import SHARED, TODAY, StillClock
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, npi, written

CMS = (
    *("Rndrng_NPI", "Rndrng_Prvdr_Last_Org_Name", "Rndrng_Prvdr_First_Name", "Rndrng_Prvdr_City"),
    *("Rndrng_Prvdr_State_Abrvtn", "Rndrng_Prvdr_Zip5", "Rndrng_Prvdr_Type", "HCPCS_Cd", "Tot_Benes", "Tot_Srvcs"),
)
CLINICIANS = ("NPI", "Facility Name", "org_pac_id", "num_org_mem", "adr_ln_1", "ZIP Code")
FORMULA = '=HYPERLINK("http://example.com","Adeyemi")'
CARDIO = ("Cardiology", "92928")
FEW = npi(4)  # seven procedures a year: an average of years may be as small
CONFIG = """
crm: {memory: {mapping: memory.yaml}}
claims: [{path: claims.csv}]
assess:
  families: [{name: coronary, codes: ["92920-92944"]}]
  volume_floor: 0
guards: {min_matched_share: 0}
"""
MAPPING = """
crm: memory
account: {object: account, npi: npi}
interactions: [log]
fields: {tier: {field: tier}, tier_reason: {field: why}}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("find")
    written(
        folder / "claims.csv",
        CMS,
        (
            ADEYEMI,
            quoted(FORMULA),
            "",
            "Des Moines",
            "IA",
            "50309",
            *CARDIO,
            60,
            120,
        ),
        (BRANDT, "Brandt", "Bea", "Boston", "MA", "02115", *CARDIO, 40, 80),
        (CASTILLO, "Castillo", "Cy", "Ames", "IA", "50010", "Urology", "92928", 30, 30),
        (FEW, "Few", "Fay", "Ames", "IA", "50010", *CARDIO, 11, 7),
    )
    written(
        folder / "clinicians.csv",
        CLINICIANS,
        (ADEYEMI, "Iowa Heart", "42", 12, "1 Main St", "50309"),
        (BRANDT, "Bay Group", "43", 2, "2 Main St", "02115"),
    )
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "memory.yaml").write_text(MAPPING)
    return folder


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def find(*words: object) -> str:
    done = CliRunner().invoke(cli, ["find", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def found(*words: object) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(find(*words, "--json"))
    return told


def npis(told: dict[str, Any]) -> list[str]:
    return [one["npi"] for one in told["found"]]


def complaint(*words: object) -> str:
    with pytest.raises(NeedsHuman) as caught:
        find(*words)
    return str(caught.value)


# The list


def test_the_first_line_says_how_many_of_how_many_and_the_last_is_the_filter(files: Path) -> None:
    said = find("--config", files / "config.yaml", "--state", "ia", "--near", "50309", "--within", "60min").splitlines()

    assert said[0].startswith("3 of 4 providers match, by claims ")
    assert said[0].endswith("from 1 file.")
    assert said[1].split()[:4] == ["NPI", "name", "volume", "pct"]
    assert [line.split()[0] for line in said[2:5]] == [ADEYEMI, CASTILLO, FEW]
    assert said[-1] == "where: {states: [IA], near: '50309', within: 60min}"


def test_the_table_fits_the_terminal(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def widest(columns: int) -> int:
        monkeypatch.setenv("COLUMNS", str(columns))
        return max(map(len, find("--claims", files / "claims.csv", "--state", "MA").splitlines()[1:3]))

    assert widest(60) <= 60 < widest(140) <= 140


def test_a_small_count_is_not_told(files: Path) -> None:
    told = found("--claims", files / "claims.csv")

    assert {one["npi"]: one["volume"] for one in told["found"]}[FEW] is None
    assert "<11" in find("--claims", files / "claims.csv")


def test_minutes_are_estimated_and_labelled_so(files: Path) -> None:
    told = found("--claims", files / "claims.csv", "--near", "50309", "--within", "60min")

    ames = next(one for one in told["found"] if one["npi"] == CASTILLO)
    assert 25 < ames["miles"] < 35
    assert 40 < ames["minutes"] < 55
    assert told["minutes"] == "estimated (great circle x 1.3)"


def test_practices_are_known_from_registries_and_who_has_none_is_counted(files: Path) -> None:
    words = ("--claims", files / "claims.csv", "--registry", files / "clinicians.csv", "--practice-size", "5-50")

    told = found(*words)

    assert [(one["npi"], one["practice"], one["practice_size"]) for one in told["found"]] == [
        (ADEYEMI, "Iowa Heart", 12)
    ]
    assert "2 that fit otherwise have no practice size on file, and are left out." in find(*words)


@pytest.mark.parametrize("before", ["before.csv", "2023=year23.csv"])
def test_a_trend_is_against_earlier_claims_or_years(files: Path, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    written(files / "before.csv", CMS, (ADEYEMI, "A", "", "", "IA", "50309", *CARDIO, 60, 100))
    written(files / "year23.csv", ("npi", "total_services"), (ADEYEMI, 1000), (BRANDT, 900))
    written(files / "year24.csv", ("npi", "total_services"), (ADEYEMI, 1200), (BRANDT, 990))
    more = ("--before", "2024=year24.csv") if "=" in before else ()

    told = found("--claims", "claims.csv", "--trend", "+20%", "--before", before, *more)

    assert [(one["npi"], one["change"]) for one in told["found"]] == [(ADEYEMI, 0.2)]


# The filter as a gate


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--specialty", "cardiology", "--volume", "100-"), "80 relevant procedures a year, fewer than 100"),
        (("--state", "IA", "--near", "50309", "--within", "60min"), "state MA"),
        (("--code", "92928", "--volume", "-90", "--zip", "02"), "ZIP 50309"),
        (("--county", "Story, IA"), "county Polk, IA"),
        (("--trend", "+20%", "--before", "earlier.csv"), "no volume of an earlier year on file"),
    ],
)
def test_the_filter_of_find_pasted_into_the_config_lets_the_same_providers_in(
    files: Path, tmp_path: Path, words: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Path(shutil.copytree(files, tmp_path / "plan"))
    monkeypatch.chdir(files)
    written(files / "earlier.csv", CMS, (ADEYEMI, "A", "", "", "IA", "50309", *CARDIO, 60, 100))
    looked_for = npis(found("--config", "config.yaml", *words))
    pasted = find("--config", "config.yaml", *words).splitlines()[-1]
    (files / "pasted.yaml").write_text(CONFIG.replace("  volume_floor", f"  {pasted}\n  volume_floor"))

    inside, reasons = tiers_by(files / "pasted.yaml")

    assert sorted(looked_for) == inside
    assert 0 < len(inside) < 4
    assert f"Tier C, no visits planned: outside the plan's filter: {why}." in reasons
    assert npis(found("--config", "pasted.yaml")) == looked_for  # without a part, the config's own filter


def tiers_by(config: Path) -> tuple[list[str], list[str]]:
    """After a night's first half on a CRM in memory: who is inside, and why the others are not."""
    clock, loaded, mapping = StillClock(), open_config(config), read_mapping(config.parent / "memory.yaml")
    org = Org(clock)
    org.add_fields(*(Field(name, FieldType.TEXT, True) for name in ("npi", "tier", "why")))
    for one in (ADEYEMI, BRANDT, CASTILLO, FEW):
        org.add_account("kim@example.com", npi=one)
    settings = adapters.memory.Settings()
    connect = partial(adapters.memory.connect, settings, reading(mapping.value), clock=clock, transport=org)
    parts = Parts(loaded, mapping, connect, open_store(loaded, "memory"), clock, Random(7), silent)
    with begin_run(parts, "refresh_tiers", TODAY) as run:
        job("pull")(run)
        job("refresh_tiers")(run)
        assigned = run.store.plan.assignments().values()
    out = {one.npi: one.reason for one in assigned if "outside" in one.reason}
    return sorted(one.npi for one in assigned if one.npi not in out), list(out.values())


def test_the_check_before_the_night_says_how_many_the_filter_leaves(files: Path) -> None:
    (files / "checked.yaml").write_text(CONFIG.replace("  volume_floor", "  where: {states: [MA]}\n  volume_floor"))

    said = [line for line, _ in zip(check_all(files / "checked.yaml", None), range(4), strict=False)]

    assert said[-1] == "ok  filter: 1 of 4 providers are inside it"


# Excel and CSV


def test_the_workbook_reads_back_as_it_was_found(files: Path, tmp_path: Path) -> None:
    find("--claims", files / "claims.csv", "--out", tmp_path / "list.xlsx", "--limit", 3)

    book = CalamineWorkbook.from_path(tmp_path / "list.xlsx")
    head, *rows = book.get_sheet_by_name("Providers").to_python()
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(one["NPI"], one["ZIP"], one["volume"]) for one in told] == [
        (ADEYEMI, "50309", 120.0),
        (CASTILLO, "50010", 30.0),
        (BRANDT, "02115", 80.0),
    ]
    assert told[0]["name"] == FORMULA
    assert "providers match" in str(book.get_sheet_by_name("About").to_python()[0][0])


def test_no_cell_is_a_formula_and_the_header_stays(files: Path, tmp_path: Path) -> None:
    from zipfile import ZipFile

    find("--claims", files / "claims.csv", "--out", tmp_path / "list.xlsx")
    find("--claims", files / "claims.csv", "--out", tmp_path / "list.csv")

    sheet = ZipFile(tmp_path / "list.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '<autoFilter ref="A1:' in sheet
    assert 'state="frozen"' in sheet
    rows = list(csv.DictReader((tmp_path / "list.csv").open(encoding="utf-8-sig")))
    assert rows[0]["name"] == "'" + FORMULA
    assert [row["volume"] for row in rows if row["NPI"] == FEW] == [""]


# What is misspelled


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--specialty", "Cardiolgy"),
            'no provider on file has "Cardiolgy". The nearest is "Cardiology".',
        ),
        (("--state", "ZZ"), '--state: no provider on file has "ZZ". There are: IA, MA.'),
        (("--state", "Iowa"), '--state: "IOWA" is not a state. Write its two letters, such as IA.'),
        (("--code", "9292"), '--code: "9292" is not a procedure code.'),
        (("--diagnosis", "I48.91"), '--diagnosis: "I48.91" is not a category of ICD-10.'),
        (("--diagnosis", "I48"), "--diagnosis: no procedures for I48 on file.\nRead claim lines"),
        (("--practice-size", "5-50"), "--practice-size: no practice size on file.\nAdd the file of Doctors"),
        (("--near", "00000", "--within", "5mi"), 'near: "00000" is no ZIP that is known.'),
        (("--near", "50309", "--within", "5km"), '--within: "5km" is no distance. Write 60min or 40mi.'),
        (("--near", "50309"), "`near` and `within` go together."),
        (("--trend", "+20%"), "`trend` and `before` go together"),
        (("--volume", "50-5"), '--volume: "50-5" ends before it begins.'),
        (("--out", "list.pdf"), "--out list.pdf: is neither .xlsx nor .csv."),
    ],
)
def test_what_cannot_be_answered_is_said_with_the_nearest_and_the_next_step(
    files: Path, words: tuple[str, ...], told: str
) -> None:
    said = complaint("--claims", files / "claims.csv", *words)

    assert told in said
    assert len(said.splitlines()) > 1


def test_a_filter_of_the_config_that_cannot_be_answered_is_told_with_its_line(files: Path) -> None:
    where = "  where:\n    states: [IA]\n    specialties: [Cardiolgy]\n"
    (files / "wrong.yaml").write_text(CONFIG.replace("  volume_floor", f"{where}  volume_floor"))

    said = complaint("--config", files / "wrong.yaml")

    assert "wrong.yaml:8:18: no provider on file has" in said


# Real files


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real public files are not here (../shared/data)")
def test_in_florida_the_list_is_the_one_that_awk_makes(tmp_path: Path) -> None:
    """Counted apart from this code: services / years active over codes 92920-92944, great circles, year totals."""
    demo = SHARED / "demo"
    claims = ("--claims", demo / "*accounts.csv.gz", "--claims", demo / "*hcpcs10y.csv.gz")
    busy = (*claims, "--specialty", "Interventional Cardiology", "--code", "92920-92944", "--volume", "30-")

    told = found(*busy)
    orlando = found(*busy, "--near", "32803", "--within", "40mi")
    rising = found(*busy, "--trend", "+20%", "--before", demo / "fl_device_specialties_year.csv.gz")

    assert (told["matched"], told["providers"]) == (43, 848)
    assert [(one["npi"], round(one["volume"], 1)) for one in told["found"][:3]] == [
        ("1285623868", 245.6),
        ("1952542375", 144.6),
        ("1467404749", 136.8),
    ]
    assert [(one["npi"], round(one["miles"], 1), round(one["minutes"], 1)) for one in orlando["found"]] == [
        ("1972545093", 28.6, 50.9),
        ("1629042445", 3.3, 10.2),
        ("1689603375", 28.6, 50.9),
        ("1326297813", 28.6, 50.9),
        ("1437122660", 7.8, 18.9),
        ("1093755308", 3.3, 10.2),
    ]
    assert rising["matched"] == 7
