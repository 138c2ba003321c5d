"""Claim lines: summed as they are read, shown only where eleven patients stand behind, and no patient in any of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connector.errors import NeedsHuman
from connector.intake import Intake, read_claims
from connector.run import vintage_of
from connector.store import Database
from tests.connector.samples import (
    ADEYEMI,
    BRANDT,
    LINES,
    MADE_UP,
    claims,
    line,
    lines,
    look,
    npi,
    registries,
    source,
    written,
)

ELEVEN, NOW = range(11), datetime(2026, 11, 23, 7, tzinfo=UTC)


def volumes(intake: Intake) -> dict[tuple[str, str], float]:
    found = intake.claims
    return {
        (str(found.npi[at]), str(code)): float(volume)
        for at, code, volume in zip(found.provider, found.code, found.volume, strict=True)
    }


def by_diagnosis(intake: Intake) -> dict[tuple[str, ...], float]:
    found = intake.indications
    keys = zip(found.npi, found.code, found.diagnosis, found.since, strict=True)
    return {tuple(str(part) for part in key): float(volume) for key, volume in zip(keys, found.volume, strict=True)}


def test_lines_are_summed_by_provider_procedure_diagnosis_and_twelve_months(tmp_path: Path) -> None:
    heart = [line(n, f"h{n}", services=2) for n in ELEVEN]
    spine = [line(n, f"s{n}", diagnosis="M48.06", day="01-Apr-2017") for n in ELEVEN]
    before = [line(n, f"b{n}", day="31-Mar-2017") for n in range(20)]

    intake = claims(lines(tmp_path / "carrier.csv", *heart, *spine, *before))

    assert volumes(intake) == {(ADEYEMI, "33249"): 33}
    assert by_diagnosis(intake) == {
        (ADEYEMI, "33249", "I48", "2017-04-01"): 22,
        (ADEYEMI, "33249", "M48", "2017-04-01"): 11,
        (ADEYEMI, "33249", "I48", "2016-04-01"): 20,
    }


def test_fewer_than_eleven_patients_are_absent_and_not_zero(tmp_path: Path) -> None:
    shown = [line(n, f"a{n}") for n in ELEVEN]
    ten_with_many = [line(n % 10, f"b{n}", BRANDT) for n in range(400)]

    intake = claims(lines(tmp_path / "carrier.csv", *shown, *ten_with_many))

    assert volumes(intake) == {(ADEYEMI, "33249"): 11}
    assert intake.claims.npi.tolist() == [ADEYEMI]


def test_eleven_patients_with_different_diagnoses_show_the_volume_and_no_diagnosis(tmp_path: Path) -> None:
    rows = [line(n, f"a{n}", diagnosis=("I4891", "M4806")[n % 2]) for n in ELEVEN]

    intake = claims(lines(tmp_path / "carrier.csv", *rows))

    assert volumes(intake) == {(ADEYEMI, "33249"): 11}
    assert by_diagnosis(intake) == {}


def test_a_line_without_a_diagnosis_has_that_of_its_claim(tmp_path: Path) -> None:
    intake = claims(lines(tmp_path / "carrier.csv", *[line(n, f"a{n}", diagnosis="") for n in ELEVEN]))

    assert list(by_diagnosis(intake)) == [(ADEYEMI, "33249", "I10", "2017-04-01")]


def test_denied_and_superseded_lines_and_those_without_a_procedure_are_passed_over(tmp_path: Path) -> None:
    good = [line(n, f"a{n}") for n in ELEVEN]
    other = [line(1, "b", status="D"), line(2, "c", final="N"), line(3, "d", code="")]

    intake = claims(lines(tmp_path / "carrier.csv", *good, *other))

    assert volumes(intake) == {(ADEYEMI, "33249"): 11}
    assert {(reason.why, reason.lines) for reason in intake.files[0].why_passed_over} == {
        ("does not count by its LINE_PRCSG_IND_CD", (13,)),
        ("does not count by its FINAL_ACTION", (14,)),
        ("names no procedure", (15,)),
    }
    assert intake.files[0].rejected == 0


def test_negative_and_made_up_npis_and_repeated_lines_are_rejected_with_reason(tmp_path: Path) -> None:
    good = [line(n, f"a{n}") for n in range(40)]
    bad = [line(1, "x", "-1000006"), line(2, "y", MADE_UP), good[0], line(3, "z", day="30-Feb-2018")]

    intake = claims(lines(tmp_path / "carrier.csv", *good, *bad))

    assert [(rejected.line, rejected.reason) for rejected in intake.rejected] == [
        (42, "PRF_PHYSN_NPI is not an NPI: ten digits with a right check digit"),
        (43, "PRF_PHYSN_NPI is a made-up NPI: those of providers begin with 1 or 2"),
        (44, "stands here a second time"),
        (45, "LINE_1ST_EXPNS_DT is not a date such as 2018-04-16, 04/16/2018, 16-Apr-2018"),
    ]
    assert volumes(intake) == {(ADEYEMI, "33249"): 40}


def test_lines_of_a_claims_vendor_are_read_by_their_columns(tmp_path: Path) -> None:
    header = ("patient_id", "rendering_npi", "cpt", "service_date", "dx1")
    path = written(tmp_path / "vendor.csv", header, *[(n, ADEYEMI, "33249", "2026-03-18", "I48.91") for n in ELEVEN])
    columns = {"patient": "patient_id", "npi": "rendering_npi", "code": "cpt", "date": "service_date"}

    intake = claims(path, columns={**columns, "diagnosis": "dx1"})

    assert by_diagnosis(intake) == {(ADEYEMI, "33249", "I48", "2025-04-01"): 11}
    with pytest.raises(NeedsHuman, match='the column "patient_id" speaks of patients'):
        claims(path, columns={"npi": "rendering_npi", "code": "cpt"})


# No patient in any of it

BENEFICIARY, CLAIM = "-7310{:04}", "-8420{:04}"


def revealing(path: Path) -> Path:
    """Sums, each kind of rejection, and rows so shifted that ids stand where NPIs, codes and counts should."""
    rows = [line(BENEFICIARY.format(n), CLAIM.format(n)) for n in range(400)]
    rows += [line(BENEFICIARY.format(n), CLAIM.format(500 + n), MADE_UP) for n in range(5)]
    rows += [line(BENEFICIARY.format(n), CLAIM.format(600 + n), services="two") for n in range(5)]
    rows += [rows[n] for n in range(5)]
    rows += [("INSERT", *row)[: len(LINES)] for row in rows[:5]]
    rows += [("I", "N", "S", *row)[: len(LINES)] for row in rows[:5]]
    rows += [("INSERT", *row) for row in rows[:5]]
    rows += [(row[1], row[0], 7, row[0], row[1], row[0], row[1], *row[7:]) for row in rows[:5]]
    rows += [(row[0], row[1], 8, ADEYEMI, row[1], 1, "18-Mar-2018", *row[7:]) for row in rows[:5]]
    return lines(path, *rows)


def assert_none_is_in(told: str | bytes) -> None:
    text = told.decode("latin-1") if isinstance(told, bytes) else told
    assert "7310" not in text, text[max(0, text.index("7310") - 200) :][:400]
    assert "8420" not in text, text[max(0, text.index("8420") - 200) :][:400]


def everything(thing: Any) -> str:
    if isinstance(thing, np.ndarray):
        return str(thing.tolist())
    if dataclasses.is_dataclass(thing):
        return " ".join(everything(getattr(thing, field.name)) for field in dataclasses.fields(thing))
    if isinstance(thing, tuple):
        return " ".join(everything(part) for part in thing)
    return repr(thing)


def test_no_id_of_a_patient_or_claim_is_in_store_log_or_manifest(tmp_path: Path, database: Database) -> None:
    path, log = revealing(tmp_path / "carrier.csv"), list[str]()

    intake = read_claims([source(path)], base=tmp_path, log=lambda *event, **facts: log.append(f"{event} {facts}"))
    store = database.store("memory")
    run = store.journal.begin_run("refresh_tiers", date(2026, 11, 23), NOW)
    store.plan.save_vintage(run, vintage_of(intake, registries()))

    assert intake.files[0].rejected == 40
    assert volumes(intake) == {(ADEYEMI, "33249"): 400}
    for told in (everything(intake), str(log), str(store.plan.last_vintage()), str(look(path))):
        assert_none_is_in(told)
    for file in tmp_path.glob("callplan.db*"):
        assert_none_is_in(file.read_bytes())


def test_a_file_of_nothing_but_shifted_rows_is_refused_without_quoting_any(tmp_path: Path) -> None:
    header, *rows = revealing(tmp_path / "carrier.csv").read_text().splitlines()
    (tmp_path / "carrier.csv").write_text("\n".join([header, *rows[-15:], ""]))

    with pytest.raises(NeedsHuman) as refused:
        claims(tmp_path / "carrier.csv")

    assert_none_is_in(str(refused.value).replace(str(tmp_path), ""))


def test_the_sample_that_cms_publishes_is_known_and_its_made_up_npis_are_not_taken(shared_data: Path) -> None:
    found = look(shared_data / "claims/rif_carrier_synthetic.csv")

    assert (found.file.layout, found.file.rows) == ("rif_carrier", 221)
    assert [(reason.rows, reason.why) for reason in found.file.why_rejected] == [
        (221, "is a made-up NPI: those of providers begin with 1 or 2")
    ]
    assert found.refused is not None


def test_the_sample_with_npis_of_providers_is_summed(shared_data: Path, tmp_path: Path) -> None:
    """Three patients are too few to show: each of their lines stands here for eleven."""
    text = (shared_data / "claims/rif_carrier_synthetic.csv").read_text()
    doctors = {MADE_UP: ADEYEMI, "9999310391": BRANDT, "9999067397": npi(1), "9999065599": npi(2)}
    header, *rows = reduce(lambda told, pair: told.replace(*pair), doctors.items(), text).splitlines()
    cells = [row.split("|") for row in rows]
    many = [["I", f"{row[1]}{n}", f"{row[2]}{n}", *row[3:]] for row in cells for n in ELEVEN]
    path = tmp_path / "carrier.csv"
    path.write_text("\n".join([header, *("|".join(row) for row in many), ""]))

    intake = claims(path)

    assert (intake.files[0].rows, intake.files[0].used) == (11 * 221, 11 * 12)
    assert volumes(intake) == {(ADEYEMI, "G0444"): 11 * 18, (BRANDT, "G0444"): 11 * 6}
    assert by_diagnosis(intake)[ADEYEMI, "G0444", "I48", "2020-05-01"] == 11 * 18
