"""What is shipped for containers and services fits the command: its parts, options, ports, files and times."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from connector.host.cli import cli
from connector.host.stopping import GRACE, LAST_WORDS
from connector.serving import Web
from deploy.runtime_lock import runtime_lock
from tests.test_house import PYPROJECT, ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc")
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = YAML(typ="safe").load(DEPLOY / "compose.yaml")


def loaded(path: Path) -> list[Any]:
    return list(YAML(typ="safe").load_all(path))


def pods(node: Any) -> Iterator[dict[str, Any]]:
    """Everything in a manifest that has containers."""
    if isinstance(node, dict):
        if "containers" in node:
            yield node
        for value in node.values():
            yield from pods(value)


PODS = [pod for path in MANIFESTS for document in loaded(path) for pod in pods(document)]


def commands() -> Iterator[list[str]]:
    yield json.loads(re.search(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[1])  # type: ignore[index]
    yield from (service["command"] for service in COMPOSE["services"].values() if "command" in service)
    yield from (container["args"] for pod in PODS for container in pod["containers"])
    yield from (re.search(r"^ExecStart=\S+ (.*)$", unit.read_text(), re.MULTILINE)[1].split() for unit in UNITS)  # type: ignore[index]


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_each_command_is_one_and_takes_these_options(words: list[str]) -> None:
    command = cli.commands[words[0]]

    command.make_context(words[0], list(words[1:]), resilient_parsing=False)

    assert isinstance(command, click.Command)


def test_each_part_is_given_longer_to_stop_than_it_needs() -> None:
    units = [int(re.search(r"^TimeoutStopSec=(\d+)$", unit.read_text(), re.MULTILINE)[1]) for unit in UNITS]  # type: ignore[index]
    given = [pod["terminationGracePeriodSeconds"] for pod in PODS] + units
    given.append(int(COMPOSE["x-callplan"]["stop_grace_period"].rstrip("s")))

    assert len(given) == 7
    assert GRACE + LAST_WORDS <= 30 < min(given)


def test_no_container_runs_as_root_or_may_become_it() -> None:
    for pod in PODS:
        assert pod["securityContext"]["runAsNonRoot"]
        for container in pod["containers"]:
            assert not container["securityContext"]["allowPrivilegeEscalation"]
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert container["resources"]["limits"]["memory"]
            assert {m["name"] for m in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
    assert re.search(r"^USER (?!0|root)", DOCKERFILE.split("FROM")[-1], re.MULTILINE)


def test_health_is_asked_where_it_is_answered() -> None:
    port = Web.model_fields["port"].default
    web = next(container for pod in PODS for container in pod["containers"] if container["name"] == "web")

    assert f"http://127.0.0.1:{port}/healthz" in DOCKERFILE
    assert (web["ports"][0]["containerPort"], web["livenessProbe"]["httpGet"]["path"]) == (port, "/healthz")
    assert COMPOSE["services"]["web"]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_images_have_versions_and_no_file_holds_a_secret_or_a_host_of_images() -> None:
    told = "\n".join(path.read_text() for path in FILES)
    images = re.findall(r"^FROM (\S+)|image: (\S+)", told, re.MULTILINE)

    assert all(":" in (one or other) and not (one or other).endswith(":latest") for one, other in images)
    assert not [one or other for one, other in images if "/" in (one or other)]
    assert not re.search(r"(?i)(password|token|secret)\w*[:=]\s*[\"']?(?!/run|PASSWORD)[a-z0-9]{12,}", told)


def test_what_the_dockerfile_copies_is_there() -> None:
    named = re.findall(r"python (deploy/\S+)|-r (requirements\.lock)", DOCKERFILE)

    assert named
    assert all((ROOT / (one or other)).is_file() for one, other in named)


def test_the_image_has_what_the_service_needs_and_no_tool() -> None:
    lock = runtime_lock((ROOT / "requirements.lock").read_text(), PYPROJECT["project"])
    names = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))

    assert {"flask", "werkzeug", "waitress", "psycopg", "psycopg-binary", "sqlalchemy", "click"} <= names
    assert not names & {"pytest", "mypy", "ruff", "playwright", "hypothesis", "mkdocs-material"}
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock.strip()))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here: apt-get install systemd")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/callplan/bin/callplan", "/bin/true"))

    command = ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line]) == (0, [])
