"""Whose account it is: the most specific entry of a list, or the CRM's owner; what is wrong is said at its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from connector.config import read_config
from connector.errors import NeedsHuman
from connector.roads.places import county, county_key
from connector.store.mirror import Roster
from connector.sync.territories import BY_OWNER, Territories, read_territories
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, WRONG, written

LIST = """
    - {name: Des Moines, rep: Kim@example.com, zips: ["50309", "500"], counties: ["Polk, IA"]}
    - {name: East, rep: lee@example.com, zips: ["503", "52240"], counties: ["Linn County, IA"]}
"""


def config(folder: Path, territories: str) -> Path:
    lines = ["crm: {memory: {mapping: m.yaml}}", "claims: [{path: c.csv}]", "assess:", "  families:"]
    lines += ['    - {name: rhythm, codes: ["33249"]}', territories.strip("\n")]
    (folder / "config.yaml").write_text("\n".join([*lines, ""]))
    return folder / "config.yaml"


def by_list(folder: Path, entries: str = LIST, file: str = "") -> Territories:
    from adapters.memory import Settings

    told = f"  list:\n{entries.strip(chr(10))}" if entries else ""
    path = config(folder, "\n".join(["territories:", "  by: list", *([file] if file else []), told]))
    return read_territories(read_config(path, {"memory": Settings}))


def complaint(folder: Path, entries: str = LIST, file: str = "") -> str:
    with pytest.raises(NeedsHuman) as caught:
        by_list(folder, entries, file)
    return str(caught.value).replace(f"{folder}/", "")


def roster(*accounts: tuple[str, str, str]) -> Roster:
    """Accounts by NPI, ZIP and owner."""
    npi, zip_code, owner = (np.array(column, dtype=np.str_) for column in zip(*accounts, strict=True))
    none, unknown = np.array([""] * len(accounts)), np.full(len(accounts), np.nan)
    return Roster(npi, npi, none, owner, none, none, zip_code, unknown, unknown)


@pytest.mark.parametrize(
    ("zip_code", "why", "name"),
    [
        ("50309", "the ZIP is named, though its first digits are East's", "Des Moines"),
        ("50310-1234", "it lies in Polk County, which is more than its first digits", "Des Moines"),
        ("50337", "no county is known of it", "East"),
        ("52401", "it lies in Linn County", "East"),
        ("50010", "its first digits are named", "Des Moines"),
        ("60601", "nobody has Chicago", ""),
    ],
)
def test_the_most_specific_entry_has_the_account(tmp_path: Path, zip_code: str, why: str, name: str) -> None:
    found = by_list(tmp_path)

    assert found.at(ADEYEMI, zip_code) == name, why


def test_an_account_without_a_zip_is_in_the_county_of_its_town(tmp_path: Path) -> None:
    found = by_list(tmp_path)

    assert found.at(ADEYEMI, "", "Cedar Rapids", "IA") == "East"
    assert found.at(ADEYEMI, "", "Nowhere", "IA") == ""


def test_a_city_is_not_the_county_round_it() -> None:
    assert county_key(county("21202")) == county_key("Baltimore City, MD")
    assert county_key(county("21093")) == county_key("Baltimore County, MD") != county_key("Baltimore City, MD")


def test_by_owner_nothing_is_decided_by_place() -> None:
    there = roster((ADEYEMI, "50309", "lee@example.com"), (BRANDT, "", ""))

    found = BY_OWNER.align(there)

    assert found.rep.tolist() == ["lee@example.com", ""]
    assert not found.elsewhere.any()


def test_an_account_is_its_territorys_and_the_difference_is_told(tmp_path: Path) -> None:
    there = roster(
        (ADEYEMI, "50309", "lee@example.com"),
        (BRANDT, "50309", "kim@example.com"),
        (CASTILLO, "60601", "max@example.com"),
    )

    found = by_list(tmp_path).align(there)

    assert found.name.tolist() == ["Des Moines", "Des Moines", ""]
    assert found.rep.tolist() == ["kim@example.com", "kim@example.com", "max@example.com"]
    assert found.elsewhere.tolist() == [True, False, False]


def test_a_territory_without_a_rep_is_ranked_by_itself_and_worked_by_nobody(tmp_path: Path) -> None:
    found = by_list(tmp_path, '    - {name: Des Moines, zips: ["503"]}').align(
        roster((ADEYEMI, "50309", "lee@example.com"))
    )

    assert (found.key.tolist(), found.rep.tolist()) == (["Des Moines"], [""])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"503", "52240"', '"503", "50309"', 'config.yaml:10:56: 50309 is in "Des Moines" already (config.yaml:9:'),
        ('"503", "52240"', '"500"', '500 is in "Des Moines" already'),
        ("Linn County, IA", "Polk County, IA", 'Polk County, IA is in "Des Moines" already'),
        ("Linn County, IA", "Lin, IA", 'there is no county "Lin, IA". The nearest is "Linn, IA".'),
        ("East", "Des Moines", 'there is a territory "Des Moines" already.'),
        ('"50309"', '"5030"', "should match pattern"),
        ('"50309"', "50309", '50309 is a number here. Quote it: "50309".'),
    ],
)
def test_what_is_wrong_with_a_list_is_said_at_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in LIST

    assert told in complaint(tmp_path, LIST.replace(old, new, 1))


def test_a_list_that_is_empty_is_none(tmp_path: Path) -> None:
    assert "by: list needs a list or a file" in complaint(tmp_path, "")


def test_a_file_names_territories_by_zip_and_by_npi(tmp_path: Path) -> None:
    rows = [("50309", "", "Des Moines", "Kim@example.com"), ("", CASTILLO, "East", "")]
    written(tmp_path / "t.csv", ("zip", "npi", "territory", "rep"), *rows)

    found = by_list(tmp_path, "", "  file: t.csv")

    assert found.at(ADEYEMI, "50309") == "Des Moines"
    assert found.at(CASTILLO, "50309") == "East"
    assert found.rep_of == {"Des Moines": "kim@example.com", "East": ""}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("52240", "", "Des Moines"), 't.csv:2: 52240 is in "East" already (config.yaml:'),
        (("52245", "", "Des Moine"), 't.csv:2: there is no territory "Des Moine". The nearest is "Des Moines".'),
        (("5224", "", "East"), "t.csv:2: 5224 is no ZIP."),
        (("", WRONG, "East"), f"t.csv:2: {WRONG} is not an NPI"),
        (("52245", ADEYEMI, "East"), "t.csv:2: a row has either a ZIP or an NPI."),
        (("52245", "", ""), "t.csv:2: the territory is empty."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_its_line(tmp_path: Path, row: tuple[str, ...], told: str) -> None:
    written(tmp_path / "t.csv", ("zip", "npi", "territory"), row, ("52246", "", "East"))

    assert told in complaint(tmp_path, LIST, "  file: t.csv")


def test_a_file_with_other_columns_says_which_are_wanted(tmp_path: Path) -> None:
    written(tmp_path / "t.csv", ("postal code", "territory"), ("52245", "East"))

    assert "t.csv:1: the columns territory and zip are wanted" in complaint(tmp_path, LIST, "  file: t.csv")
