"""The wheel is the whole product: installed elsewhere, with nothing of the tree in reach, it runs the demo."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_carries_starter_files_and_migrations_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {"connector/starter/config.example.yaml", "connector/starter/mappings/hubspot.yaml"} <= set(names)
    assert "connector/store/migrations/versions/0001_first_night.py" in names
    assert [name for name in names if name.startswith(("tests/", "docs/", "tools/"))] == []


def test_the_wheel_carries_what_is_brought_into_salesforce_and_not_what_checks_it(wheel: Path) -> None:
    inside = "adapters/salesforce/package/"
    names = [name.removeprefix(inside) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(inside)]
    source = ROOT / inside
    kept = [path for part in ("force-app", "npi") for path in (source / part).rglob("*.*") if path.is_file()]

    assert {str(path.relative_to(source)) for path in kept if "__tests__" not in path.parts} <= set(names)
    assert [name for name in names if not name.startswith(("force-app/", "npi/"))] == [
        ".forceignore",
        "sfdx-project.json",
    ]
    assert not any("__tests__" in name for name in names)


def test_the_wheel_carries_what_is_uploaded_to_hubspot_and_not_what_checks_it(wheel: Path) -> None:
    inside = "adapters/hubspot/app/"
    names = [name.removeprefix(inside) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(inside)]
    source = ROOT / inside

    kept = [path for path in (source / "src").rglob("*") if path.is_file()]
    assert set(names) == {"hsproject.json", *(str(path.relative_to(source)) for path in kept)}
    assert {"src/app/app-hsmeta.json", "src/app/cards/package.json", "src/app/cards/tsconfig.json"} <= set(names)


def test_installed_in_another_directory_it_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    """The versions are the lock's; hashes are checked when the development environment is made."""
    pins = re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    (tmp_path / "pins.txt").write_text("\n".join(pins))
    quiet = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    quiet |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP"))}
    python, pip = tmp_path / "env/bin/python", [sys.executable, "-m", "pip"]

    for command in (
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")],
        [*pip, "--python", str(python), "install", "--quiet", "--no-compile", "-c", "pins.txt", str(wheel)],
    ):
        subprocess.run(command, check=True, cwd=tmp_path, env=quiet, capture_output=True)
    demo = subprocess.run(
        [str(python.parent / "callplan"), "demo"], cwd=tmp_path, env=quiet, capture_output=True, text=True, timeout=120
    )

    assert demo.returncode == 0, demo.stderr
    assert "TIERS  800 accounts" in demo.stdout
    assert "0 to salesforce, 0 to hubspot" in demo.stdout
