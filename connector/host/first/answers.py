"""What an admin has said of a first config: by options, or when asked. Secrets only by reference.

Errors   NeedsHuman: a secret where a reference belongs (never repeated), a key or a time zone that is none
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, get_args
from zoneinfo import available_timezones

from ruamel.yaml import YAML

from connector.contract import Secret
from connector.errors import NeedsHuman
from connector.host.discover import adapters, starter, starter_mapping
from connector.yamlfile import REFERENCE, nearest

VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LONGEST_WORD = 24  # what is longer, without a _ in it, is rather a secret than a variable's name
USUAL_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Answers:
    """`settings` is how to reach the CRM, as it stands in the config; secrets are references."""

    folder: Path
    crm: str
    settings: Mapping[str, str] = field(default_factory=dict)
    object: str = ""  # "": the starter mapping's
    claims: str = ""
    zone: str = ""


def crms() -> list[str]:
    """Those that can be begun with: they have a starter mapping."""
    return sorted(name for name in adapters() if starter_mapping(name))


def known_crm(name: str) -> str:
    if name not in crms():
        raise NeedsHuman(f'There is no CRM "{name}" to begin with. {nearest(name, crms())}')
    return name


def wanted(adapter: ModuleType, crm: str, given: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """The settings that are still to be said, as (name, usual value, whether secret): the example's, else those needed.

    Where another way to log in was given, the example's secret is not asked for.
    """
    example, fields = _example(crm), adapter.Settings.model_fields
    needed = example or [name for name, one in fields.items() if one.is_required() or is_secret(one)]
    logged_in = any(is_secret(fields[name]) for name in given if name in fields)
    for name in needed:
        secret = is_secret(fields[name])
        if name not in given and not (secret and logged_in):
            yield name, example.get(name, _usual(crm, name, secret)) if example else _usual(crm, name, secret), secret


def _example(crm: str) -> dict[str, str]:
    written = YAML(typ="safe").load(starter() / "config.example.yaml")["crm"].get(crm, {})
    return {name: str(value) for name, value in written.items() if name != "mapping"}


def _usual(crm: str, name: str, secret: bool) -> str:
    return f"${{ENV:{crm.upper()}_{name.upper()}}}" if secret else ""


def is_secret(setting: Any) -> bool:
    return Secret in (setting.annotation, *get_args(setting.annotation))


def reference(told: str) -> str:
    """A variable's name or a reference, as the config has it. Anything else may be the secret, and is not shown."""
    told = told.strip()
    if REFERENCE.fullmatch(told):
        return told
    if told.startswith("file:"):
        return f"${{FILE:{told.removeprefix('file:')}}}"
    if VARIABLE.fullmatch(told) and ("_" in told or len(told) <= LONGEST_WORD):
        return f"${{ENV:{told}}}"
    raise NeedsHuman(
        "That is no name of an environment variable, and is not kept.",
        next_step="Put the secret into a variable such as CRM_TOKEN and give its name, or into a file: file:crm.token.",
    )


def given_settings(crm: str, pairs: Iterable[str]) -> dict[str, str]:
    """`--set KEY=VALUE`, as often as given."""
    fields, found = adapters()[crm].Settings.model_fields, dict[str, str]()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in fields:
            raise NeedsHuman(f'{crm} has no setting "{name}". {nearest(name, list(fields))} Write --set NAME=VALUE.')
        found[name] = reference(value) if is_secret(fields[name]) else value
    return found


def claims_path(told: str, folder: Path) -> str:
    """What was typed here, as the config has it: relative to its folder where it lies in there."""
    whole = Path.cwd() / Path(told).expanduser()
    whole = whole / "*" if whole.is_dir() else whole
    home = folder.resolve()
    return str(whole.relative_to(home)) if whole.is_relative_to(home) else str(whole)


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise NeedsHuman(f'"{name}" is no time zone.', next_step="Write one such as America/Chicago.")
    return name


def zone_here() -> str:
    """This machine's, where it is one of the territory's continent; a server's UTC is nobody's territory."""
    at = os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    return at if at in available_timezones() and at.startswith(("America/", "Pacific/")) else USUAL_ZONE
