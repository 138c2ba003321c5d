"""Further columns of a source stand in the CRM as they are; where the file is silent, what people wrote there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from callplan.model import Npi
from connector.contract import Field, FieldType
from connector.errors import NeedsHuman
from connector.host.check import stop_at_what_nobody_carries
from connector.host.explain import explanation
from connector.mapping import check
from connector.sync.carry import fit
from tests.connector.samples import ADEYEMI, BRANDT, LINES, line
from tests.nights.desk import Desk

CONFIG = """
claims: [{path: claims.csv, columns: {npi: npi, code: code, volume: volume}, carry: {phone: Phone, paid: "Paid $"}}]
assess: {families: [{name: joints, codes: ["27447"]}]}
"""
MAPPING = "carry: {phone: {field: Phone}, paid: {field: Paid}}\n"
HEADER = "npi,code,volume,Phone,Paid $"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG, MAPPING)
    desk.org.add_fields(Field("Phone", FieldType.TEXT, True, 14), Field("Paid", FieldType.NUMBER, True))
    desk.write("claims.csv", HEADER, f'{ADEYEMI},27447,214,515-555-0100,"1,200.50"', f"{BRANDT},27447,120,,none")
    return desk


def test_carried_columns_stand_in_the_crm_and_in_explain_and_are_written_once(desk: Desk) -> None:
    adeyemi, _ = desk.has(ADEYEMI, BRANDT)

    desk.night()
    desk.org.calls.clear()
    desk.night()

    assert desk.says(adeyemi, "Phone", "Paid") == ("515-555-0100", 1200.5)
    assert desk.org.calls == []
    told = explanation(desk.store, Npi(ADEYEMI))
    assert told
    assert told["fields"]["carry.phone"] == "515-555-0100"


def test_a_value_that_does_not_fit_is_left_out_and_counted_with_an_example(desk: Desk) -> None:
    _, brandt = desk.has(ADEYEMI, BRANDT)

    desk.night()

    assert desk.says(brandt, "Paid") == (None,)
    example = f"NPI {BRANDT}: its paid does not fit Paid, a number"
    assert desk.facts("left_out") == {"run": 1, "carried": "paid", "values": 1, "example": example}


def test_what_a_person_wrote_stays_where_the_file_is_silent_and_what_we_wrote_is_taken_back(desk: Desk) -> None:
    adeyemi, brandt = desk.has(ADEYEMI, BRANDT)
    desk.org.edit(brandt, Phone="her mobile")
    desk.night()
    assert desk.says(brandt, "Phone") == ("her mobile",)

    desk.write("claims.csv", HEADER, f"{ADEYEMI},27447,214,,", f"{BRANDT},27447,120,,")
    desk.night()

    assert desk.says(adeyemi, "Phone", "Paid") == (None, None)
    assert desk.says(brandt, "Phone") == ("her mobile",)


def test_a_team_s_own_tiers_carry_columns_too(desk: Desk) -> None:
    desk.config = "ready_made: {path: tiers.csv, carry: {phone: Direct line, paid: Paid}}"
    desk.write("tiers.csv", "NPI,Tier,Direct line,Paid", f"{ADEYEMI},A,515-555-0100,7")
    (adeyemi,) = desk.has(ADEYEMI)

    desk.night()

    assert desk.says(adeyemi, "tier", "Phone", "Paid") == ("A", "515-555-0100", 7)


def test_nothing_is_carried_out_of_claim_lines(desk: Desk) -> None:
    desk.config = CONFIG.split("claims:")[0] + (
        'claims: [{path: lines.csv, carry: {phone: BENE_ID}}]\nassess: {families: [{name: a, codes: ["27447"]}]}'
    )
    desk.write("lines.csv", *("|".join(map(str, row)) for row in (LINES, line(1, 1))))

    with pytest.raises(NeedsHuman, match=r"lines.csv: nothing can be carried from claim lines"):
        desk.night()


def test_a_missing_column_and_a_name_that_nobody_carries_are_said(desk: Desk) -> None:
    desk.mapping = "carry: {fone: {field: Phone}}\n"
    config, mapping = desk.loaded()
    with pytest.raises(NeedsHuman, match=r'memory.yaml:26:\d+: no source carries "fone". The nearest is "phone".'):
        stop_at_what_nobody_carries(config.value, mapping)

    desk.mapping, desk.config = MAPPING, CONFIG.replace("Phone", "Fone")
    with pytest.raises(NeedsHuman, match=r'claims.csv:1: the column "Fone" is missing. The nearest is "Phone".'):
        desk.night()


def test_a_field_that_takes_nothing_carried_is_named_with_its_line(desk: Desk) -> None:
    desk.mapping = "carry: {phone: {field: Phones}, paid: {field: tier}}\n"
    _, mapping = desk.loaded()

    with pytest.raises(NeedsHuman) as refused:
        check(mapping, desk.org.shape)

    first, second = str(refused.value).splitlines()
    assert "memory.yaml:26:" in first
    assert 'has no field "Phones"' in first
    assert '"tier" takes tier already' in second


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("(515) 555-0100 extension 7", FieldType.TEXT, "(515) 555-0100…"),
        ("https://example.com/adeyemi", FieldType.TEXT, None),
        ("$1,200", FieldType.NUMBER, 1200),
        ("-2.5", FieldType.NUMBER, -2.5),
        ("nan", FieldType.NUMBER, None),
        ("04/16/2026", FieldType.DATE, "2026-04-16"),
        ("soon", FieldType.DATE, None),
        ("Yes", FieldType.CHECKBOX, True),
        ("0", FieldType.CHECKBOX, False),
        ("perhaps", FieldType.CHECKBOX, None),
        ("Office", FieldType.PICKLIST, "Office"),
        ("Barn", FieldType.PICKLIST, None),
    ],
)
def test_a_value_is_made_to_fit_its_field(written: str, kind: FieldType, value: object) -> None:
    field = Field("x", kind, True, 16 if kind is FieldType.TEXT else None, ("Office", "Hospital"))

    found = fit(written, field)

    assert (found, type(found)) == (value, type(value))
