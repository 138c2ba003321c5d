"""Salesforce's own tools on the package: its converter, the component's tests in Jest, and its rules in ESLint.

The converter is @salesforce/source-deploy-retrieve, the part of the Salesforce CLI behind `sf project convert source`:
the same code at a quarter of the size, in one second and not three. Neither minds a wrong tag, hence test_source.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from adapters.salesforce.deploy.package import SOURCE, field_names, package_zip
from tests.salesforce_package.test_zip import unpacked

ROOT = Path(__file__).parents[2]
CARD = "force-app/main/default/lwc/callplanCard"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    subprocess.run([ROOT / "tools/install-npm", SOURCE], check=True)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the package to break, with the installed tools in reach."""
    copy = shutil.copytree(SOURCE, tmp_path / "package", ignore=shutil.ignore_patterns("node_modules"))
    (copy / "node_modules").symlink_to(SOURCE / "node_modules")
    return copy


def run(folder: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    quiet = {"HOME": str(home), "PATH": os.environ["PATH"], "CI": "1", "SF_DISABLE_LOG_FILE": "true"}
    return subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=120)


def tool(name: str) -> str:
    return str(SOURCE / "node_modules/.bin" / name)


def canonical(data: bytes) -> object:
    """An XML file as nested values, in which the order of elements says nothing."""

    def value(element: etree._Element) -> object:
        inside = sorted(repr(value(child)) for child in element if isinstance(child.tag, str))
        return element.tag, inside or (element.text or "").strip()

    return value(etree.fromstring(data))


def test_salesforces_converter_makes_the_same_of_the_source_as_we_do(tmp_path: Path) -> None:
    done = run(SOURCE, tmp_path, "node", "convert.js", str(tmp_path / "out"), "force-app", "npi")
    assert done.returncode == 0, done.stderr
    theirs = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")
    }

    ours = unpacked(package_zip(field_names()))

    assert ours.keys() == theirs.keys()
    for path, data in ours.items():
        if path.endswith((".js", ".html")):
            assert data == theirs[path], path
        else:
            assert canonical(data) == canonical(theirs[path]), path


def test_the_card_does_what_its_tests_say(tmp_path: Path) -> None:
    done = run(SOURCE, tmp_path, tool("sfdx-lwc-jest"))

    assert done.returncode == 0, done.stderr
    written = (SOURCE / CARD / "__tests__/callplanCard.test.js").read_text().count("    it(")
    assert f"{written} passed, {written} total" in done.stderr


def test_the_card_keeps_salesforces_rules(tmp_path: Path) -> None:
    done = run(SOURCE, tmp_path, tool("eslint"), "--max-warnings=0", "force-app")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_card_that_breaks_a_rule_is_told_with_its_line(broken: Path, tmp_path: Path) -> None:
    script = broken / CARD / "callplanCard.js"
    script.write_text(script.read_text().replace("@api recordId", "@api RecordId"))

    done = run(broken, tmp_path, tool("eslint"), "force-app")

    assert done.returncode == 1
    assert 'Invalid property name syntax in "RecordId"' in done.stdout


def test_a_card_that_forgets_what_clears_the_flag_fails_its_tests(broken: Path, tmp_path: Path) -> None:
    page = broken / CARD / "callplanCard.html"
    page.write_text(page.read_text().replace("What clears it:", "Note:"))

    done = run(broken, tmp_path, tool("sfdx-lwc-jest"))

    assert done.returncode == 1
    assert "says in words that an account is going cold" in done.stderr
