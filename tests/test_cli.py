"""The command as cron and people meet it: exit codes, words, and what a bad morning leaves behind."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.command import callplan
from tests.connector.samples import LINES
from tests.connector.samples import line as claim_line
from tests.nights.land import CRMS, Land, land

CLAIMS = "claims/sample_provider_service.csv"


@pytest.fixture(scope="module")
def shared_land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    """Both CRMs, which nothing here ever gets to write to."""
    with land(tmp_path_factory.mktemp("land"), accounts=200) as place:
        yield place


@pytest.fixture
def place(shared_land: Land, tmp_path: Path) -> Land:
    """A folder of its own, to break."""
    folder = tmp_path / "callplan"
    shutil.copytree(shared_land.folder, folder)
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace(str(shared_land.folder), str(folder)))
    shared_land.serving.salesforce_wire.calls.clear()
    shared_land.serving.hubspot_wire.calls.clear()
    return replace(shared_land, folder=folder)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def line_of(file: Path, words: str) -> int:
    return next(at for at, line in enumerate(file.read_text().splitlines(), 1) if words in line)


def wrong_token(place: Land) -> str:
    (place.folder / "hubspot.token").write_text("pat-na1-of-somebody-else")
    return f"config.yaml:{line_of(place.folder / 'config.yaml', 'token:')}:"


def wrong_secret(place: Land) -> str:
    (place.folder / "salesforce.client_secret").write_text("of-somebody-else")
    return f"config.yaml:{line_of(place.folder / 'config.yaml', 'client_secret:')}:"


def typo_in_the_config(place: Land) -> str:
    config = place.folder / "config.yaml"
    change(config, "visits_per_week:", "visit_per_week:")
    return f'config.yaml:{line_of(config, "visit_per_week:")}:3: "visit_per_week" is not a key here. The nearest is'


def code_without_quotes(place: Land) -> str:
    config = place.folder / "config.yaml"
    change(config, '"27447"', "27447")
    return f"config.yaml:{line_of(config, ', 27447')}:37: 27447 is a number here. Quote it"


def secret_in_the_file(place: Land) -> str:
    config = place.folder / "config.yaml"
    change(config, "${FILE:hubspot.token}", "pat-na1-sandbox")
    return f"config.yaml:{line_of(config, 'token:')}:12: a secret must not be written into this file."


def field_that_the_crm_lacks(place: Land) -> str:
    mapping = place.folder / "mappings/hubspot.yaml"
    change(mapping, "hcp_tier_reason", "hcp_teir_reason")
    return f'hubspot.yaml:{line_of(mapping, "teir")}:25: companies has no field "hcp_teir_reason"'


def field_that_is_read_only(place: Land) -> str:
    mapping = place.folder / "mappings/salesforce.yaml"
    change(mapping, "Tier_Since__c", "LastActivityDate")
    return f"salesforce.yaml:{line_of(mapping, 'LastActivityDate')}:25: Account.LastActivityDate is read-only"


def field_of_another_type(place: Land) -> str:
    mapping = place.folder / "mappings/hubspot.yaml"
    change(mapping, "hcp_tier_since", "name")
    return f"hubspot.yaml:{line_of(mapping, '{field: name')}:25: companies.name is a text, and tier_since needs a date"


def mapping_of_the_other_crm(place: Land) -> str:
    change(place.folder / "config.yaml", "mappings/hubspot.yaml", "mappings/salesforce.yaml")
    return 'salesforce.yaml:4:6: this mapping is for "salesforce", not for "hubspot"'


def claims_that_are_not_there(place: Land) -> str:
    (place.folder / CLAIMS).unlink()
    return f"{CLAIMS}: there is no such file."


def claims_that_are_empty(place: Land) -> str:
    (place.folder / CLAIMS).write_text("")
    return f"{CLAIMS}: the file is empty."


def claims_cut_off_in_a_row(place: Land) -> str:
    text = (place.folder / CLAIMS).read_text()
    (place.folder / CLAIMS).write_text("\n".join(text.splitlines()[:50])[:-40])
    return f"{CLAIMS}:50: the file ends in the middle of a row."


def claims_that_lack_a_column(place: Land) -> str:
    change(place.folder / CLAIMS, "Tot_Srvcs", "Tot_Services")
    return f'{CLAIMS}:1: the column "Tot_Srvcs" is missing. The nearest is "Tot_Services".'


def claims_in_no_encoding(place: Land) -> str:
    (place.folder / CLAIMS).write_bytes(b"\xff\xfe\x00")
    return f"{CLAIMS}: neither UTF-8, UTF-16 nor Windows-1252."


def claims_with_wrong_npis(place: Land) -> str:
    lines = (place.folder / CLAIMS).read_text().splitlines()
    (place.folder / CLAIMS).write_text("\n".join([lines[0], *(f"1234567890{line[10:]}" for line in lines[1:])]))
    return f"{CLAIMS}:2: 1234567890 is not an NPI"


BAD_MORNINGS: dict[str, Callable[[Land], str]] = {
    morning.__name__: morning
    for morning in (
        *(wrong_token, wrong_secret, typo_in_the_config, code_without_quotes, secret_in_the_file),
        *(field_that_the_crm_lacks, field_that_is_read_only, field_of_another_type, mapping_of_the_other_crm),
        *(claims_that_are_not_there, claims_that_are_empty, claims_cut_off_in_a_row, claims_that_lack_a_column),
        *(claims_in_no_encoding, claims_with_wrong_npis),
    )
}


SHOWN = {secret_in_the_file.__name__: [pytest.mark.shows_secrets]}


@pytest.mark.parametrize("morning", [pytest.param(name, marks=SHOWN.get(name, [])) for name in BAD_MORNINGS])
def test_bad_input_stops_before_any_write_and_names_file_line_and_next_step(place: Land, morning: str) -> None:
    expected = BAD_MORNINGS[morning](place)
    crm = "salesforce" if morning in ("wrong_secret", "field_that_is_read_only") else "hubspot"

    done = place.callplan("nightly", "--crm", crm, check=False)

    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert place.wire(crm).tally()["writes"] == 0
    status = place.callplan("status", "--crm", crm, check=False)
    assert status.returncode == 2 or f"{crm}: 0 accounts" in status.stdout


def test_a_crm_that_is_down_is_tried_again_and_then_left_for_the_next_run(place: Land) -> None:
    config = place.folder / "config.yaml"
    url = place.serving.reach()["hubspot"]["url"]
    change(config, url, "http://127.0.0.1:9")

    done = place.callplan("nightly", "--crm", "hubspot", check=False)

    assert done.returncode == 75
    assert f"config.yaml:{line_of(config, '127.0.0.1:9')}:15: HubSpot at 127.0.0.1:9 does not answer" in done.stderr


def test_one_crm_in_trouble_does_not_cost_the_other_its_night(place: Land) -> None:
    wrong_token(place)

    done = place.callplan("plan", check=False)

    assert done.returncode == 2
    assert "salesforce: 200 records would change" in done.stdout


def test_everything_on_standard_error_is_json_when_asked_for(place: Land) -> None:
    wrong_token(place)

    done = place.callplan("run", "pull", "--log", "json", check=False)

    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"pulled", "stopped", "error"} <= {event["event"] for event in events}
    assert [event["exit_code"] for event in events if event["event"] == "error"] == [2]


def test_a_plan_shows_what_the_guards_would_stop(place: Land) -> None:
    place.callplan("run", "pull")
    place.callplan("run", "refresh_tiers")
    lines = (place.folder / CLAIMS).read_text().splitlines()
    (place.folder / CLAIMS).write_text("\n".join(lines[:500]) + "\n")

    plan = place.callplan("plan", "--crm", "salesforce")
    night = place.callplan("nightly", "--crm", "salesforce", check=False)

    assert "TONIGHT WOULD STOP. The claims hold" in plan.stdout
    assert night.returncode == 3
    assert "`guards.min_input_share`" in night.stderr
    assert place.wire("salesforce").tally()["writes"] == 0


def test_a_second_run_of_the_same_crm_is_told_to_wait(place: Land) -> None:
    from connector.host.open import open_config, open_store

    with open_store(open_config(place.folder / "config.yaml"), "hubspot").alone():
        done = place.callplan("nightly", "--crm", "hubspot", check=False)

    assert done.returncode == 75
    assert "Another run for hubspot is still going." in done.stderr


def test_check_says_what_is_well(place: Land) -> None:
    done = place.callplan("check")

    assert done.stdout.count("ok  ") == 11
    assert "ok  roads: estimated" in done.stdout
    assert "200 providers" in done.stdout


def test_intake_shows_what_the_files_of_the_config_are_taken_for(place: Land) -> None:
    done = place.callplan("intake")

    assert f"{CLAIMS}: cms_provider_service, claims\n" in done.stdout
    assert "200 providers" in done.stdout
    assert "volume: Tot_Srvcs" in done.stdout


def test_intake_shows_files_that_a_night_would_refuse_and_says_so(place: Land, tmp_path: Path) -> None:
    good, bad, strange = (tmp_path / f"{name}.csv" for name in ("good", "bad", "strange"))
    good.write_text("npi,hcpcs,services,x\n2000000010,92928,40,\n")
    bad.write_text("npi,hcpcs,services\n2000000011,92928,40\n2000000012,92928,40\n2000000010,92928,40\n,,\n")
    strange.write_text("a,b\n1,2\n")

    done = place.callplan("intake", str(good), str(bad), str(strange), check=False)
    told = place.callplan("intake", str(bad), "--json", check=False)

    assert done.returncode == 2
    assert "  rows      4: 1 used, 1 passed over, 2 rejected\n" in done.stdout
    assert "  rejected  2 (lines 2, 3): is not an NPI: ten digits with a right check digit\n" in done.stdout
    assert "  passed    1 (line 5): empty\n" in done.stdout
    assert "  not used  x\n" in done.stdout
    assert f"{bad}:2: 2000000011 is not an NPI" in done.stderr
    assert f"{strange}:1: this is the header of no layout that Callplan knows" in done.stderr
    assert json.loads(told.stdout)["why_rejected"] == [
        {"why": "is not an NPI: ten digits with a right check digit", "rows": 2, "lines": [2, 3]}
    ]


def test_no_patient_of_claim_lines_is_in_anything_that_a_run_leaves(place: Land) -> None:
    npis = [npi for npi in place.npis()[:200] for _ in range(11)] + ["-7310"] * 200
    lines = [claim_line(f"-7310{at % 11:04}", f"-8420{at:04}", npi) for at, npi in enumerate(npis)]
    (place.folder / CLAIMS).write_text("\n".join(["|".join(LINES), *("|".join(map(str, row)) for row in lines), ""]))

    said = [place.callplan("run", job, "--crm", "hubspot", check=False) for job in ("pull", "refresh_tiers")]
    said += [place.callplan("check", "--crm", "hubspot", check=False), place.callplan("intake", check=False)]

    assert [done.returncode for done in said] == [0, 0, 0, 0], said
    left = [path for path in place.folder.rglob("*") if path.is_file() and path.name != Path(CLAIMS).name]
    told = [f"{done.stdout}{done.stderr}".encode() for done in said] + [path.read_bytes() for path in left]
    assert b"rif_carrier" in b"".join(told)
    assert [text for text in told if b"-7310" in text or b"-8420" in text] == []


def test_a_job_that_is_not_there_gets_the_nearest_name(place: Land) -> None:
    done = place.callplan("run", "pusj", check=False)

    assert done.returncode == 2
    assert 'Did you mean "push"?' in done.stderr


def test_an_npi_without_a_plan_is_said_to_have_none(place: Land) -> None:
    done = place.callplan("explain", "1003000126", check=False)

    assert done.returncode == 2
    assert "No account with NPI 1003000126 has a plan." in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["nightly", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    heavy = {"sqlalchemy", "pydantic", "numpy", "requests", "hubspot", "simple_salesforce", "alembic", "flask", "rich"}
    script = f"""
import sys
from connector.host.cli import cli
try:
    cli({words!r})
except SystemExit as done:
    print(done.code, sorted({heavy!r} & set(sys.modules)), file=sys.stderr)
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "0 []"


def test_a_job_that_needs_another_first_says_which(place: Land) -> None:
    for job in ("pull", "refresh_tiers"):
        place.callplan("run", job, "--crm", "hubspot")

    done = place.callplan("run", "build_call_lists", "--crm", "hubspot", check=False)

    assert done.returncode == 2
    assert "Run the job flag_cold first." in done.stderr


def test_init_writes_a_starter_and_never_over_what_is_there(place: Land, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    callplan("init", str(folder)).check_returncode()
    (folder / "config.yaml").write_text("mine: yes\n")

    again = callplan("init", str(folder))

    assert sorted(path.name for path in (folder / "mappings").iterdir()) == ["hubspot.yaml", "salesforce.yaml"]
    assert (folder / "config.yaml").read_text() == "mine: yes\n"
    assert (again.returncode, "wrote" in again.stdout) == (0, False)


@pytest.mark.parametrize("crm", CRMS)
def test_a_job_runs_alone(place: Land, crm: str) -> None:
    tallies = [place.callplan("run", job, "--crm", crm).stdout for job in ("pull", "refresh_tiers", "flag_cold")]

    assert "200 accounts read" in tallies[0]
    assert "52 Tier A" in tallies[1]
    assert "going cold" in tallies[2]
    assert place.wire(crm).tally()["writes"] == 0
