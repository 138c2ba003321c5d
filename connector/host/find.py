"""`callplan find`: who is out there that fits, from the claims of a config or from files alone. Writes to no CRM.

What the command line asks becomes the same `Where` that a config has under `assess`, so that what was found can be
pasted there.

Errors   NeedsHuman: an option that cannot be read, a name that nobody has, something that no file says
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from callplan.model import AssessRules, Family, Found
from connector.config import ClaimsSource, Config, EngineSettings
from connector.engine.source import Laid, Standing
from connector.errors import NeedsHuman
from connector.host.discover import finder
from connector.host.log import make_log
from connector.host.open import open_config
from connector.intake import read_claims
from connector.intake.periods import period_of
from connector.market import Sources, read_market, sources_of
from connector.roads.estimate import Roads
from connector.run import intake_of, warehouse_of
from connector.where import Where
from connector.yamlfile import Loaded

OPTIONS = {
    "codes": "--code",
    "diagnoses": "--diagnosis",
    "specialties": "--specialty",
    "taxonomies": "--taxonomy",
    "states": "--state",
    "zips": "--zip",
    "counties": "--county",
}
EVERYTHING = AssessRules((Family("all procedures", ("00000-ZZZZZ",)),), volume_floor=0.0)


@dataclass(frozen=True, slots=True)
class Question:
    where: Mapping[str, Any]  # by the keys of Where; what was not given is left out
    config: Path | None = None
    claims: tuple[str, ...] = ()
    registry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    where: Where
    found: Found
    vintage: str
    files: int
    roads: str  # how minutes were estimated
    compared: str


def ask(question: Question) -> Answer:
    """Without a part of a filter on the command line, the config's own."""
    config = _config(question)
    base = config.path.parent.resolve() if config else Path.cwd()
    asked = _where(question.where, base)
    where = asked or (config.value.where if config else None) or Where()
    warehouse = warehouse_of(config.value, base) if config and not question.claims else None
    sources = _sources(question, config, base, warehouse)
    read = intake_of(warehouse) if warehouse else None
    intake = read or read_claims(_claims(question, config), base=base, log=sources.log)
    market = read_market(intake, where, sources)
    rules = config.value.assess_rules() if config else EVERYTHING
    found = finder()(where.filter(), market, rules)
    stop_at_problems(found, None if asked else config)
    return Answer(where, found, intake.claims.vintage, len(intake.files), sources.roads.label, market.compared)


def _config(question: Question) -> Loaded[Config] | None:
    """None where files alone are to be looked at."""
    if question.claims and not question.config:
        return None
    return open_config(question.config or Path("config.yaml"))


def _claims(question: Question, config: Loaded[Config] | None) -> tuple[ClaimsSource, ...]:
    given = tuple(ClaimsSource(path=_whole(file)) for file in question.claims)
    return given or (config.value.claims if config else ())


def _sources(question: Question, config: Loaded[Config] | None, base: Path, warehouse: Standing | None) -> Sources:
    log, more = make_log("text"), tuple(ClaimsSource(path=_whole(file)) for file in question.registry)
    over = Laid(config.value.engine if config else EngineSettings(), warehouse)
    found = sources_of(config.value, base, log, over) if config else Sources(base, (), Roads(), log, over)
    return Sources(base, (*found.registries, *more), found.roads, log, over)


def _where(given: Mapping[str, Any], base: Path) -> Where | None:
    if not given:
        return None
    if before := given.get("before"):
        given = {**given, "before": tuple(_beside(file, base) for file in before)}
    try:
        return Where(**given)
    except ValidationError as error:
        lines = [_said(detail["loc"], detail["msg"]) for detail in error.errors()]
        raise NeedsHuman("\n".join(lines), next_step="`callplan find --help` says how each is written.") from error


def _said(keys: tuple[int | str, ...], message: str) -> str:
    """A complaint under the option's name instead of the key's."""
    text = message.removeprefix("Value error, ")
    key = str(keys[0]) if keys else ""
    return f"{OPTIONS.get(key, '--' + key.replace('_', '-'))}: {text}" if key else text


def _beside(file: str, base: Path) -> str:
    """As it is to stand in a config of that folder."""
    said, equals, path = file.partition("=")
    if equals and period_of(said):
        return f"{said}={_beside(path, base)}"
    return file if Path(file).is_absolute() else os.path.relpath(_whole(file), base)


def _whole(file: str) -> str:
    return str(Path.cwd() / file)


def stop_at_problems(found: Found, config: Loaded[Config] | None) -> None:
    """At the line of the config, if its filter was asked; else under the option's name."""
    for problem in found.problems:
        if config:
            raise NeedsHuman(problem.what, next_step=problem.next_step, where=config.at("assess", "where", problem.key))
        raise NeedsHuman(_said((problem.key,), problem.what), next_step=problem.next_step)
