"""The source of the app: it reads what the mapping writes, asks for no more than it needs, and talks to nobody."""

from __future__ import annotations

import json
import re

from adapters.hubspot.definitions import SEGMENTS
from connector.mapping import read_mapping
from tests.hubspot_app.app import APP, CARDS, PROPERTIES, ROOT, config, properties, scopes, uploaded

PAGE = (ROOT / "docs/how-to/hubspot-in-the-portal.md").read_text()
HOST = re.compile(r"://|\b[\w-]+\.(?:com|net|org|io|dev)\b|localhost|\d+\.\d+\.\d+\.\d+", re.IGNORECASE)

SAID = (
    "Loading the call plan …",
    "The call plan of this account cannot be shown.",
    "Load the page again; if that does not help, tell your administrator.",
    "Nothing here yet",
    "Callplan has not written a tier for this account. It does so on the night after the account has an NPI",
    "that is found in the claims. If it should have one by now, ask your administrator.",
    "Going cold",
    "What clears it:",
    "a visit that has taken place and is logged on this account. The flag is gone after the next night.",
    "A planned visit alone does not clear it.",
    "Tier since",
    "This week's list",
    "Next visit",
    "Next touch",
    "Last visit",
    "Number ${order}",
    "Number ${order}, ${kind}",
    "${channel}, due ${due}",
    "Not on this week's list",
    "None planned this week",
    "No counted visit yet",
)


def test_the_card_reads_exactly_what_the_mapping_writes() -> None:
    written = read_mapping(ROOT / "mappings/hubspot.yaml").value.fields

    assert properties(PROPERTIES.read_text()) == {ours: target.field for ours, target in written.items()}


def test_a_property_is_named_in_one_place() -> None:
    naming = [path.name for path in uploaded() if re.search(r"\bhcp_\w", path.read_text())]

    assert naming == [PROPERTIES.name]


def test_what_is_uploaded_names_no_host_and_may_reach_none() -> None:
    named = {path.name: HOST.findall(path.read_text()) for path in uploaded()}

    assert {name: hosts for name, hosts in named.items() if hosts} == {}
    assert not any(config("app-hsmeta.json")["permittedUrls"].values())
    assert not any("hubspot.fetch" in path.read_text() for path in uploaded())


def test_a_host_in_a_file_would_be_found() -> None:
    for told in ('fetch("https://callplan.test/x")', "api.hubapi.com", "//localhost:3000", "10.0.0.1:80"):
        assert HOST.search(told), told
    assert not HOST.search('"@hubspot/ui-extensions": "0.17.0"')


def test_the_app_may_read_the_objects_that_show_the_card_and_nothing_else() -> None:
    objects = config("cards/callplan-card-hsmeta.json")["objectTypes"]
    auth = config("app-hsmeta.json")["auth"]

    assert scopes() == {f"crm.objects.{kind}.read" for kind in objects}
    assert (auth["type"], auth["optionalScopes"], auth["conditionallyRequiredScopes"]) == ("static", [], [])


def test_the_page_for_administrators_names_the_scopes_and_no_other() -> None:
    assert set(re.findall(r"`(crm\.[\w.]+)`", PAGE)) == scopes()


def test_the_page_for_administrators_names_every_segment_that_set_up_makes() -> None:
    page = PAGE.replace("\n", " ")

    assert [segment.name for segment in SEGMENTS if segment.name not in page] == []


def test_the_page_for_administrators_says_where_properties_are_renamed() -> None:
    assert f"`{PROPERTIES.relative_to(ROOT)}`" in PAGE
    assert "mappings/hubspot.yaml" in PROPERTIES.read_text()


def test_the_card_stands_in_the_sidebar_of_a_project_for_the_platform_of_march_2026() -> None:
    project = json.loads((APP / "hsproject.json").read_text())

    assert (project["srcDir"], project["platformVersion"]) == ("src", "2026.03")
    assert config("cards/callplan-card-hsmeta.json")["location"] == "crm.record.sidebar"


def test_what_is_checked_is_what_a_portal_installs() -> None:
    checked = json.loads((APP / "package.json").read_text())["devDependencies"]
    installed = json.loads((CARDS / "package.json").read_text())["dependencies"]

    assert installed.items() <= checked.items()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in checked.values())


def test_both_cards_say_the_same_words() -> None:
    lwc = ROOT / "adapters/salesforce/package/force-app/main/default/lwc/callplanCard"
    theirs = re.sub(r"\s+", " ", (lwc / "callplanCard.html").read_text() + (lwc / "callplanCard.js").read_text())
    ours = re.sub(r"\s+", " ", (CARDS / "AccountPlan.tsx").read_text() + (CARDS / "plan.ts").read_text())

    for words in SAID:
        assert words in theirs, words
        assert words in ours, words
