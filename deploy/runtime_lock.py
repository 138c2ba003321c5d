"""Of requirements.lock, what the service needs, with its hashes: no tools and no tests in the image.

    python deploy/runtime_lock.py > run.lock

Each block of the lock says via which packages it came; what comes via the project's own dependencies is kept.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXTRA = "postgres"


def runtime_lock(lock: str, project: dict[str, object]) -> str:
    blocks = {_name(block): block for block in re.split(r"\n(?=\S)", lock) if re.match(r"[\w.-]+(\[.*?\])?==", block)}
    kept = {_name(line) for line in _wanted(project)}
    while more := {name for name, block in blocks.items() if name not in kept and kept & _via(block)}:
        kept |= more
    if missing := kept - blocks.keys():
        raise SystemExit(f"requirements.lock lacks {', '.join(sorted(missing))}: run `make lock`.")
    return "\n".join(blocks[name] for name in sorted(kept)) + "\n"


def _wanted(project: dict[str, object]) -> list[str]:
    dependencies, extras = project["dependencies"], project["optional-dependencies"]
    assert isinstance(dependencies, list)
    assert isinstance(extras, dict)
    return [*dependencies, *extras[EXTRA]]


def _name(line: str) -> str:
    found = re.match(r"[\w.-]+", line)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _via(block: str) -> set[str]:
    _, _, told = block.partition("# via")
    return {_name(line.strip(" #")) for line in told.splitlines() if line.strip(" #")}


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sys.stdout.write(runtime_lock((ROOT / "requirements.lock").read_text(), project))
