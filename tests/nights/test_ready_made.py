"""A team that brings its own tiers: they are taken as they are, and all that comes after works as with claims."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from callplan.model import Npi
from connector.errors import NeedsHuman, StopForTonight
from connector.host.explain import explanation
from connector.host.intake import look_at_all
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, WRONG, npi, workbook, written
from tests.connector.test_registries import NPPES, enumerated, gone
from tests.nights.desk import Desk

CONFIG = """
ready_made:
  path: tiers.csv
  columns: {npi: NPI, tier: Segment, reason: Why, volume: Procedures}
  tiers: {Gold: A, Silver: B, Bronze: C}
"""
HEADER = "NPI,Segment,Why,Procedures"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG)
    desk.write("tiers.csv", HEADER, f"{ADEYEMI},Gold,,214", f"{BRANDT},silver,trains others.,")
    return desk


def test_the_tiers_of_a_table_are_the_tiers_of_the_crm_each_with_its_reason(desk: Desk) -> None:
    adeyemi, brandt, castillo = desk.has(ADEYEMI, BRANDT, CASTILLO)

    tally = desk.night()

    assert desk.says(adeyemi, "tier", "tier_reason", "volume") == ("A", "Tier A: by tiers.csv.", 214)
    assert desk.says(brandt, "tier", "tier_reason", "volume") == ("B", "Tier B: trains others.", None)
    assert desk.says(castillo, "tier", "tier_reason") == ("C", "Tier C: no usable row in tiers.csv.")
    assert (tally["tier_a"], tally["tier_b"], tally["tier_c"]) == (1, 1, 1)


def test_an_account_whose_npi_is_deactivated_is_tier_c_whatever_the_table_says(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"{CONFIG}registries: [{{path: npidata_pfile_20050523-20261108.csv}}]\n")
    desk.write("tiers.csv", HEADER, f"{ADEYEMI},Gold,,214", f"{BRANDT},Silver,,90")
    written(tmp_path / "npidata_pfile_20050523-20261108.csv", NPPES, enumerated(ADEYEMI), gone(BRANDT, "11/10/2026"))
    adeyemi, brandt = desk.has(ADEYEMI, BRANDT)

    desk.night()

    assert desk.says(adeyemi, "tier") == ("A",)
    why = "Tier C, no visits planned: its NPI is deactivated in the registry."
    assert desk.says(brandt, "tier", "tier_reason") == ("C", why)


def test_a_silent_tier_a_account_goes_cold_and_is_listed_first(desk: Desk) -> None:
    adeyemi, brandt = desk.has(ADEYEMI, BRANDT)
    desk.visited(adeyemi, days_ago=60)
    desk.visited(brandt, days_ago=80)
    desk.at_work()

    desk.night()

    assert desk.says(adeyemi, "going_cold", "call_order") == (True, 110)
    assert "214 relevant procedures a year at risk." in str(desk.says(adeyemi, "cold_reason")[0])


def test_where_no_volume_is_known_none_is_at_risk(desk: Desk) -> None:
    desk.write("tiers.csv", HEADER, f"{ADEYEMI},Gold,,")
    (adeyemi,) = desk.has(ADEYEMI)
    desk.visited(adeyemi, days_ago=60)
    desk.at_work()

    desk.night()

    (reason,) = desk.says(adeyemi, "cold_reason")
    assert reason == "No counted visit since 24 Sep 2026; Tier A is seen every 30 days. Next step: book a visit."


def test_a_second_night_writes_nothing_and_a_changed_table_moves_the_account(desk: Desk) -> None:
    adeyemi, _ = desk.has(ADEYEMI, BRANDT)
    desk.night()
    desk.org.calls.clear()
    desk.night()
    assert desk.org.calls == []

    desk.write("tiers.csv", HEADER, f"{ADEYEMI},Bronze,,214", f"{BRANDT},Silver,,")
    desk.night()

    told = explanation(desk.store, Npi(ADEYEMI))
    assert desk.says(adeyemi, "tier") == ("C",)
    assert told
    assert (told["assignment"]["previous_tier"], told["assignment"]["toward"]) == ("A", "C")


def test_a_table_that_lost_most_of_its_rows_stops_the_night(desk: Desk) -> None:
    desk.has(ADEYEMI)
    desk.write("tiers.csv", HEADER, *(f"{npi(n)},Gold,," for n in range(10)))
    desk.night()

    desk.write("tiers.csv", HEADER, *(f"{npi(n)},Gold,," for n in range(6)))
    with pytest.raises(StopForTonight, match="hold 6 providers, the last vintage held 10"):
        desk.night()


def test_wrong_rows_are_rejected_with_their_line_and_the_nearest_tier(desk: Desk) -> None:
    good = [f"{npi(n)},Gold,," for n in range(40)]
    bad = [f"{npi(50)},Golden,,", f"{WRONG},Gold,,", good[0], f"{npi(51)},,,"]
    desk.write("tiers.csv", HEADER, *good, *bad)
    desk.has(ADEYEMI)

    desk.night()

    vintage = desk.store.plan.last_vintage()
    assert vintage
    assert (vintage.providers, vintage.rows, vintage.rejected) == (40, 44, 4)
    assert [(told["line"], told["reason"]) for told in vintage.rejections] == [
        (42, '"Golden" is not known here. The nearest is "Gold"'),
        (43, f"{WRONG} is not an NPI: ten digits with a right check digit"),
        (44, "stands here a second time"),
        (45, "an empty cell stands where something must"),
    ]


def test_a_table_of_unknown_tiers_is_refused_at_its_first_wrong_line(desk: Desk) -> None:
    desk.write("tiers.csv", HEADER, f"{ADEYEMI},Gold,,", f"{BRANDT},Platinum,,")

    with pytest.raises(NeedsHuman, match=r'tiers.csv:3: "Platinum" is not known here. There are: Bronze, Gold'):
        desk.night()


def test_intake_shows_the_table_as_the_night_would_read_it(desk: Desk) -> None:
    desk.loaded()

    (told,) = look_at_all([], desk.folder / "config.yaml", as_json=False)

    assert "tiers.csv: ready_made, tiers\n  rows      2: 2 used" in told
    assert "columns   npi: NPI, tier: Segment, reason: Why, volume: Procedures" in told


@pytest.mark.parametrize("form", ["xlsx", "zip", "parquet"])
def test_a_table_may_be_excel_parquet_or_packed(desk: Desk, form: str) -> None:
    file = desk.folder / f"tiers.{form}"
    rows: list[list[object]] = [["NPI", "Segment", "Why", "Procedures"], [ADEYEMI, "Gold", "", 214]]
    if form == "xlsx":
        workbook(file, Tiers=rows)
    elif form == "zip":
        zipfile.ZipFile(file, "w").write(desk.folder / "tiers.csv", "tiers.csv")
    else:
        import duckdb

        duckdb.sql(f"COPY (FROM read_csv('{desk.folder}/tiers.csv', all_varchar=true)) TO '{file}'")
    desk.config = CONFIG.replace("tiers.csv", file.name)
    (adeyemi,) = desk.has(ADEYEMI)

    desk.night()

    assert desk.says(adeyemi, "tier", "tier_reason") == ("A", f"Tier A: by {file.name}.")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("columns:", "colums:", 'config.yaml:7:3: "colums" is not a key here. The nearest is "columns".'),
        ("Gold: A", "Gold: D", 'config.yaml:8:17: "D" is not possible here.'),
        ("Segment", "Segmnt", 'tiers.csv:1: the column "Segmnt" is missing. The nearest is "Segment".'),
        ("tiers.csv", "tier.csv", "tier.csv: there is no such file.\nCorrect `path:` under `ready_made:`"),
        ("ready_made:", "cold: {}\nweek:", '"path" is not a key here'),
    ],
)
def test_what_is_wrong_with_it_is_said_at_its_place(desk: Desk, old: str, new: str, told: str) -> None:
    desk.config = CONFIG.replace(old, new, 1)

    with pytest.raises(NeedsHuman) as refused:
        desk.night()

    assert told in str(refused.value)


def test_without_claims_there_must_be_tiers(desk: Desk) -> None:
    desk.config = "assess: {families: [{name: joints, codes: ['27447']}]}"

    with pytest.raises(NeedsHuman, match=r'"claims" is missing\. Add it, or `ready_made:` with tiers of your own'):
        desk.night()
