"""`callplan` in a process of its own, as cron starts it, forked from one that has its imports behind it.

A process forgets all that it knew when it ends, and nights must live with that; importing everything a hundred times
takes a second each and shows nothing. What no command imports before it must is shown in test_cli.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

from tests.canary import demand_silence

IMPORTED = (
    "tests.command",
    "adapters.hubspot.client",
    "adapters.salesforce.client",
    "alembic.command",
    "alembic.config",
    "alembic.runtime.migration",
    "connector.host.check",
    "connector.host.cli",
    "connector.host.plans",
    "connector.host.show",
    "duckdb",
    "filelock",
    "jobs.nightly",
    "jobs.push",
    "psycopg",
    "ruamel.yaml",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
)
forks = get_context("forkserver")
forks.set_forkserver_preload([*IMPORTED])


def callplan(*words: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> CompletedProcess[str]:
    """`env` on top of what there is already."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "stdout", Path(folder) / "stderr"
        process = forks.Process(target=_be, args=(words, {**os.environ, **(env or {})}, Path.cwd(), *said))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise TimeoutExpired(words, timeout)
        told = [file.read_text(encoding="utf-8") for file in said]
        demand_silence(f"what `callplan {' '.join(words)}` said", "".join(told))
        return CompletedProcess(words, process.exitcode, *told)


def _be(words: tuple[str, ...], env: Mapping[str, str], folder: Path, stdout: Path, stderr: Path) -> None:
    for number, file in ((1, stdout), (2, stderr)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv = ["callplan", *words]
    from connector.host.cli import main

    main()
