"""All rows that a run could not use are in a file beside the store, and none of them quotes what may be a patient's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connector.errors import NeedsHuman, StopForTonight
from connector.host.show import say_status
from tests.connector.samples import ADEYEMI, LINES, line, npi
from tests.nights.desk import Desk

CONFIG = "ready_made: {path: tiers.csv}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG)
    desk.has(ADEYEMI)
    return desk


def rejects(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(row) for row in (desk.folder / "callplan.rejected.jsonl").read_text().splitlines()]


def good(many: int) -> list[str]:
    return [f"{npi(number)},A" for number in range(many)]


def test_every_rejected_row_is_written_though_the_store_keeps_only_the_first(desk: Desk) -> None:
    desk.write("tiers.csv", "NPI,Tier", *good(2500), *["1,A"] * 250)

    desk.night()

    found, vintage = rejects(desk), desk.store.plan.last_vintage()
    assert vintage
    assert (len(found), vintage.rejected, len(vintage.rejections)) == (250, 250, 200)
    reason = "1 is not an NPI: ten digits with a right check digit"
    assert found[-1] == {"file": "tiers.csv", "line": 2751, "reason": reason}
    assert str(desk.folder / "callplan.rejected.jsonl") in say_status(desk.folder / "config.yaml", None)


def test_the_next_run_replaces_them_also_where_it_refuses_the_file(desk: Desk) -> None:
    desk.write("tiers.csv", "NPI,Tier", *good(40), "1,A")
    desk.night()
    assert len(rejects(desk)) == 1

    desk.write("tiers.csv", "NPI,Tier", *good(40), *["1,A"] * 9)
    with pytest.raises(NeedsHuman, match="9 are wrong"):
        desk.night()

    assert len(rejects(desk)) == 9
    assert not list(desk.folder.glob("*.part"))


def test_of_a_file_with_patients_no_cell_is_quoted(desk: Desk) -> None:
    desk.config = 'claims: [{path: lines.csv}]\nassess: {families: [{name: a, codes: ["33249"]}]}'
    lines = [line(f"patient {n}", n) for n in range(30)]
    lines.append(line("patient 31", 31, provider="7310 Oak St"))
    desk.write("lines.csv", *("|".join(map(str, row)) for row in (LINES, *lines)))

    desk.night()

    (found,) = rejects(desk)
    assert found["line"] == 32
    assert str(found["reason"]).startswith("PRF_PHYSN_NPI is not an NPI")


def test_a_place_that_cannot_be_written_to_is_said(desk: Desk) -> None:
    desk.config = f"{CONFIG}rejected: nowhere/rows.jsonl\n"
    desk.write("tiers.csv", "NPI,Tier", *good(3))

    with pytest.raises(NeedsHuman, match=r"(?s)cannot be written: no such file.*`rejected:` of the config"):
        desk.night()


def test_a_file_that_grew_beyond_belief_stops_the_night_with_both_numbers(desk: Desk) -> None:
    desk.write("tiers.csv", "NPI,Tier", *good(50))
    desk.night()
    desk.write("tiers.csv", "NPI,Tier", *good(151))

    with pytest.raises(StopForTonight, match=r"tiers.csv holds 151 rows, in the last vintage it held 50"):
        desk.night()
