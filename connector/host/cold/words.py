"""What the figures come to, in sentences that hold, and what must be known to read them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from callplan.model import CHANCE, EVERYBODY, LOST, AlertScore, Clue, Estimate, QuietModel, QuietTest, Rule
from connector.host.cold.asked import TWICE, Answer

NOTES = (
    "Right means that the silence went on to twice the cadence. Nothing is said of lost customers, sales or revenue.",
    "Where reps begin the touches, silence is how visits were scheduled: nobody went. It is not the account's will.",
    "The past was visited by the habits of its day. Alerts change who is visited, and so the silences that follow.",
    "Silences whose end is not seen count as far as they were followed, as if they would go on like the others.",
    "Weekly alerts are judged where the silence began early enough to be followed to twice the cadence.",
    "Accounts without a touch in the log are not in it, and their first touch in it begins their first silence.",
    "Intervals (95 %) are over accounts, in the years as they were; other years and reps may differ by more.",
)
QUIET_NOTES = (
    "It holds for touches that the accounts begin themselves. Of a rep's own visits it says nothing.",
    "Asked about is who was heard of on enough days and not too long ago, again at each snapshot.",
    "AUC: of two accounts, one silent and one not, how often the clue has them in the right order; 0.5 is chance.",
    "All clues see what was on record by then; the model is fitted anew at each snapshot, on nothing later.",
    "Called quiet is who the night would have called so on the day of a snapshot, by the one rule or by the other.",
    "Silent means no touch in the days that followed. It says nothing about the reason, sales or revenue.",
    "Intervals (95 %) are over accounts, in the years as they were; other years may differ by more.",
)
ON_RECORD = "The log says when touches were put on record: each week and snapshot sees only what was there by then."
NOT_SAID = "The log does not say when touches were put on record, so none is late here"
NOT_ON_RECORD = f"{NOT_SAID}: real alerts are right, and in time, less often."
QUIET_NOT_ON_RECORD = f"{NOT_SAID}: on a real morning less is known."
PRESENT = "Tiers are those of today, for all of the past."


def notes(found: Answer) -> tuple[str, ...]:
    late = ON_RECORD if found.says_created else NOT_ON_RECORD if found.cold else QUIET_NOT_ON_RECORD
    present = () if found.question.files else (PRESENT,)
    return (*(NOTES if found.cold else QUIET_NOTES), late, *present)


def verdict(found: Answer) -> tuple[str, ...]:
    return tuple(_of_model(found, found.quiet) if found.quiet else _of_alerts(found))


def _of_alerts(found: Answer) -> Iterator[str]:
    widest = _widest(found)
    scores = {score.at: score for score in widest if score.rule is Rule.CADENCE}
    mine = "yours" if found.question.config or not found.question.files else "the default"
    yield from _too_short(found)
    if not any(score.judged for score in scores.values()):
        yield f"No alert can be judged: in this log no silence can be followed for {LOST:g} cadences."
        return
    if found.yours in scores and scores[found.yours].judged:
        yield f"At {found.yours:g} cadences ({mine}) {_worth(scores[found.yours])}."
    earliest = next((score for score in scores.values() if score.precision.low > 0.5), None)
    if earliest:
        yield f"The earliest threshold tried with surely more alerts right than wrong is {earliest.at:g}."
    elif found.question.resamples:
        yield "At none of the thresholds tried are surely more alerts right than wrong."
    for rival in widest:
        if rival.at == found.yours and rival.rule is not Rule.CADENCE and rival.judged:
            yield f"{_named(rival)}: {_worth(rival)}."


def _too_short(found: Answer) -> Iterator[str]:
    """For each tier of which the log cannot tell whether an alert was right, why not and what to do."""
    covered = (found.until - found.read.log.day.min().item()).days
    scores = found.cold.alerts if found.cold else ()
    for tier in dict.fromkeys(score.tier for score in scores if score.tier in found.cadence):
        if (needed := LOST * found.cadence[tier]) > covered:
            yield f"{tier}: no alert can be judged; twice the cadence is {needed:g} days, and the log covers {covered}."
            yield "Name the files of the years before too, one after the other."


def _worth(score: AlertScore) -> str:
    """In a sentence without its end."""
    right = f"{hundred(score.precision)} of 100 alerts are right{between(score.precision)}"
    if math.isnan(score.recall.value):
        return f"{right}; no silence came to twice the cadence"
    lead = score.lead_days.value
    ahead = "" if math.isnan(lead) else f", half of these {lead:.0f} days ahead or more"
    return f"{right}{ahead}; of 100 silences that come to twice the cadence, {hundred(score.recall)} are found in time"


def _named(rival: AlertScore) -> str:
    if rival.rule is Rule.DAYS:
        return f"The same {rival.days:.0f} days for all tiers, which raise as many alerts or just fewer"
    return "Last activity of any kind, at as many cadences"


def _widest(found: Answer) -> list[AlertScore]:
    """Of all tiers together, or of the only one."""
    alerts = found.cold.alerts if found.cold else ()
    tiers = {score.tier for score in alerts}
    return [score for score in alerts if score.tier == EVERYBODY or len(tiers) == 1]


def _of_model(answer: Answer, found: QuietTest) -> Iterator[str]:
    clues = {score.clue: score for score in found.clues}
    model, recency = clues[Clue.BG_NBD], clues[Clue.RECENCY]
    gain = f"{model.gain.value:+.3f}, 95 %: {model.gain.low:+.3f} to {model.gain.high:+.3f}"
    if not found.asked:
        yield "Nobody could be asked about: the log is too short, or nobody was heard of on enough days."
    elif math.isnan(model.gain.value):
        yield "Keep plain recency: all who were asked about did the same, so no clue can be told from another."
    elif math.isnan(model.gain.low):
        yield f"Keep plain recency: a gain of {model.gain.value:+.3f} without an interval proves nothing."
    elif found.model_is_better:
        yield f"BG/NBD told better than plain recency on this log (AUC {gain})."
        yield _switch(answer)
        return
    elif recency.auc.high < CHANCE:
        yield "No clue tells who will stay silent: on this log the longer the silence, the sooner a touch follows."
        yield "So it is where reps begin the touches: judge it by cadences, without --inbound."
    elif model.gain.low > 0:
        yield f"Keep plain recency: BG/NBD is better than it (AUC {gain}), and not surely better than chance."
    else:
        yield f"Keep plain recency: BG/NBD is not surely better on this log (AUC {gain})."
    if answer.night.model is QuietModel.BG_NBD:
        yield "Your config goes by BG/NBD. To go back, write into it: cold: {relationship: {model: recency}}"


def _switch(answer: Answer) -> str:
    """What the night wants to go by the model, and for as many days as were asked about."""
    night = answer.night
    if night.model is QuietModel.BG_NBD and night.quiet_days == answer.silent_for:
        return "It is what your config goes by."
    wanted = f"model: {QuietModel.BG_NBD}, quiet_days: {answer.silent_for}, least: {max(night.least, TWICE)}"
    return f"To let the night go by it, write into the config: cold: {{relationship: {{{wanted}}}}}"


def hundred(of: Estimate) -> str:
    return "-" if math.isnan(of.value) else f"{100 * of.value:.0f}"


def between(of: Estimate) -> str:
    return "" if math.isnan(of.low) else f" (95 %: {100 * of.low:.0f} to {100 * of.high:.0f})"
