"""An answer of `callplan evaluate cold` as text: the log, the figures, what they come to, how to read them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

from callplan.model import LOST, AlertScore, Clue, Coverage, Estimate, QuietTest
from connector.host.cold.asked import Answer
from connector.host.cold.words import notes, verdict

CALLED_BY = {Clue.RECENCY: "by plain recency", Clue.BG_NBD: "by BG/NBD"}


def say_answer(found: Answer) -> str:
    return "\n".join([*_lines(found)])


def _lines(found: Answer) -> Iterator[str]:
    yield title(found)
    if found.read.rows_rejected:
        yield f"Rows rejected: {found.read.rows_rejected:,}; the first of them:"
        yield from (f"    {row.file}:{row.line}: {row.reason}" for row in found.read.rejected[:5])
    if found.cold:
        yield from _coverage(found)
        yield from _alerts(found)
    if found.quiet:
        yield from _quiet(found.quiet, found.silent_for)
    yield ""
    yield "What it comes to"
    yield from (f"- {sentence}" for sentence in verdict(found))
    yield ""
    yield "How to read it"
    yield from (f"- {note}" for note in notes(found))


def title(found: Answer) -> str:
    log = found.read.log
    reps = len(set(log.rep.tolist()) - {""})
    by = f", {reps} reps" if reps > 1 else ""
    accounts = len(set(log.account.tolist()))
    return f"{len(log.account):,} rows, {accounts:,} accounts{by}, {log.day.min()} to {found.until}"


def sorts(found: Answer) -> Iterator[tuple[str, tuple[Coverage, ...]]]:
    """What ends a silence, and the coverage by it."""
    if found.cold:
        yield "any row", found.cold.of_any
        if found.cold.of_counted:
            yield found.read.what_counts, found.cold.of_counted


def _coverage(found: Answer) -> Iterator[str]:
    yield ""
    yield "How long silences last (Kaplan-Meier; shares in %)"
    for what, tiers in sorts(found):
        for each in tiers:
            yield ""
            yield f"{each.tier}, every {each.cadence:g} days; ended by {what}"
            yield f"  {each.silences:,} silences, {each.censored:,} of them with no end seen; " + (
                f"{_share(each.overdue)} reach the cadence, {_share(each.lost)} twice the cadence"
            )
            yield f"  {'alert at':>10}{'right':>9}{'':17}{'reached':>9}{'days ahead':>12}"
            for point in each.points:
                figures = f"{_estimate(point.precision, 100)}{_share(point.reached):>9}{point.lead_days:>12.0f}"
                yield f"  {point.at:>10g}{figures}"
            if each.followed + 1 < LOST * each.cadence:
                yield f"  Seen were at most {each.followed:,} days; a share that needs more is at most this."


def _alerts(found: Answer) -> Iterator[str]:
    scores = found.cold.alerts if found.cold else ()
    a_week = "a rep-week" if (found.read.log.rep != "").any() else "a week"
    yield ""
    yield f"Weekly alerts, by what was on record; a silence is ended by {found.read.what_counts}"
    for tier, of_tier in groupby(scores, key=lambda score: score.tier):
        yield ""
        yield tier
        yield (
            f"  {'':27}{'at':>5}{'alerts':>8}{'judged':>8}{'right, %':>9}{'':17}"
            f"{'found, %':>9}{'':17}{'days ahead':>11}{a_week:>12}"
        )
        yield from (f"  {_alert(score)}" for score in of_tier)
    yield ""
    yield "right:  of the judged alerts, those whose silence went on to twice the cadence"
    yield "found:  of the silences that went on to twice the cadence, those with an alert before that"
    yield "ahead:  the median from a right alert to twice the cadence"


def _alert(score: AlertScore) -> str:
    rule = score.rule.value if math.isnan(score.days) else f"{score.days:.0f} days for all tiers"
    lead = "-" if math.isnan(score.lead_days.value) else f"{score.lead_days.value:.0f}"
    often = "-" if math.isnan(score.a_rep_week.value) else f"{score.a_rep_week.value:.1f}"
    figures = f"{_estimate(score.precision, 100)}{_estimate(score.recall, 100)}{lead:>11}{often:>12}"
    return f"{rule:27}{score.at:>5g}{score.alerts:>8,}{score.judged:>8,}{figures}"


def _quiet(found: QuietTest, days: int) -> Iterator[str]:
    yield ""
    yield f"Who stays silent for the next {days} days"
    yield (
        f"{found.snapshots} snapshots; asked {found.asked:,} times about {found.accounts:,} accounts, "
        f"of which {_share(found.silent)} % stayed silent"
    )
    yield ""
    yield f"  {'':36}{'AUC':>9}{'':17}{'best tenth, %':>14}{'':12}{'gain in AUC':>12}"
    for score in found.clues:
        gain = "" if score.gain.value == 0 and score is found.clues[0] else _estimate(score.gain, 1, "+.3f")
        figures = f"{_estimate(score.auc, 1, '.3f')}{_estimate(score.best_tenth, 100)}{gain}"
        yield f"  {score.clue.value:36}{figures}".rstrip()
    yield ""
    yield f"  {'Called quiet, as the night would':36}{'called':>9}{'right, %':>9}{'':17}{'found, %':>9}"
    for one in found.called:
        figures = f"{_estimate(one.right, 100)}{_estimate(one.found, 100)}"
        yield f"  {CALLED_BY[one.rule]:36}{one.called:>9,}{figures}".rstrip()
    yield ""
    yield "best tenth:  of the tenth that the clue holds for most silent, those that were"
    yield "right:       of those called quiet, those that stayed silent"
    yield "found:       of those that stayed silent, those called quiet"


def _estimate(of: Estimate, times: float, form: str = ".1f") -> str:
    low, high = f"{times * of.low:{form}}", f"{times * of.high:{form}}"
    inside = "" if math.isnan(of.low) else f"({low} to {high})"
    return ("-" if math.isnan(of.value) else f"{times * of.value:{form}}").rjust(9) + f"  {inside:<15}"


def _share(of: float) -> str:
    return "-" if math.isnan(of) else f"{100 * of:.1f}"
