"""What the CRM and the claims say of themselves: read, and nothing written.

Errors   none but bugs: what could not be found out is said in `unknown`, with what to do
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connector.config import ClaimsSource
from connector.contract import Clock, Crm, Drawer, Reading, Shape
from connector.errors import ConnectorError
from connector.host.discover import adapters, starter_mapping
from connector.host.first.answers import Answers
from connector.host.first.choice import (
    Choice,
    choose_npi,
    choose_places,
    choose_written,
    likely_npi,
    likely_written,
)
from connector.intake.files import files_of
from connector.intake.reading import open_reading
from connector.mapping import Mapping as CrmMapping
from connector.mapping import read_mapping
from connector.yamlfile import resolved

EXAMPLE = "yourcompany"  # in the addresses of config.example.yaml


@dataclass(frozen=True, slots=True)
class Found:
    """`shape` is None where the CRM was not reached; then the starter mapping stays as it is."""

    object: str
    shape: Shape | None = None
    records: int = 0  # looked at
    choices: tuple[Choice, ...] = ()
    interactions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def starter_of(crm: str) -> CrmMapping:
    path = starter_mapping(crm)
    assert path, f"{crm} has no starter mapping"
    return read_mapping(path).value


def look_at_crm(answers: Answers, clock: Clock) -> Found:
    """A description of each object and one page of accounts: a handful of calls."""
    usual = starter_of(answers.crm)
    kind = answers.object or usual.account.object
    try:
        connect = partial(adapters()[answers.crm].connect, _settings(answers), clock=clock, keep=Drawer())
        crm: Crm = connect(Reading(kind, (), usual.interactions))
        shape = crm.describe(kind)
        names = _names(usual)
        likely = tuple(dict.fromkeys([*likely_npi(shape), *likely_written(shape, names[1])]))
        rows = _some(connect(Reading(kind, likely, usual.interactions)))
        logs, unseen = _logs(crm, usual.interactions)
    except LookupError as error:
        return Found(kind, unknown=(f"{answers.crm} was not reached: {error.args[0]}",))
    except ValidationError as error:
        told = "; ".join(_said(one) for one in error.errors(include_url=False, include_input=False))
        return Found(kind, unknown=(f"{answers.crm} was not reached: {told}",))
    except ConnectorError as error:
        return Found(kind, unknown=(f"{answers.crm} did not let us look: {error}",))
    choices = (choose_npi(shape, rows), *choose_places(shape, names[0]), *choose_written(shape, names[1], rows))
    return Found(kind, shape, len(rows), choices, logs, unseen)


def _names(usual: CrmMapping) -> tuple[dict[str, str], dict[str, str]]:
    """Ours to theirs: what is read of an account, and what is written."""
    account = usual.account.model_dump(exclude={"object", "npi", "only", "parent"}, exclude_none=True)
    return account, {str(ours): target.field for ours, target in usual.fields.items()}


def _settings(answers: Answers) -> Any:
    """Errors   LookupError: a reference that leads nowhere, an address that is still the example's"""
    if left := [name for name, value in answers.settings.items() if EXAMPLE in value]:
        raise LookupError(f"{left[0]} is still the example's. Write yours into config.yaml, or give --set {left[0]}=")
    written = {name: resolved(value, answers.folder) for name, value in answers.settings.items() if value}
    return adapters()[answers.crm].Settings(**written)


def _some(crm: Crm) -> Sequence[Mapping[str, Any]]:
    """The first page of accounts that has any: enough to tell an NPI by."""
    for page in crm.accounts(None):
        if rows := [row.fields for row in page.rows if not row.gone]:
            return rows
    return ()


def _logs(crm: Crm, kinds: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the objects in which reps log, those that this login may see; and what to do about the others."""
    seen, unseen = list[str](), list[str]()
    for kind in kinds:
        try:
            crm.describe(kind)
            seen.append(kind)
        except ConnectorError as error:
            unseen.append(f"{kind} cannot be read: {error}")
    return tuple(seen), tuple(unseen)


def _said(error: Any) -> str:
    if error["type"] == "missing":
        return f'"{error["loc"][0]}" is missing. Write it into config.yaml, or give --set {error["loc"][0]}=VALUE.'
    return " ".join([".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")]).strip()


def look_at_claims(answers: Answers) -> Iterator[tuple[str, str, str]]:
    """(path, layout, "") of each file, or (path, "", why it will not do)."""
    source = ClaimsSource(path=answers.claims)
    try:
        files = files_of(source, answers.folder, "claims")
    except ConnectorError as error:
        yield answers.claims, "", str(error)
        return
    for path in files:
        yield from _layout(path, source)


def _layout(path: Path, source: ClaimsSource) -> Iterator[tuple[str, str, str]]:
    try:
        with open_reading(path, source) as reading:
            yield str(path), reading.layout.name, ""
    except ConnectorError as error:
        yield str(path), "", str(error)
