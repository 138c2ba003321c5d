"""The table of the security standard is whole and names what there is; and what holds for all of our code holds."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from connector.host.log import make_log

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/security/index.md").read_text()
TABLE = list(csv.DictReader((ROOT / "docs/security/asvs.csv").open(encoding="utf-8")))
MATTER = """
1.2.1 1.2.2 1.2.4 1.2.5 1.2.10 1.3.6 1.3.12 1.5.1 1.5.2 2.2.1 2.3.2 2.3.3 2.3.5 2.4.1 3.2.1 3.3.1 3.3.2 3.3.3
3.3.4 3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.4.8 3.5.1 3.5.3 4.1.1 4.1.3 5.1.1 5.2.1 5.2.2 5.2.3 5.3.2 5.4.1 5.4.2
6.3.1 6.3.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 8.1.1 8.2.1 8.2.2 8.2.3 8.3.1 8.4.1 10.1.1 10.1.2 10.2.1 10.2.2 10.2.3
10.4.6 10.5.1 10.5.2 10.5.3 10.5.4 11 12.1 12.3 13.2.4 13.2.5 13.2.6 13.3.1 13.3.4 13.4.1 13.4.2 14.1.1 14.2.1
14.2.4 14.2.7 14.3.2 15.1.2 15.2.3 15.2.4 15.3.1 15.3.2 15.3.3 15.4.2 16.1.1 16.2.1 16.2.2 16.2.5 16.3.1 16.3.2
16.3.3 16.3.4 16.4.1 16.4.2 16.5.1 16.5.2 16.5.3 16.5.4
"""
OURS = [path for half in ("adapters", "callplan", "connector", "jobs") for path in (ROOT / half).rglob("*.py")]
OURS = [path for path in OURS if "node_modules" not in path.parts]


def ids() -> set[str]:
    """Of all tests in files that the table names, as pytest calls them."""
    files = {name.partition("::")[0] for row in TABLE for name in row["tests"].split()}
    return {
        f"{file}::{found.name}"
        for file in files
        if (ROOT / file).is_file()
        for found in ast.parse((ROOT / file).read_text()).body
        if isinstance(found, ast.FunctionDef) and found.name.startswith("test_")
    }


def test_each_item_that_matters_is_in_the_table_once() -> None:
    assert [row["item"] for row in TABLE] == MATTER.split()
    assert len([item for item in MATTER.split() if item.count(".") == 2]) == 92


def test_each_test_and_each_file_that_the_table_names_is_there() -> None:
    there = ids()

    assert [name for row in TABLE for name in row["tests"].split() if name not in there] == []
    assert [row["control"] for row in TABLE if not (ROOT / row["control"]).exists()] == []


def test_what_applies_has_a_test_or_says_why_there_is_none() -> None:
    assert [row["item"] for row in TABLE if row["applies"] not in ("yes", "no") or not row["asks"]] == []
    assert [row["item"] for row in TABLE if not row["tests"] and not row["unproven"]] == []


WORTH_A_LOOK = re.compile(r"\b(eval|exec)\(|os\.|np\.load|shell|verify|unverified|ElementTree|expat|minidom|lxml|etree")
UNPACK = re.compile(r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill|joblib|yaml)\b", re.MULTILINE)


@pytest.fixture(scope="module")
def calls() -> list[tuple[str, ast.Call]]:
    """By the name that is called: `yaml.load`."""
    parsed = ((path, ast.parse(text)) for path in OURS if WORTH_A_LOOK.search(text := path.read_text()))
    return [
        (f"{path.relative_to(ROOT)} {ast.unparse(node.func)}", node)
        for path, tree in parsed
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]


def said(call: ast.Call, key: str, value: object) -> bool:
    return any(word.arg == key and getattr(word.value, "value", None) is value for word in call.keywords)


def test_nothing_of_ours_runs_a_shell_or_unpacks_objects(calls: list[tuple[str, ast.Call]]) -> None:
    never = re.compile(r" (eval|exec|os\.(system|popen|exec\w+|spawn\w+)|np\.load)$")

    assert [name for name, call in calls if never.search(name) or said(call, "shell", value=True)] == []
    assert [str(path) for path in OURS if UNPACK.search(path.read_text())] == []


def test_no_certificate_is_taken_unseen(calls: list[tuple[str, ast.Call]]) -> None:
    assert [name for name, call in calls if said(call, "verify", value=False) or "unverified" in name] == []


def test_xml_is_read_from_our_own_files_alone(calls: list[tuple[str, ast.Call]]) -> None:
    read = re.compile(
        r"\b(ET|Xml|ElementTree|expat|minidom|lxml|etree)\.(fromstring|parse|iterparse|XML|ParserCreate)$"
    )

    assert {name.split()[0] for name, _ in calls if read.search(name)} == {"adapters/salesforce/deploy/package.py"}


def test_the_page_names_every_algorithm_that_the_code_uses() -> None:
    text = "".join(path.read_text() for path in OURS)
    used = {
        name
        for name in re.findall(r"hashlib\.(\w+)|\b(Fernet)\(|\b(RS256)\b|\bhmac\.(\w+)", text)
        for name in name
        if name
    }

    assert used <= {"sha256", "Fernet", "RS256", "new", "digest", "compare_digest", "file_digest"}
    assert [word for word in ("SHA-256", "Fernet", "RS256", "S256", "HMAC-SHA-256") if word not in PAGE] == []


def section(title: str) -> list[str]:
    """What the first column of a section's table says."""
    rows = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0].splitlines()
    return [row.split("|")[1].strip() for row in rows if row.startswith("|")][2:]


def test_the_page_names_what_pages_and_api_log() -> None:
    logged = {
        event
        for path in (ROOT / "connector/host/web").rglob("*.py")
        for event in re.findall(r'\.log\("(\w+)"', path.read_text())
    }

    assert set(re.findall(r"`(\w+)`", " ".join(section("What pages and API log")))) == logged


def test_the_page_says_which_files_are_taken_and_how_large() -> None:
    uploads = {path.stem for path in (ROOT / "connector/host/web").rglob("*.py") if "request.files" in path.read_text()}

    assert uploads == {"matches"}
    assert section("Files that are taken")[:2] == ["Matches", "Set-up"]
    assert f"{1_000_000:,} bytes" in PAGE


def test_the_page_says_which_data_are_sensitive() -> None:
    assert [line.partition(":")[0].partition(",")[0] for line in section("Data")] == [
        "secrets",
        "claim lines with patients",
        "accounts",
        "notes of visits",
        "who did what",
    ]


def test_every_library_is_pinned_with_its_hashes() -> None:
    wanted = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    wanted = [entry for entry in wanted if not entry.startswith("#")]

    assert [entry.split()[0] for entry in wanted if not re.search(r"==\S+[^@]*--hash=sha256:", entry, re.DOTALL)] == []


def lines(style: str) -> Iterator[str]:
    told = io.StringIO()
    with redirect_stderr(told):
        make_log(style)("said", what='a\nevent=logged_in who="x"', who="é\r\n")
    yield from told.getvalue().splitlines()


@pytest.mark.parametrize("style", ["json", "text"])
def test_a_line_of_the_log_is_one_line_whatever_it_says(style: str) -> None:
    assert len(list(lines(style))) == 1


def test_times_in_the_log_are_utc() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", json.loads(next(lines("json")))["at"])
