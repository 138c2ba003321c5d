"""What `callplan evaluate cold` asks, of files or of the store's own log, and the figures that answer it.

The same log, options and version give the same bytes: the accounts are resampled from a fixed seed.

Errors   NeedsHuman: files as connector/intake/visits.py has it; cadences, thresholds or conditions that say nothing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from callplan.model import (
    EVERYBODY,
    LOST,
    Cadence,
    ColdRules,
    ColdTest,
    ColdTestRules,
    Log,
    Marks,
    QuietTest,
    QuietTestRules,
    RelationshipRules,
    Tier,
)
from connector.config import Config
from connector.errors import NeedsHuman
from connector.host.discover import listen, look_back, own_log
from connector.host.log import make_log
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.intake import Rejected
from connector.intake.visits import columns_of, holds, read_log
from connector.yamlfile import Loaded

SEED = 20
TWICE = 2  # an account heard of once has no rhythm
HERE = Path("config.yaml")
SHIPPED = Cadence()


@dataclass(frozen=True, slots=True)
class Question:
    """What the command line asks."""

    files: tuple[str, ...] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)  # ours to theirs, where they are called otherwise
    cadence: str | None = None
    counts: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    until: date | None = None
    at: str = "0.7,1,1.25,1.5"
    inbound: bool = False
    silent_for: int | None = None  # as the config has it, or as shipped
    resamples: int = 200
    config: Path | None = None
    crm: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A log with what counts in it, and what was told of its rows."""

    log: Log
    counted: Marks
    what_counts: str
    rows_rejected: int = 0
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    question: Question
    read: Read
    until: date
    cadence: Mapping[str, float]
    yours: float  # the threshold that the config has, or the shipped one
    silent_for: int
    night: RelationshipRules  # the config's, or as shipped
    cold: ColdTest | None
    quiet: QuietTest | None

    @property
    def says_created(self) -> bool:
        return bool((self.read.log.created != self.read.log.day).any())


def answer(question: Question) -> Answer:
    config = _config(question)
    read = _read_files(question) if question.files else _read_store(question, config)
    until = _until(question, read.log)
    yours = (config.value.cold_rules() if config else ColdRules()).cold
    night = config.value.cold.relationship.rules() if config else RelationshipRules()
    days, draw = question.silent_for or night.quiet_days, np.random.default_rng(SEED)
    if question.inbound:
        rules = QuietTestRules(days, max(night.least, TWICE), 2 * days, resamples=question.resamples)
        quiet = listen()(read.log, read.counted, until, rules, draw)
        return Answer(question, read, until, {}, yours, days, night, None, quiet)
    cadence = _cadences(question, read.log, config)
    tests = ColdTestRules(cadence, _thresholds(question.at, yours), question.resamples)
    cold = look_back()(read.log, read.counted, until, tests, draw)
    return Answer(question, read, until, cadence, yours, days, night, cold, None)


def _config(question: Question) -> Loaded[Config] | None:
    """The one that is named; for the store's own log, the one that is here."""
    path = question.config or (None if question.files else HERE)
    return open_config(path) if path else None


def _read_files(question: Question) -> Read:
    more = [*columns_of(question.counts, "--counts"), *columns_of(question.only, "--only")]
    found = read_log([Path(file) for file in question.files], question.columns, more, tell=make_log("text"))
    log = found.log.of(holds(found.log, question.only, "--only"))
    if not len(log.account):
        raise NeedsHuman("--only: no row is as all of these say.", next_step="Ask for fewer of them at once.")
    counted = holds(log, question.counts, "--counts")
    return Read(log, counted, ", ".join(question.counts) or "every row", found.rows_rejected, found.rejected)


def _read_store(question: Question, config: Loaded[Config] | None) -> Read:
    if question.counts or question.only or any(question.columns.values()):
        raise NeedsHuman(
            "The store's own log is read by the config's rules; --counts, --only and columns are for files.",
            next_step="Name the files of the log, or leave these out.",
        )
    assert config  # the store is the config's
    crms = chosen_crms(config, question.crm)
    if len(crms) > 1:
        raise NeedsHuman("Each CRM has a log of its own.", next_step=f"Say which with --crm: {', '.join(crms)}.")
    today = WallClock().now().astimezone(ZoneInfo(config.value.time_zone)).date()
    log, counted, inbound = own_log()(open_store(config, crms[0]), config.value, today)
    counted, what = (inbound, "cold.relationship.touches") if question.inbound else (counted, "cold.touches")
    if not counted.any():
        raise NeedsHuman(
            f"The store of {crms[0]} holds no interaction that counts by `{what}`.",
            next_step="`callplan nightly` reads them; `callplan evaluate cold FILE` takes a log from files.",
        )
    return Read(log, counted, f"{what} of the config")


def _until(question: Question, log: Log) -> date:
    """The last day; what was on record before its day came is a plan, and ends nothing."""
    last: date = min(log.day.max(), log.created.max()).item()
    if question.until and question.until < log.day.min().item():
        raise NeedsHuman(f"--until {question.until}: the log begins on {log.day.min()}.", next_step="Give a later day.")
    return question.until or last


def _cadences(question: Question, log: Log, config: Loaded[Config] | None) -> dict[str, float]:
    """By the tiers of the log: as asked, else as the config has it, else as shipped."""
    if question.cadence:
        return _written(question.cadence, log)
    cadence = config.value.tier_rules().cadence if config else SHIPPED
    days = {tier.value: float(cadence.days(tier) or 0) for tier in (Tier.A, Tier.B)}
    if not np.isin(log.tier, list(days)).any():
        raise _no_cadence(sorted(set(np.unique(log.tier).tolist()) - {""}))
    return days


def _no_cadence(tiers: Sequence[str]) -> NeedsHuman:
    if not tiers:
        step = "Write --cadence 60 for all alike, or --tier COLUMN. Where the accounts begin: --inbound."
        return NeedsHuman("No column of this log says a tier, so that no account has a cadence.", next_step=step)
    typed = ",".join(f"{tier}=DAYS" for tier in tiers[:3])
    step = f'Write --cadence "{typed}" with those to look at, or --cadence 60 for all alike.'
    return NeedsHuman(
        f"The tiers of this log are: {', '.join(tiers[:10])}. None of them has a cadence.", next_step=step
    )


def _written(cadence: str, log: Log) -> dict[str, float]:
    there = {str(tier).lower(): str(tier) for tier in np.unique(log.tier) if tier}
    found: dict[str, float] = {}
    for part in cadence.split(","):
        name, _, days = part.rpartition("=")
        name, number = name.strip(), _number(days)
        if number is None or number < 1:
            raise NeedsHuman(f'--cadence "{part}" is no cadence.', next_step='Write "A=30,B=90", or 60 for all.')
        if name and name.lower() not in there:
            known = ", ".join(there.values()) or "none"
            raise NeedsHuman(f'--cadence: no row has the tier "{name}".', next_step=f"Tiers of this log: {known}.")
        found[there[name.lower()] if name else EVERYBODY] = number
    if EVERYBODY in found and len(found) > 1:
        raise NeedsHuman("--cadence: one number is for all tiers.", next_step='Write "A=30,B=90", or 60 for all.')
    return found


def _thresholds(written: str, yours: float) -> tuple[float, ...]:
    """Those asked for, and the one in use."""
    found = [_number(part) for part in written.split(",") if part.strip()]
    numbers = [number for number in found if number is not None and 0 < number < LOST]
    if len(numbers) < len(found):
        raise NeedsHuman(
            f'--at "{written}" is no list of thresholds between 0 and {LOST:g} cadences.',
            next_step="Write for example 0.7,1,1.25,1.5.",
        )
    return tuple(sorted({*numbers, yours} if yours < LOST else {*numbers}))


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None
