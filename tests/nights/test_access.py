"""Who is closed to reps is Tier C with the facts, on the days on which it holds and on no other."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from connector.errors import NeedsHuman
from connector.store.overrides import ACCEPTED, Proposal
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, WRONG, npi
from tests.connector.test_registries import PAYMENTS, PHYSICIAN
from tests.nights.desk import Desk

CONFIG = """
claims: [{path: claims.csv, columns: {npi: npi, code: code, volume: volume}}]
assess:
  families: [{name: joints, codes: ["27447"]}]
  closed:
    - {npi: "2000000010", why: exclusive contract, kind: contract, until: 2027-06-30, evidence: "contract list, page 3"}
"""
LIST = "access: [{path: access.csv}]\n"
HEADER = "npi,why,kind,evidence,from,until,owner"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG)
    desk.write("claims.csv", "npi,code,volume", f"{ADEYEMI},27447,214", f"{BRANDT},27447,120", f"{CASTILLO},27447,40")
    return desk


def test_a_closed_account_is_tier_c_with_reason_day_and_evidence(desk: Desk) -> None:
    (adeyemi,) = desk.has(ADEYEMI)

    desk.night()

    told = "Tier C, no visits planned: exclusive contract, until 30 Jun 2027 (contract list, page 3)."
    assert desk.says(adeyemi, "tier", "tier_reason") == ("C", told)


def test_a_cold_account_is_not_flagged_while_it_is_closed_and_is_again_once_it_opens(desk: Desk) -> None:
    desk.config = CONFIG.replace("until: 2027-06-30", "from: 2026-11-24, until: 2026-12-10")
    (adeyemi,) = desk.has(ADEYEMI)
    desk.visited(adeyemi, days_ago=70)
    desk.at_work()
    last = date(2026, 12, 10)  # a tier would stand for longer, were this no hard event

    seen = []
    for day in (TODAY, TODAY + timedelta(days=1), last, last + timedelta(days=1), last + timedelta(days=2)):
        opened = desk.night(day)["reopened"]
        seen.append((*desk.says(adeyemi, "tier", "going_cold"), opened))

    closed = ("C", False, 0)
    assert seen == [("A", True, 0), closed, closed, ("A", True, 1), ("A", True, 0)]
    assert [facts["reopened"] for name, facts in desk.told if name == "found_access"] == [[], [], [], [ADEYEMI], []]


def test_a_list_closes_too_and_only_while_it_holds(desk: Desk) -> None:
    desk.config = CONFIG + LIST
    desk.write(
        "access.csv",
        HEADER,
        f"{BRANDT},no-rep policy.,Policy,,,,",
        f"{CASTILLO},credentialing pending,credentialing,,2026-12-01,2026-12-31,Kim",
    )
    _, brandt, castillo = desk.has(ADEYEMI, BRANDT, CASTILLO)

    desk.night()
    assert desk.says(brandt, "tier", "tier_reason") == ("C", "Tier C, no visits planned: no-rep policy.")
    assert desk.says(castillo, "tier") == ("A",)

    desk.night(date(2026, 12, 1))
    assert str(desk.says(castillo, "tier_reason")[0]).endswith(": credentialing pending, until 31 Dec 2026.")


def test_what_a_manager_kept_does_not_open_what_is_closed(desk: Desk) -> None:
    (adeyemi,) = desk.has(ADEYEMI)
    now = desk.clock.now()
    desk.store.overrides.propose([Proposal(adeyemi, ADEYEMI, "tier", "C", "A")], now)
    desk.store.overrides.decide(1, ACCEPTED, "Dana", "key account", None, now)

    desk.night()
    assert desk.says(adeyemi, "tier") == ("C",)

    others = [f"{one},27447,40" for one in (BRANDT, CASTILLO, npi(1))]  # a gate before that of access is shut too
    desk.write("claims.csv", "npi,code,volume", *others)
    desk.night()
    assert desk.says(adeyemi, "tier") == ("C",)


def test_tiers_of_the_team_s_own_do_not_open_what_is_closed(desk: Desk) -> None:
    desk.config = "ready_made: {path: tiers.csv}\n" + LIST
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},A")
    desk.write("access.csv", HEADER, f"{ADEYEMI},opted out,opt_out,,,,")
    adeyemi, brandt = desk.has(ADEYEMI, BRANDT)

    desk.night()

    assert desk.says(adeyemi, "tier", "tier_reason") == ("C", "Tier C, no visits planned: opted out.")
    assert desk.says(brandt, "tier") == ("A",)


def test_every_wrong_row_of_a_list_is_said_and_none_is_left_out(desk: Desk) -> None:
    desk.config = CONFIG + LIST
    rows = [f"{WRONG},x,,,,,", f"{BRANDT},x,contrct,,,,", f"{BRANDT},x,,,2026-12-01,2026-11-30,", f"{BRANDT},,,,,,"]
    desk.write("access.csv", HEADER, *rows, f"{BRANDT},x,,,soon,,")

    with pytest.raises(NeedsHuman) as refused:
        desk.night()

    said = str(refused.value).replace(f"{desk.folder}/", "").splitlines()
    assert said[:4] == [
        f"access.csv:2: {WRONG} is not an NPI: ten digits with a right check digit.",
        'access.csv:3: "contrct" is not known here. The nearest is "contract".',
        "access.csv:4: it ends on 2026-11-30, before it begins on 2026-12-01.",
        "access.csv:5: an empty cell stands where something must.",
    ]
    assert said[4].startswith('access.csv:6: "soon" is not a date')
    assert desk.org.calls == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("until: 2027-06-30", "from: 2027-07-01, until: 2027-06-30", "until 2027-06-30 is before from 2027-07-01."),
        ("until: 2027-06-30", "until: June", "June is not a day. Write it as 2027-06-30."),
        ("2000000010", WRONG, f"config.yaml:9:13: {WRONG} is not an NPI"),
        ("until:", "untill:", '"untill" is not a key here. The nearest is "until".'),
        ("until:", "fro:", '"fro" is not a key here. The nearest is "from".'),
        ("kind: contract", "kind: contrakt", '"contrakt" is not possible here. The nearest is "contract".'),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_at_its_line(desk: Desk, old: str, new: str, told: str) -> None:
    desk.config = CONFIG.replace(old, new, 1)

    with pytest.raises(NeedsHuman) as refused:
        desk.night()

    assert told in str(refused.value)
    assert "config.yaml:9:" in str(refused.value)


PAID = """
registries: [{path: paid.csv}]
claims: [{path: claims.csv, columns: {npi: npi, code: code, volume: volume}}]
assess: {families: [{name: joints, codes: ["27447"]}], competitors: {makers: [Acme, Bolt], gate: false}}
"""


@pytest.mark.parametrize(("gate", "tier"), [("false", "A"), ("true", "C")])
def test_what_a_competitor_reported_is_told_and_closes_only_where_it_is_asked_to(
    desk: Desk, gate: str, tier: str
) -> None:
    desk.config = PAID.replace("gate: false", f"gate: {gate}")
    natures = ("Nature_of_Payment_or_Transfer_of_Value", "Program_Year")
    rows = [f"{PHYSICIAN},7,{ADEYEMI},100,Acme,3000,06/01/{y},1,{y},Consulting Fee,{y}" for y in (2024, 2025)]
    meals = [f"{PHYSICIAN},8,{BRANDT},100,Acme,30,06/01/{y},1,{y}8,Food and Beverage,{y}" for y in (2024, 2025)]
    strange = f"{PHYSICIAN},9,,100,Acme,3000,06/01/2026,1,9,Consulting Fee,2026"
    desk.write("paid.csv", ",".join((*PAYMENTS, *natures)), *rows, *meals, strange)
    adeyemi, brandt = desk.has(ADEYEMI, BRANDT)

    desk.night()

    told = "eported payments from Acme in 2024 and 2025."
    (reason,) = desk.says(adeyemi, "tier_reason")
    assert desk.says(adeyemi, "tier") == (tier,)
    assert str(reason).endswith(f" R{told}" if tier == "A" else f"planned: r{told}")
    assert "Acme" not in str(desk.says(brandt, "tier_reason"))
    facts = {"run": 1, "told": 1, "without_npi": 1, "unknown_makers": ("Bolt",)}
    assert desk.facts("found_relationships") == facts
