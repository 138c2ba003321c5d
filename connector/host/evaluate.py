"""`callplan evaluate`: what each way of cutting Tier A would have done on the user's own past periods.

The same files, options and version give the same bytes: the accounts are resampled from a fixed seed.

Errors   NeedsHuman: files as connector/intake/history.py has it; a group that is not there or too small; a bad band
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from callplan.model import BackTestRules, Marks, Panel, Policy, Score, TierRules
from connector.errors import NeedsHuman
from connector.host.discover import back_test
from connector.host.log import make_log
from connector.host.open import open_config
from connector.intake import Rejected
from connector.intake.history import History, read_history

EVERYBODY = "all accounts"
SEED = 20
SHIPPED = TierRules().band


@dataclass(frozen=True, slots=True)
class Question:
    """What the command line asks."""

    files: tuple[str, ...]
    group: tuple[str, ...] = ()
    value: str = "total_payments"
    share: float = 0.2
    bands: str = "0.1,0.2,0.3"
    config: Path | None = None
    resamples: int = 200


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    accounts: int
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    question: Question
    periods: tuple[str, ...]
    left_out: int
    rows_rejected: int
    rejected: tuple[Rejected, ...]  # the first ones
    yours: float  # the band that the config has, or the shipped one
    groups: tuple[Group, ...]

    def is_yours(self, score: Score) -> bool:
        return score.policy is (Policy.PLACES if self.yours else Policy.PLAIN) and score.band == self.yours


def evaluate_files(question: Question) -> Evaluation:
    yours = open_config(question.config).value.tiers.band if question.config else SHIPPED
    rules = BackTestRules(question.share, _bands(question.bands, yours), question.resamples, yours)
    history = read_history(question.files, question.value, log=make_log("text"))
    chosen = [_group(text, history, rules) for text in question.group or (EVERYBODY,)]
    groups = tuple(_judged(name, rows, history, rules) for name, rows in chosen)
    return Evaluation(
        question, history.periods, history.left_out, history.rows_rejected, history.rejected, yours, groups
    )


def _judged(name: str, rows: Marks, history: History, rules: BackTestRules) -> Group:
    panel = Panel(history.npi[rows], history.value[rows], history.periods_a_year)
    return Group(name, len(panel.npi), back_test()(panel, rules, np.random.default_rng(SEED)))


def _bands(written: str, yours: float) -> tuple[float, ...]:
    """Those asked for, and the one in use."""
    try:
        bands = {float(band) for band in written.split(",") if band.strip()}
    except ValueError:
        bands = {-1.0}
    if not all(0 < band <= 0.5 for band in bands):
        raise NeedsHuman(f'--bands "{written}" is no list of widths.', next_step="Write for example 0.1,0.2,0.3.")
    return tuple(sorted(bands | {yours} - {0.0}))


def _group(text: str, history: History, rules: BackTestRules) -> tuple[str, Marks]:
    """`NAME=SPECIALTY,SPECIALTY`, or one SPECIALTY; a specialty with a comma in its name is taken whole."""
    name, _, after = text.partition("=")
    if text == EVERYBODY:
        rows = np.ones(len(history.npi), dtype=np.bool_)
    else:
        there = {specialty.lower(): specialty for specialty in sorted(set(history.specialty.tolist()) - {""})}
        whole = (after or name).strip()
        wanted = [whole] if whole.lower() in there else [part.strip() for part in whole.split(",")]
        rows = np.isin(history.specialty, [_specialty(part, there) for part in wanted])
    if round(rules.share * np.count_nonzero(rows)) < 1:
        raise NeedsHuman(
            f"{name}: {np.count_nonzero(rows)} accounts are too few for a Tier A of {100 * rules.share:g} %.",
            next_step="Put several specialties into one --group, or raise --share.",
        )
    return name.strip(), rows


def _specialty(written: str, there: dict[str, str]) -> str:
    if not there:
        raise NeedsHuman(
            "--group: no file says what a provider's specialty is.",
            next_step="Add a list of providers with the columns npi and specialty, or leave --group out.",
        )
    if written.lower() not in there:
        nearest = difflib.get_close_matches(written.lower(), there, 1, 0.4)
        near = f' The nearest is "{there[nearest[0]]}".' if nearest else f" There are: {', '.join(there.values())}."
        raise NeedsHuman(
            f'--group: no provider has the specialty "{written}".{near}', next_step="Write it as the files do."
        )
    return there[written.lower()]
