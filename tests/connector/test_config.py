"""The config and the mappings: what is wrong is said all at once, at its line, with the next step."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from connector.config import read_config, write_schemas
from connector.contract import Field, FieldType, Secret, Shape
from connector.errors import NeedsHuman
from connector.host.discover import adapters, starter
from connector.mapping import check, check_notes, read_mapping, reading

SETTINGS: dict[str, type[BaseModel]] = {name: adapter.Settings for name, adapter in adapters().items()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET", "HUBSPOT_SERVICE_KEY"):
        monkeypatch.setenv(name, f"value of {name}")
    (tmp_path / "config.yaml").write_text((starter() / "config.example.yaml").read_text())
    return tmp_path


def complaint(folder: Path, old: str, new: str) -> str:
    """What is said of the starter config with one thing changed."""
    file = folder / "config.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(NeedsHuman) as caught:
        read_config(file, SETTINGS)
    return str(caught.value).replace(f"{folder}/", "")


def test_the_starter_config_is_right_as_it_stands(folder: Path) -> None:
    config = read_config(folder / "config.yaml", SETTINGS).value

    assert set(config.crm) == {"salesforce", "hubspot"}
    assert config.store == f"sqlite:///{folder / 'callplan.db'}"
    assert config.connection("hubspot").model_dump()["token"].reveal() == "value of HUBSPOT_SERVICE_KEY"


@pytest.mark.parametrize(
    ("changed", "share"), [("{a_share: 0.7}", 0.7), ("{a_share: 0.7}\nweek: {core_share: 0.8}", 0.8)]
)
def test_the_week_is_split_as_the_tiers_are_cut_unless_it_says_otherwise(
    tmp_path: Path, changed: str, share: float
) -> None:
    (tmp_path / "config.yaml").write_text(f"crm: {{}}\nready_made: {{path: tiers.csv}}\ntiers: {changed}\n")

    assert read_config(tmp_path / "config.yaml", SETTINGS).value.core_share == share


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("engine: estimate", "engine: osrm", "engine: osrm wants url or data, one of them."),
        ("engine: estimate", "engine: valhalla", "engine: valhalla wants url."),
        ("engine: estimate", "engine: table, url: 'http://a'", "url does not go with engine: table."),
        ("engine: estimate", "url: 'http://a'", "url does not go with engine: estimate."),
        ("engine: estimate", "engine: osrm, data: a, url: 'http://a'", "wants url or data, one of them."),
        ("engine: estimate", "engine: osrm, url: 'file:///etc'", '"file:///etc" is no address of a server.'),
        ("engine: estimate", "engine: osrm, url: 'http://kim:pw@a'", '"http://...@a" is no address of a server.'),
        ("engine: estimate", "engine: orsm", '"orsm" is not possible here. The nearest is "osrm".'),
        ("cold: 1.5", "cold: 0.5", "due, overdue, cold and lost must grow in this order."),
        ("A: 30", "A: soon", '"soon" is no whole number.'),
        ("  days: [mon, tue, wed, thu, fri]", "  days: mon-fri", '"mon-fri" is no list. Write it as [one, another].'),
        ("  days: [mon, tue, wed, thu, fri]", "  days: []", "an empty list where at least one is wanted."),
        ("  visit_minutes: {A: 45, B: 30}", "  visit_minutes: 45", '"45" where keys are wanted. Write them as'),
        ("  holidays: {country: US}", "  holidays: {also: {2026-11-31: x}}", "2026-11-31 is on no calendar."),
        ('home_zip: "50309"', 'home_zip: "5030"', '"5030" is no ZIP, which has five digits.'),
        ("  # - email: lee@example.com", "  - email: Kim@example.com #", "kim@example.com stands here twice."),
        ("A: 30", "A: 3", "Write a number of at least 7"),
        ("{kind: visit}", "{kind: visit, direction: inbound}", "a visit has no direction, so that none would count."),
        ("{kind: visit}", "{kind: email, min_minutes: 5}", "no minutes are kept of a mail, so that none would count."),
        ("flag: {tiers: [A]", "flag: {tiers: [A, C]", "Tier C has no cadence, so that none of its accounts goes cold."),
        ("{kind: visit}", "{kind: visit, tiers: []}", "an empty list where at least one is wanted."),
        ("kind: visit", "kind: visits", '"visits" is not possible here. The nearest is "visit".'),
        ("time_zone:", "timezone:", '"timezone" is not a key here. The nearest is "time_zone".'),
        ("America/Chicago", "Chicago", '"Chicago" is no time zone.'),
        ("  hubspot:", "  hubspott:", '"hubspott" is not a key here. The nearest is "hubspot".'),
        ('"27130"', "27130", '27130 is a number here. Quote it: "27130".'),
        ('"27130"', "02713", '02713 is a number here. Quote it: "02713".'),
        ("${ENV:HUBSPOT_SERVICE_KEY}", "${ENV:NOWHERE}", "the environment has no NOWHERE."),
        ("${ENV:HUBSPOT_SERVICE_KEY}", "${FILE:nowhere}", "nowhere cannot be read."),
        ("${ENV:HUBSPOT_SERVICE_KEY}", "pat-na1-1234", "a secret must not be written into this file."),
        ("turns: [call, ", "turns: [visit, ", "turns are call, email and message, each once at most."),
        ("turns: [call, ", "turns: [email, ", "turns are call, email and message, each once at most."),
        ("  volume_floor: 11", "  where: {codes: [9292]}", '9292 is a number here. Quote it: "9292".'),
        ("  volume_floor: 11", "  where: {practice_sise: 5-50}", 'The nearest is "practice_size".'),
        ("  volume_floor: 11", "  where: {practice_size: few}", '"few" is no number or range. Write 5-50'),
        ("  volume_floor: 11", "  where: {near: '50309'}", "`near` and `within` go together."),
        ("score: {volume: 1.0}", "score: {volume: 0}", "nothing counts: all weights are 0."),
        ("score: {volume: 1.0}", "score: {diagnosis: 1}", "score.diagnosis has a weight, and no diagnoses are listed."),
        ("engine: {memory: 400MB}", "warehouse: {url: duckdb://, claims: c.parquet}", "are both given"),
        ("engine:", 'warehouse: {url: "postgresql://kim:pat-na1-1234@db", claims: c}\nengine:', "a secret must not"),
        ("claims:\n", "claims: []\nclaims:\n", "stands here twice"),
        ("claims:\n", "\tclaims:\n", "a tab where YAML wants spaces"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(folder: Path, old: str, new: str, told: str) -> None:
    said = complaint(folder, old, new)

    assert told in said
    assert said.startswith("config.yaml:")
    assert "pat-na1-1234" not in said


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_lines(folder: Path) -> None:
    file = folder / "config.yaml"
    file.write_text(file.read_text().replace("America/Chicago", "Chicago").replace('"27447"', "27447"))

    said = complaint(folder, "visits_per_day: 3", "visits_per_day: many").splitlines()

    lines = [int(line.split(":")[1]) for line in said]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_a_file_of_aliases_that_unfold_without_end_is_refused(folder: Path) -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(f"k{at}: &k{at} [{', '.join(['*a'] * 9)}]\n" for at in range(9))
    (folder / "config.yaml").write_text(bomb)

    with pytest.raises(NeedsHuman, match="aliases"):
        read_config(folder / "config.yaml", SETTINGS)


def test_a_reference_cannot_change_the_shape_of_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_SERVICE_KEY", "x\nstore: sqlite:///elsewhere.db")

    config = read_config(folder / "config.yaml", SETTINGS).value

    assert config.store.endswith("callplan.db")


def test_a_secret_never_shows_itself() -> None:
    secret = Secret("pat-na1-1234")

    shown = [repr(secret), str(secret), f"{secret}", repr([secret]), repr(pickle.dumps(secret))]

    assert [text for text in shown if "1234" in text] == []


def test_editors_get_schemas_that_the_starter_files_keep(tmp_path: Path) -> None:
    config, mapping = write_schemas(tmp_path, SETTINGS)
    yaml = YAML(typ="safe")

    for schema, files in (
        (config, ["config.example.yaml"]),
        (mapping, ["mappings/salesforce.yaml", "mappings/hubspot.yaml"]),
    ):
        validator = Draft202012Validator(json.loads(schema.read_text()))
        for file in files:
            validator.validate(yaml.load(starter() / file))
        assert not validator.is_valid({"no": "such key"})


# Mappings


def shape(**changed: Field | None) -> Shape:
    mapping = read_mapping(starter() / "mappings/hubspot.yaml").value
    kinds = {
        "call_order": FieldType.NUMBER,
        "volume": FieldType.NUMBER,
        "at_risk": FieldType.NUMBER,
        **dict.fromkeys(("cycle_goal", "cycle_calls", "cycle_remaining"), FieldType.NUMBER),
        "going_cold": FieldType.CHECKBOX,
        "tier": FieldType.PICKLIST,
    }
    days = ("tier_since", "next_visit", "call_week", "next_touch", "cold_since", "last_visit")
    kinds |= dict.fromkeys(days, FieldType.DATE)
    fields = {name: Field(name, FieldType.TEXT, True) for name in reading(mapping).fields}
    for ours, target in mapping.fields.items():
        fields[target.field] = Field(target.field, kinds.get(ours, FieldType.TEXT), True)
    fields |= {name: field for name, field in changed.items() if field}
    return Shape("companies", {name: field for name, field in fields.items() if changed.get(name, field)})


def test_the_starter_mapping_fits_the_fields_that_the_how_to_creates() -> None:
    check(read_mapping(starter() / "mappings/hubspot.yaml"), shape())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"hcp_tier": None}, 'companies has no field "hcp_tier", or this login may not see it. The nearest is'),
        ({"npi": None}, 'companies has no field "npi"'),
        ({"hcp_tier_since": Field("hcp_tier_since", FieldType.DATE, False)}, "hcp_tier_since is read-only"),
        ({"hcp_call_order": Field("hcp_call_order", FieldType.TEXT, True)}, "is a text, and call_order needs a number"),
        ({"hcp_tier": Field("hcp_tier", FieldType.PICKLIST, True, None, ("A", "B"))}, "has no option C"),
        (
            {"hcp_channel": Field("hcp_channel", FieldType.PICKLIST, True, None, ("visit", "call", "email"))},
            "has no option message. Add visit, call, email and message in the CRM.",
        ),
        (
            {"hcp_slot_kind": Field("hcp_slot_kind", FieldType.PICKLIST, True, None, ("committed", "fill"))},
            "has no option released",
        ),
    ],
)
def test_a_field_that_does_not_fit_is_named_with_its_line(changed: dict[str, Field | None], told: str) -> None:
    with pytest.raises(NeedsHuman) as caught:
        check(read_mapping(starter() / "mappings/hubspot.yaml"), shape(**changed))

    assert told in str(caught.value)
    assert "hubspot.yaml:" in str(caught.value)


def test_one_field_cannot_take_two_values(tmp_path: Path) -> None:
    file = tmp_path / "hubspot.yaml"
    file.write_text((starter() / "mappings/hubspot.yaml").read_text().replace("hcp_cold_reason", "hcp_tier_reason"))

    with pytest.raises(NeedsHuman, match='"hcp_tier_reason" takes tier_reason already'):
        check(read_mapping(file), shape())


def test_a_field_for_notes_that_is_not_there_is_named_with_its_line(tmp_path: Path) -> None:
    file, calls = (
        tmp_path / "hubspot.yaml",
        Shape("calls", {"hs_call_body": Field("hs_call_body", FieldType.TEXT, True)}),
    )
    notes = "notes:\n  calls:\n    - hs_call_body\n    - hs_call_bdoy\n  tasks: [hs_task_body]\n"
    file.write_text(notes + (starter() / "mappings/hubspot.yaml").read_text())

    with pytest.raises(NeedsHuman) as caught:
        check_notes(read_mapping(file), lambda _object: calls)

    assert 'hubspot.yaml:4:7: calls has no field "hs_call_bdoy"' in str(caught.value)
    assert 'hubspot.yaml:5:10: "tasks" is not among `interactions:`' in str(caught.value)


def test_another_naming_of_notes_is_another_reading_and_naming_none_is_as_before(tmp_path: Path) -> None:
    file, starts = tmp_path / "hubspot.yaml", (starter() / "mappings/hubspot.yaml").read_text()
    read = []
    for notes in ("", "notes: {calls: [hs_call_body]}\n", "notes: {calls: [hs_call_title]}\n"):
        file.write_text(notes + starts)
        read.append(reading(read_mapping(file).value))

    assert len({one.told for one in read}) == 3
    assert replace(read[0], tasks=None).told == f"{read[0]}{read[0].calendar}"
