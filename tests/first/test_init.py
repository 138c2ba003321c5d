"""The first hour over HTTP: an admin tells where the CRM is, and gets a config whose first night works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from connector.host.cli import cli
from connector.host.first.answers import reference
from connector.mapping import read_mapping
from sandbox.hubspot.defining import define
from tests.command import callplan
from tests.nights.land import Land, land

SECRETS = {"SALESFORCE_CLIENT_SECRET": "sandbox-secret", "HUBSPOT_SERVICE_KEY": "pat-na1-sandbox"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    """As a customer has it: NPIs under a name of their own."""
    with land(tmp_path_factory.mktemp("land"), accounts=100) as made:
        _rename_in_salesforce(made)
        _rename_in_hubspot(made)
        yield made


def _rename_in_salesforce(made: Land) -> None:
    """NPIs in Ref_2__c and Ref_3__c, which are called "Reference"; the login sees the first of them alone."""
    records = made.serving.salesforce.records
    fields = records.kinds["Account"].fields
    for name in ("Ref_2__c", "Ref_3__c"):
        fields[name] = replace(fields["NPI__c"], name=name, label="Reference", key=False, unique=False)
    for row in records.tables["Account"].values():
        row["Ref_2__c"] = row["Ref_3__c"] = row["NPI__c"]
    records.access.hidden |= {("Account", "NPI__c"), ("Account", "Ref_3__c")}


def _rename_in_hubspot(made: Land) -> None:
    portal = made.serving.hubspot
    schema = portal.portal.schema
    group = "companyinformation"
    body = {"name": "hcp_number", "label": "HCP number", "type": "string", "fieldType": "text", "groupName": group}
    define(schema, "companies", body)
    for npi in made.npis():
        id_ = portal.find(npi)
        assert id_
        portal.edit(id_, hcp_number=npi, npi="")


def words(place: Land, crm: str, folder: Path, *more: str) -> list[str]:
    told = ["init", str(folder), "--crm", crm, "--set", f"base_url={place.serving.reach()[crm]['url']}"]
    told += ["--set", "client_id=sandbox-client"] if crm == "salesforce" else []
    return [*told, "--time-zone", "America/Chicago", *more]


def init(place: Land, crm: str, folder: Path, *more: str) -> CompletedProcess[str]:
    return callplan(*words(place, crm, folder, "--yes", *more), env=SECRETS)


@pytest.mark.parametrize(("crm", "npi"), [("salesforce", "Ref_2__c"), ("hubspot", "hcp_number")])
def test_after_init_the_first_night_works_whatever_the_npi_is_called(
    place: Land, tmp_path: Path, crm: str, npi: str
) -> None:
    told = init(place, crm, tmp_path, "--claims", str(place.folder / "claims"))
    config = ["--config", str(tmp_path / "config.yaml")]
    checked = callplan("check", *config, env=SECRETS)
    night = callplan("nightly", *config, "--today", place.today.isoformat(), env=SECRETS)

    assert told.returncode == 0, told.stderr
    assert "sample_provider_service.csv: cms_provider_service" in told.stdout
    assert read_mapping(tmp_path / "mappings" / f"{crm}.yaml").value.account.npi == npi
    assert (checked.returncode, night.returncode) == (0, 0), checked.stderr + night.stderr
    assert "100 written, 0 refused" in night.stdout


def test_init_writes_nothing_into_the_crm_and_files_with_comments_a_schema_and_no_secret(
    place: Land, tmp_path: Path
) -> None:
    before = place.wire("salesforce").tally()
    init(place, "salesforce", tmp_path)
    config, mapping = tmp_path / "config.yaml", tmp_path / "mappings/salesforce.yaml"

    written = YAML(typ="safe").load(config)

    assert written["crm"]["salesforce"]["client_secret"] == "${ENV:SALESFORCE_CLIENT_SECRET}"
    assert list(written["crm"]) == ["salesforce"]
    assert "# Who deserves a rep's time at all." in config.read_text()
    for file in (config, mapping):
        schema = file.read_text().splitlines()[0].partition("$schema=")[2]
        assert "properties" in json.loads((file.parent / schema).read_text())
    left = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert [text for text in left if "sandbox-secret" in text] == []
    asked = place.wire("salesforce").tally()
    assert (asked["writes"] - before["writes"], asked["calls"] - before["calls"]) == (0, 7)


def test_what_is_there_stays(place: Land, tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    mine = [tmp_path / "config.yaml", tmp_path / "mappings/hubspot.yaml"]
    for file in mine:
        file.write_text("mine: yes\n")

    told = init(place, "hubspot", tmp_path)

    assert [file.read_text() for file in mine] == ["mine: yes\n"] * 2
    assert "wrote " + str(mine[0]) not in told.stdout
    assert told.stdout.startswith(f"{mine[0]} and the mapping of hubspot are there and stay.")
    assert "Not found out" not in told.stdout


def test_a_crm_without_our_fields_is_told_how_to_get_them(place: Land, tmp_path: Path) -> None:
    hidden = place.serving.salesforce.records.access
    ours = [("Account", name) for name in place.fields("salesforce").values()]
    hidden.hidden.update(ours)
    hidden.hidden.add(("Account", "Ref_2__c"))
    try:
        told = init(place, "salesforce", tmp_path)
    finally:
        hidden.hidden.difference_update([*ours, ("Account", "Ref_2__c")])

    assert "npi: no field of Account holds NPIs." in told.stdout
    assert "22 fields that Callplan writes are not there: tier, tier_reason" in told.stdout
    assert "No claims were named" in told.stdout
    assert "Next: `callplan setup salesforce --with-npi --dry-run" in told.stdout


def test_a_field_that_the_login_may_not_write_is_named(place: Land, tmp_path: Path) -> None:
    access = place.serving.salesforce.records.access
    access.read_only.add(("Account", "Tier_Since__c"))
    try:
        told = init(place, "salesforce", tmp_path)
    finally:
        access.read_only.discard(("Account", "Tier_Since__c"))

    assert "- tier_since: Tier_Since__c is read-only for this login." in told.stdout


@pytest.mark.parametrize(
    ("env", "more", "why"),
    [
        ({}, (), "the environment has no HUBSPOT_SERVICE_KEY"),
        ({"HUBSPOT_SERVICE_KEY": "pat-na1-wrong"}, (), "hubspot did not let us look"),
        (SECRETS, ("--set", "base_url=http://127.0.0.1:9"), "hubspot did not let us look"),
    ],
    ids=["no secret", "wrong secret", "nobody there"],
)
def test_without_a_connection_the_starter_is_written_and_the_reason_said(
    place: Land, tmp_path: Path, env: dict[str, str], more: tuple[str, ...], why: str
) -> None:
    told = callplan(*words(place, "hubspot", tmp_path, "--yes", *more), env=env)

    assert (told.returncode, why in told.stdout) == (0, True), told.stdout
    assert read_mapping(tmp_path / "mappings/hubspot.yaml").value.account.npi == "npi"
    assert "pat-na1-wrong" not in told.stdout + told.stderr


def test_the_example_s_address_is_never_called(tmp_path: Path) -> None:
    told = callplan("init", str(tmp_path), "--crm", "salesforce", "--yes", env={**SECRETS, "SALESFORCE_CLIENT_ID": "x"})

    assert "base_url is still the example's" in told.stdout


def test_on_a_terminal_it_asks_and_never_for_the_secret_itself(
    place: Land, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    typed = ["salesforce", place.serving.reach()["salesforce"]["url"], "sandbox-client", "s3cr3t-typed-by-mistake"]
    typed += ["SALESFORCE_CLIENT_SECRET", str(place.folder / "claims/*.csv"), "Mars/Olympus", "America/Denver", "y"]

    told = CliRunner().invoke(cli, ["init", str(tmp_path), "--ask"], input="\n".join([*typed, ""]))

    assert told.exit_code == 0, told.output
    assert "That is no name of an environment variable" in told.output
    assert '"Mars/Olympus" is no time zone' in told.output
    assert "npi              Ref_2__c  (100 of 100 values are NPIs)" in told.output
    written = YAML(typ="safe").load(tmp_path / "config.yaml")
    assert written["time_zone"] == "America/Denver"
    assert written["crm"]["salesforce"]["client_secret"] == "${ENV:SALESFORCE_CLIENT_SECRET}"


def test_where_two_fields_hold_npis_it_asks_which_and_without_a_terminal_takes_neither(
    place: Land, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.serving.salesforce.records.access.hidden.discard(("Account", "Ref_3__c"))
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "sandbox-secret")
    asking = [*words(place, "salesforce", tmp_path / "asked", "--ask", "--claims", str(place.folder / "claims"))]
    try:
        asked = CliRunner().invoke(cli, asking, input="SALESFORCE_CLIENT_SECRET\nRef_3__c\ny\n")
        alone = init(place, "salesforce", tmp_path / "alone")
    finally:
        place.serving.salesforce.records.access.hidden.add(("Account", "Ref_3__c"))

    assert asked.exit_code == 0, asked.output
    assert read_mapping(tmp_path / "asked/mappings/salesforce.yaml").value.account.npi == "Ref_3__c"
    assert "npi: several fit: Ref_2__c, in which 100 of 100 values are NPIs; Ref_3__c" in alone.stdout


@pytest.mark.parametrize(
    ("told", "kept"),
    [("CRM_TOKEN", "${ENV:CRM_TOKEN}"), ("file:crm.key", "${FILE:crm.key}"), ("${ENV:X}", "${ENV:X}")],
)
def test_a_secret_is_kept_as_a_reference(told: str, kept: str) -> None:
    assert reference(told) == kept


@pytest.mark.parametrize("secret", ["pat-na1-0123", "00Dxx0000001gPL!AR8", "A1B2C3D4E5F6A7B8C9D0E1F2A3B4C5D6"])
def test_what_may_be_a_secret_is_refused_and_not_repeated(place: Land, tmp_path: Path, secret: str) -> None:
    told = callplan(*words(place, "hubspot", tmp_path, "--yes", "--set", f"token={secret}"))

    assert told.returncode == 2
    assert secret not in told.stdout + told.stderr
    assert list(tmp_path.iterdir()) == []
