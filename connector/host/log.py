"""What a night says while it runs: one line an event on standard error, past tense, fields not prose.

Text on a terminal comes with bars; `--log json` gives one JSON object a line and no bars. Standard output is
kept for results.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.typing import Processor

from connector.run import Log, Progress


def make_log(style: str, **always: object) -> Log:
    render: Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.processors.LogfmtRenderer(key_order=["at", "event"], bool_as_flag=False)
    )
    logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"), render],
    ).bind(**always)

    def log(event: str, /, **facts: object) -> None:
        logger.info(event, **facts)

    return log


def silent(_event: str, /, **_facts: object) -> None:
    """For a demo, which tells its own story."""


@contextmanager
def bars(wanted: bool) -> Iterator[Progress]:
    """Counting bars on a terminal; nowhere else."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda _what, _more: None
        return
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"))
    with RichProgress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def count(what: str, more: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=None)
            progress.advance(tasks[what], more)

        yield count
