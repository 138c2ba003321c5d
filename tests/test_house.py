"""The house is as drawn: the folders, the import rules and the wheel name the same packages."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = sorted(p.parent.name for p in ROOT.glob("*/__init__.py") if p.parent.name not in {"tests", "bench"})


def test_every_package_is_under_the_import_rules() -> None:
    assert sorted(PYPROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES


def test_every_package_is_in_the_wheel() -> None:
    assert sorted(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    modules = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if path.read_text().strip()]
    modules = [path for path in modules if "node_modules" not in path.parts]

    silent = [str(path.relative_to(ROOT)) for path in modules if not path.read_text().lstrip().startswith('"""')]

    assert silent == []


def test_the_adapters_are_twins_where_both_vendors_have_the_thing() -> None:
    """Salesforce has more: bulk jobs, profiles, deployments. What HubSpot has, Salesforce has by that name."""
    salesforce, hubspot = (
        {path.name for path in (ROOT / "adapters" / name).glob("*.py")} for name in ("salesforce", "hubspot")
    )

    assert {"client.py", "errors.py", "fields.py", "rows.py", "wire.py"} <= hubspot <= salesforce
