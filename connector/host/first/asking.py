"""The questions of `callplan init`. Each has a usual answer; a secret is never asked for, only where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from connector.errors import NeedsHuman
from connector.host.discover import adapters
from connector.host.first.answers import Answers, crms, known_crm, known_zone, reference, wanted, zone_here
from connector.host.first.choice import Choice
from connector.host.first.look import Found

LEAVE = "none of them"


def ask_crm() -> str:
    return _asked("Which CRM", None, known_crm, choices=crms())


def ask_settings(answers: Answers) -> Answers:
    said = dict(answers.settings)
    for name, usual, secret in wanted(adapters()[answers.crm], answers.crm, said):
        said[name] = _ask_where(name, usual) if secret else _ask_setting(answers.crm, name, usual)
    return replace(answers, settings=said)


def _ask_setting(crm: str, name: str, usual: str) -> str:
    told = adapters()[crm].Settings.model_fields[name].description or ""
    if told:
        click.echo(f"  {told}")
    return str(click.prompt(f"{crm}: {name}", default=usual or None, type=str))


def _ask_where(name: str, usual: str) -> str:
    """The secret itself would stand in the terminal's history and on the screen."""
    variable = usual.removeprefix("${ENV:").rstrip("}")
    click.echo("  Not the secret itself: the name of the environment variable that holds it, or file:PATH.")
    return _asked(f"{name} is in", variable, reference)


def ask_claims() -> str:
    return str(click.prompt("Claims: a file or a pattern; empty if there are none yet", default="", show_default=False))


def ask_zone() -> str:
    return _asked("Time zone of the territory", zone_here(), known_zone)


def ask_choices(found: Found) -> Found:
    """What is proposed is shown; where several fields fit, one is chosen."""
    for line in say_choices(found.choices):
        click.echo(line)
    return replace(found, choices=tuple(_settled(choice) for choice in found.choices))


def _settled(choice: Choice) -> Choice:
    if not choice.others:
        return choice
    told = click.prompt(
        f"Which is {choice.ours}", type=click.Choice([*choice.others, LEAVE]), default=LEAVE, show_choices=True
    )
    return choice if told == LEAVE else Choice(choice.ours, told, "chosen")


def say_choices(choices: tuple[Choice, ...]) -> Iterator[str]:
    width = max((len(choice.ours) for choice in choices), default=0)
    for choice in choices:
        yield f"  {choice.ours:<{width}}  {choice.field or '-'}  ({choice.why})"


def ask_to_write(folder: Path) -> bool:
    return bool(click.confirm(f"Write config and mapping into {folder.resolve()}", default=True))


def _asked(what: str, usual: str | None, take: Callable[[str], str], choices: list[str] | None = None) -> str:
    """Until the answer can be taken."""
    while True:
        kind = click.Choice(choices) if choices else str
        told = click.prompt(what, default=usual, type=kind)
        try:
            return take(str(told))
        except NeedsHuman as error:
            click.echo(str(error), err=True)
