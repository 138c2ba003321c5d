"""`callplan intake`: what each file is taken for, and which of its rows would not be used and why. Writes nothing.

Without files it looks at those of the config, by the columns and layouts that the config tells.

Errors   NeedsHuman: one of the files would stop the night; the others are shown all the same
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from connector.brought import AccessList, ReadyMade
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.host.open import open_config
from connector.intake import Look, Reason, look_at
from connector.intake.files import files_of
from connector.intake.registries import stop_at_a_missing_week

Source = ClaimsSource | ReadyMade | AccessList
SHOWN = 8  # columns that are not used, and reasons


def look_at_all(files: Sequence[Path], config: Path, *, as_json: bool) -> Iterator[str]:
    """A text for each file, then the first reason for which a night would stop."""
    refused: list[NeedsHuman] = []
    named: list[tuple[Path, Source]] = [(file, ClaimsSource(path=str(file))) for file in files]
    asked = named or _of_config(config)
    for file, source in asked:
        try:
            look = look_at(file, source)
        except NeedsHuman as error:
            refused.append(error)
            continue
        yield json.dumps(_as_data(look)) if as_json else "\n".join(_say(look))
        refused += [look.refused] if look.refused else []
    stop_at_a_missing_week([file for file, _ in asked])
    if refused:
        raise NeedsHuman("\n".join(str(error) for error in refused))


def _of_config(path: Path) -> list[tuple[Path, Source]]:
    config = open_config(path)
    read, base = config.value, config.path.parent
    listed: dict[str, tuple[Source, ...]] = {
        "claims": read.claims,
        "registries": read.registries,
        "ready_made": (read.ready_made,) if read.ready_made else (),
        "access": read.access,
    }
    return [
        (file, source) for key, sources in listed.items() for source in sources for file in files_of(source, base, key)
    ]


def _say(look: Look) -> Iterator[str]:
    file = look.file
    yield f"{file.path}: {file.layout}, {look.kind}"
    yield f"  rows      {file.rows:,}: {file.used:,} used, {file.passed_over:,} passed over, {file.rejected:,} rejected"
    for what, reasons in (("rejected", file.why_rejected), ("passed", file.why_passed_over)):
        for reason in reasons[:SHOWN]:
            yield f"  {what:<9} {_lines(reason)}: {reason.why}"
    yield "  holds     " + ", ".join(f"{count:,} {what}" for what, count in look.holds)
    yield "  columns   " + ", ".join(f"{ours}: {theirs}" for ours, theirs in file.columns.items())
    if file.unused:
        more = f" and {len(file.unused) - SHOWN} more" if len(file.unused) > SHOWN else ""
        yield "  not used  " + ", ".join(file.unused[:SHOWN]) + more
    yield f"  sha256    {file.sha256}"


def _lines(reason: Reason) -> str:
    first = ", ".join(str(line) for line in reason.lines)
    more = ", ..." if reason.rows > len(reason.lines) else ""
    return f"{reason.rows:,} (line{'s' if reason.rows > 1 else ''} {first}{more})"


def _as_data(look: Look) -> dict[str, Any]:
    told = asdict(look.file) | {"path": str(look.file.path), "kind": look.kind, "holds": dict(look.holds)}
    return told | {"refused": str(look.refused) if look.refused else None}
