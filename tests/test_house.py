"""The house is as drawn: the folders, the import rules and the wheel name the same packages."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = sorted(p.parent.name for p in ROOT.glob("*/__init__.py") if p.parent.name not in {"tests", "bench"})


def test_every_package_is_under_the_import_rules() -> None:
    assert sorted(PYPROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES


def test_the_picture_of_the_house_has_every_room_once() -> None:
    picture = (ROOT / "docs/design.md").read_text()
    rules, outside = ({path.name for path in (ROOT / half).glob("*.py")} for half in ("callplan", "connector"))

    missing = [room for room in sorted((rules | outside) - {"__init__.py"}) if room not in picture]
    entrances = [line.split()[0] for line in picture.splitlines() if re.match(r" {4,8}\w[\w./]* {2,}\w", line)]

    assert missing == []
    assert [room for room in sorted(set(entrances)) if entrances.count(room) > 1] == ["market.py", "touches.py"]


def test_every_package_is_in_the_wheel() -> None:
    assert sorted(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    modules = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if path.read_text().strip()]
    modules = [path for path in modules if "node_modules" not in path.parts]

    silent = [str(path.relative_to(ROOT)) for path in modules if not path.read_text().lstrip().startswith('"""')]

    assert silent == []


ONLY_ONE_HAS = {
    "salesforce": {
        "bulk.py",  # jobs for many rows; HubSpot has batches of a hundred, however many rows there are
    },
    "hubspot": {
        "definitions.py",  # Salesforce takes its fields from the source of the package
        "webhooks.py",  # Salesforce's reading tells of all that was deleted, so that nothing needs to call us
        "pace.py",  # Salesforce limits a day's calls, not those of ten seconds
    },
}


def test_the_adapters_are_twins_where_both_vendors_have_the_thing() -> None:
    salesforce, hubspot = (files(name) - ONLY_ONE_HAS[name] for name in ONLY_ONE_HAS)

    assert salesforce == hubspot
    assert all(unshared <= files(name) for name, unshared in ONLY_ONE_HAS.items())


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "adapters" / "hubspot").glob("*.py")))
def test_what_twins_share_stands_in_the_same_order(file: str) -> None:
    if file in ONLY_ONE_HAS["hubspot"]:
        return
    salesforce, hubspot = (names(ROOT / "adapters" / name / file) for name in ("salesforce", "hubspot"))
    shared = set(salesforce) & set(hubspot)

    assert [name for name in salesforce if name in shared] == [name for name in hubspot if name in shared]
    assert shared or file == "rows.py"


def files(adapter: str) -> set[str]:
    return {path.name for path in (ROOT / "adapters" / adapter).glob("*.py")}


def names(file: Path) -> list[str]:
    """Functions and classes, methods after their class."""
    found: list[str] = []
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        if isinstance(node, ast.ClassDef):
            found += [f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)]
    return [name.replace("Salesforce", "Crm").replace("HubSpot", "Crm") for name in found]
