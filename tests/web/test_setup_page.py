"""The page of the mapping: the command's own sentences, one file alone, and nothing of the server's environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from connector.contract import Field, FieldType
from connector.errors import NeedsHuman, TryAgain
from connector.host.check import check_all
from connector.host.drafts import seen
from tests.web.house import KIM, PAT, ROBIN, House

SETUP = "/memory/setup"
BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{at}: &a{at} [*a{at - 1}, *a{at - 1}]" for at in range(1, 30))])


@pytest.fixture
def home(shared: House) -> Iterator[House]:
    """With the mapping as it was."""
    text, mode = file(shared).read_text(), file(shared).stat().st_mode
    yield shared
    file(shared).write_text(text)
    file(shared).chmod(mode)
    for kept in shared.desk.folder.glob("memory.yaml.*"):
        kept.unlink()


def file(home: House) -> Path:
    return home.desk.folder / "memory.yaml"


def put(home: House, text: str, act: str = "save", **more: str) -> tuple[int, str]:
    known = seen(file(home)).hash
    status, page = home.post(SETUP, ROBIN, {"mapping": text, "act": act, "seen": known, **more})
    return status, unescape(page)


def command(home: House) -> str:
    """What `callplan check` says."""
    try:
        return "\n".join(check_all(home.desk.folder / "config.yaml", None, home.desk.way))
    except NeedsHuman as error:
        return str(error)


def test_a_wrong_mapping_is_told_in_the_sentences_of_the_command_and_not_saved(home: House) -> None:
    before = file(home).read_text()
    wrong = before.replace("{field: tier,", "{field: teir,").replace("{field: volume,", "{field: tier_since,")

    status, page = put(home, wrong)
    assert (status, file(home).read_text()) == (422, before)
    file(home).write_text(wrong)
    sentences = command(home).splitlines()

    assert re.search(r"memory.yaml:\d+:\d+: .*teir.*The nearest is \"tier\"", sentences[0])
    assert len(sentences) == 3
    assert [one for one in sentences if one not in page] == []
    assert "{field: teir," in page


def test_a_right_mapping_is_saved_and_the_command_agrees(home: House) -> None:
    before = file(home).read_text()
    file(home).chmod(0o640)

    status, _ = put(home, before.replace("  at_risk: {field: at_risk, policy: ours}\n", "").replace("\n", "\r\n"))

    assert status == 303
    assert "at_risk" not in file(home).read_text()
    assert (home.desk.folder / "memory.yaml.bak").read_text() == before
    assert file(home).stat().st_mode & 0o777 == 0o640
    assert "20 fields to write, all writable" in command(home)
    audit = (home.desk.folder / "callplan.db.audit.jsonl").read_text().splitlines()[-1]
    assert '"mapping saved"' in audit
    assert ROBIN in audit


def test_a_mapping_that_somebody_changed_meanwhile_is_not_written_over(home: House) -> None:
    known, text = seen(file(home)).hash, file(home).read_text()
    file(home).write_text(f"{text}# mine\n")

    status, page = put(home, f"{text}# yours\n", seen=known)

    assert status == 409
    assert "# yours" in page
    assert file(home).read_text() == f"{text}# mine\n"


@pytest.mark.parametrize("written", ["${ENV:CANARY}", '"\\x24{ENV:CANARY}"', "${FILE:config.yaml}", "&a ${ENV:CANARY}"])
def test_who_edits_a_mapping_reads_nothing_of_the_servers_environment(
    home: House, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("CANARY", "canary_of_the_house")
    before = file(home).read_text()

    status, page = put(home, before.replace("crm: memory", f"crm: {written}"), "check")

    assert "a reference cannot be written here" in page
    assert "canary_of_the_house" not in page
    assert (status, file(home).read_text()) == (200, before)


def test_no_request_says_which_file_is_written(home: House) -> None:
    text = file(home).read_text()
    there = sorted(path.name for path in home.desk.folder.iterdir())

    for path in ("/..%2fconfig/setup", "/config.yaml/setup", "/memory%2f..%2fother/setup"):
        assert home.post(path, ROBIN, {"mapping": text, "act": "save"})[0] == 404
    assert put(home, f"{text}#\n", file="/tmp/x", path="../x.yaml", crm="../x")[0] == 303

    made = {path.name for path in home.desk.folder.iterdir()} - set(there)
    assert made == {"memory.yaml.bak", "memory.yaml.lock"}


def test_a_mapping_that_unfolds_or_has_no_end_is_refused(home: House) -> None:
    for text in (BOMB, "a: " + "[" * 4_000, "#" * 60_000, "a: [" + "x, " * 4_000, "", "crm: memory\ncrm: memory"):
        status, page = put(home, text)
        assert (status, "memory.yaml" in page) == (422, True)
    assert "bytes are a mapping" in put(home, file(home).read_text() + "#" * 20_000, "check")[1]


def test_set_up_is_an_admins(home: House) -> None:
    text = file(home).read_text()

    for who in (KIM, PAT):
        assert home.get(SETUP, who)[0] == home.post(SETUP, who, {"mapping": "x", "act": "save"})[0] == 403
    assert file(home).read_text() == text


def test_a_crm_that_does_not_answer_is_told_and_the_form_is_checked_and_nothing_saved(home: House) -> None:
    text = file(home).read_text()
    home.desk.org.failures.append(TryAgain("The CRM is having its lunch."))

    assert put(home, text, "look")[0] == 200
    status, page = put(home, f"{text}# mine\n")
    assert (status, file(home).read_text()) == (422, text)
    assert "The CRM is having its lunch." in page
    assert '"fielts" is not a key here' in put(home, text.replace("fields:", "fielts:"))[1]
    assert "Nothing is wrong" in put(home, text, "look")[1]


def test_a_page_that_is_loaded_again_asks_the_crm_nothing_until_it_is_told_to(home: House) -> None:
    home.get(SETUP, ROBIN)
    left = home.desk.org.calls_left

    home.get(SETUP, ROBIN)
    assert home.desk.org.calls_left == left
    put(home, file(home).read_text(), "look")
    assert home.desk.org.calls_left < left


def test_fields_that_fit_what_is_left_out_are_suggested_and_others_are_not(home: House) -> None:
    home.desk.org.add_fields(
        Field("Cold_Since__c", FieldType.DATE, True),
        Field("Street", FieldType.TEXT, False, 255),
        Field("Latitude", FieldType.TEXT, True, 255),
        Field("Going_Cold__c", FieldType.CHECKBOX, True),
    )

    text = file(home).read_text()
    page = put(home, text, "look")[1]
    taken = put(home, text.replace("{field: tier_since,", "{field: Cold_Since__c,"), "check")[1]

    assert "cold_since: {field: Cold_Since__c}" in page
    assert "street: Street" in page
    assert "latitude: Latitude" not in page
    assert "Going_Cold__c" not in page
    assert "cold_since: {field: Cold_Since__c}" not in taken
