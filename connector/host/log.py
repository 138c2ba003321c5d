"""What a night says while it runs: one line an event on standard error, past tense, fields not prose.

Text on a terminal comes with bars; `--log json` gives one JSON object a line and no bars. Standard output is
kept for results. Within `said_with`, every line of this thread says whose it is, also those of libraries. A fault is
told by its kind and the lines that led there: never by its words or by values, in which a name or a secret may stand.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import Processor

from connector.run import Log, Progress

ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # of a line, for one reader or another; and what moves a cursor
LINES = 12  # of a fault, the innermost that are told
STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")


def make_log(style: str, **always: object) -> Log:
    logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), processors=[merge_contextvars, STAMP, _form(style)]
    ).bind(**always)

    def log(event: str, /, **facts: object) -> None:
        logger.info(event, **facts)

    return log


def _form(style: str) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    in_fields = structlog.processors.LogfmtRenderer(key_order=["at", "event"], bool_as_flag=False)
    return lambda logger, method, line: in_fields(logger, method, _in_one_line(line))


def _in_one_line(line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """No text that came from outside begins a line of its own."""
    return {
        key: ENDS.sub(lambda found: found[0].encode("unicode_escape").decode(), value)
        if isinstance(value, str)
        else value
        for key, value in line.items()
    }


def said_with(**facts: object) -> AbstractContextManager[Any]:
    """Every line of this thread says so meanwhile: its tenant, CRM and run."""
    return bound_contextvars(**facts)


def hear_libraries(style: str) -> None:
    """What libraries warn of, as lines of the same form: waitress, the scheduler, HTTP, the database."""
    handler = logging.StreamHandler(sys.stderr)
    before: list[Processor] = [merge_contextvars, structlog.stdlib.add_logger_name, STAMP, _fault_of]
    take_out = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[take_out, _form(style)])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # each request that waits for a thread would be a line


def _fault_of(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception that a library logs, told as ours are."""
    record = line.get("_record")
    if record is not None and record.exc_info and record.exc_info[1] is not None:
        line.update(_told(record.exc_info[1]))
        record.exc_info = record.exc_text = None
    line.pop("exc_info", None)
    return line


def fault(log: Log, error: BaseException, **facts: object) -> None:
    log("fault", **facts, **_told(error))


def kind_of(error: BaseException) -> str:
    """For the store and for pages: what it is and where it arose."""
    return f"{type(error).__name__} at {_frames(error)[-1]}"


def _told(error: BaseException) -> dict[str, object]:
    return {"error": type(error).__name__, "where": _frames(error)}


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-LINES:]
    return [f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


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
