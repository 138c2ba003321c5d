"""`callplan init`: what is told, what is found, what is written, and what is still to be done, in one list.

Errors   NeedsHuman: an option that cannot be; never because a CRM or claims could not be reached
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from connector.host.discover import adapters
from connector.host.first import asking
from connector.host.first.answers import Answers, claims_path, given_settings, known_crm, known_zone, wanted, zone_here
from connector.host.first.files import write_found, write_starter
from connector.host.first.look import Found, look_at_claims, look_at_crm
from connector.host.open import WallClock


@dataclass(frozen=True, slots=True)
class Told:
    """By options."""

    folder: Path
    crm: str | None = None
    settings: Sequence[str] = ()
    object: str = ""
    claims: str | None = None
    zone: str | None = None


def starter_files(folder: Path) -> Iterator[str]:
    """Without a CRM: for whoever wants to fill them in by hand."""
    for path in write_starter(folder):
        yield f"wrote {path}"
    yield f"Next: change {folder / 'config.yaml'} where it says so, and run `callplan check`."


def begin(told: Told, *, ask: bool) -> Iterator[str]:
    config = told.folder / "config.yaml"
    if told.crm and config.exists() and (told.folder / "mappings" / f"{told.crm}.yaml").exists():
        yield f"{config} and the mapping of {told.crm} are there and stay. To begin again, take one of them away."
        yield f"Next: `callplan check --config {config}`."
        return
    answers = _answers(told, ask=ask)
    claims = list(look_at_claims(answers)) if answers.claims else []
    for path, layout, wrong in claims:
        yield f"claims: {path}: {layout}" if not wrong else f"claims: {path}: see below"
    found = look_at_crm(answers, WallClock())
    if found.shape:
        fields = len(found.shape.fields)
        yield f"{answers.crm}: {found.object} has {fields:,} fields; {found.records:,} records looked at"
    found = asking.ask_choices(found) if ask else found
    if ask and not asking.ask_to_write(answers.folder):
        yield "Nothing was written."
        return
    yield from (f"wrote {path}" for path in write_found(answers, found))
    yield from _still_open(answers, found, [wrong for _, _, wrong in claims if wrong])
    yield f"Next: {_next(answers, found)}"


def _answers(told: Told, *, ask: bool) -> Answers:
    crm = known_crm(told.crm) if told.crm else asking.ask_crm()
    zone = known_zone(told.zone) if told.zone else ""
    claims = claims_path(told.claims, told.folder) if told.claims else ""
    answers = Answers(told.folder, crm, given_settings(crm, told.settings), told.object, claims, zone)
    if not ask:
        usual = {name: value for name, value, _ in wanted(adapters()[crm], crm, answers.settings)}
        return replace(answers, settings={**answers.settings, **usual}, zone=zone or zone_here())
    answers = asking.ask_settings(answers)
    if told.claims is None and (typed := asking.ask_claims()):
        answers = replace(answers, claims=claims_path(typed, told.folder))
    return replace(answers, zone=zone or asking.ask_zone())


def _still_open(answers: Answers, found: Found, wrong: Sequence[str]) -> Iterator[str]:
    problems = [*found.unknown, *_unfound(answers, found), *wrong]
    if not answers.claims:
        problems.append("No claims were named: put their path under `claims:` of config.yaml.")
    if problems:
        yield "Not found out:"
        yield from ("- " + problem.replace("\n", "\n  ") for problem in problems)


def _unfound(answers: Answers, found: Found) -> Iterator[str]:
    for choice in found.choices:
        if choice.ours == "npi" and not choice.field:
            yield f"npi: {choice.why} `callplan setup {answers.crm} --with-npi` makes a field for it."
    written = [one for one in found.choices if not one.field and one.ours != "npi"]
    plain = [one.ours for one in written if one.why.endswith("is not there")]
    if plain:
        yield f"{len(plain)} fields that Callplan writes are not there: {', '.join(plain)}."
    yield from (f"{one.ours}: {one.why}." for one in written if one.ours not in plain)


def _next(answers: Answers, found: Found) -> str:
    config = f" --config {answers.folder / 'config.yaml'}" if answers.folder != Path() else ""
    lacks = {one.ours for one in found.choices if not one.field}
    if found.shape is None:
        return (
            f"mend what is named above; then `callplan check{config}`. Or take mappings/{answers.crm}.yaml away and run"
            " this again: it looks the fields up then."
        )
    if not lacks:
        return f"`callplan check{config}`, then `callplan plan{config}`."
    key = " --with-npi" if "npi" in lacks else ""
    setup = f"`callplan setup {answers.crm}{key} --dry-run{config}`"
    return f"{setup} shows what it would make; without --dry-run it does. Then `callplan check{config}`."


def say(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)
