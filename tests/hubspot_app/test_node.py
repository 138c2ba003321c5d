"""HubSpot's own tools on the app: its types, its rules in ESLint, its renderer, its builder and its parser of projects.

All of them offline, by the scripts of package.json. What HubSpot checks beyond that on an upload, only a portal says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hubspot_app.app import APP, ROOT

PLAN = "src/app/cards/AccountPlan.tsx"
ENTRY = "src/app/cards/CallplanCard.tsx"
CARD = "src/app/cards/callplan-card-hsmeta.json"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    subprocess.run([ROOT / "tools/install-npm", APP], check=True)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the app to break, with the installed tools in reach."""
    copy = shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("node_modules"))
    (copy / "node_modules").symlink_to(APP / "node_modules")
    return copy


def run(folder: Path, home: Path, script: str, *more: str) -> subprocess.CompletedProcess[str]:
    quiet = {"HOME": str(home), "PATH": os.environ["PATH"], "CI": "1", "NO_COLOR": "1", "NO_UPDATE_NOTIFIER": "1"}
    command = ["npm", "run", "--silent", script, "--", *more]
    return subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=120)


def change(path: Path, right: str, wrong: str) -> None:
    assert right in path.read_text()
    path.write_text(path.read_text().replace(right, wrong))


@pytest.mark.parametrize("script", ["types", "lint"])
def test_the_app_keeps_hubspots_types_and_rules(tmp_path: Path, script: str) -> None:
    done = run(APP, tmp_path, script)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_card_does_what_its_tests_say(tmp_path: Path) -> None:
    done = run(APP, tmp_path, "test", "--reporter=json")

    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)
    assert told["numPassedTests"] == told["numTotalTests"] >= 19
    assert {Path(file["name"]).name for file in told["testResults"]} == {"card.test.tsx", "bundle.test.ts"}


def test_the_card_is_bundled_into_one_file_with_its_manifest(tmp_path: Path) -> None:
    done = run(APP, tmp_path, "bundle", str(tmp_path / "out"))

    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out/CallplanCard-manifest.json").read_text())
    modules = {module["module"] for module in manifest["modules"]["internal"]}
    assert modules == {"CallplanCard.tsx", "AccountPlan.tsx", "plan.ts", "properties.ts"}
    assert manifest["package"]["dependencies"].keys() == {"@hubspot/ui-extensions", "react"}
    assert (tmp_path / "out/CallplanCard.js").stat().st_size < 20_000


def test_the_project_is_read_as_one_app_with_one_card(tmp_path: Path) -> None:
    done = run(APP, tmp_path, "parse")

    assert done.returncode == 0, done.stderr
    parts = json.loads(done.stdout)
    assert {uid: part["componentType"] for uid, part in parts.items()} == {
        "callplan": "APPLICATION",
        "callplan_card": "CARD",
    }
    assert parts["callplan_card"]["componentDeps"]["app"] == "callplan"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"uid": "callplan_card",', "", "'uid' must be at least one character long"),
        ('"type": "card"', '"type": "crad"', "has the type CRAD, which HubSpot does not know"),
        ('"type": "card"', '"type": "settings"', "belongs into app/settings"),
        ('"type": "card",', '"type": "card"', "is not JSON"),
        ('"type": "card",', '"type": "card", "scopes": [],', "has the field scopes, which HubSpot does not know"),
        ("CallplanCard.tsx", "Card.tsx", "names /app/cards/Card.tsx, which is not there"),
        ('"callplan_card"', '"callplan"', "callplan"),
    ],
)
def test_a_mistake_in_what_the_project_says_of_itself_is_told(
    broken: Path, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    change(broken / CARD, right, wrong)

    done = run(broken, tmp_path, "parse")

    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("script", "file", "right", "wrong", "said"),
    [
        ("types", PLAN, 'variant="error"', 'variant="red"', "Type '\"red\"' is not assignable"),
        ("types", PLAN, "plan.coldReason", "plan.coldWhy", "'coldWhy' does not exist on type 'Plan'"),
        ("lint", PLAN, "  const plan =", '  void fetch("/");\n  const plan =', "Native fetch() is not available"),
        ("lint", PLAN, "<Heading>Nothing here yet</Heading>", "<h2>Nothing here yet</h2>", "no-html-elements"),
        ("bundle", ENTRY, "./AccountPlan", "./Gone", 'Could not resolve "./Gone"'),
    ],
)
def test_a_card_that_hubspot_would_refuse_is_told(
    broken: Path, tmp_path: Path, script: str, file: str, right: str, wrong: str, said: str
) -> None:
    change(broken / file, right, wrong)

    done = run(broken, tmp_path, script, *[str(tmp_path / "out")] * (script == "bundle"))

    assert done.returncode != 0
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "right", "wrong", "failed"),
    [
        (PLAN, "What clears it:", "Note:", "says in words that an account is going cold"),
        ("src/app/cards/plan.ts", ', { timeZone: "UTC" }', "", "is the day that is stored, seen from America"),
        ("src/app/cards/plan.ts", '=== "true"', "!== undefined", "tells an account whose plan was taken back"),
    ],
)
def test_a_card_that_says_something_wrong_fails_its_tests(
    broken: Path, tmp_path: Path, file: str, right: str, wrong: str, failed: str
) -> None:
    change(broken / file, right, wrong)

    done = run(broken, tmp_path, "test")

    assert done.returncode == 1
    assert f"> {failed}" in done.stdout + done.stderr
