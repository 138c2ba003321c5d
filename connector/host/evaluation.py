"""An evaluation in words, as JSON, as a table for spreadsheets; each with what must be known to read its figures."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callplan.model import Estimate, Score
from connector.host.evaluate import Evaluation, Group
from connector.host.plot import Chart, Point, draw

BIASES = (
    "It compares ways of cutting on these accounts and periods; it does not foretell what a list will hold.",
    "If the accounts were chosen by their later volume, as in an extract of the largest, every capture is too high.",
    "A provider counts from the first period on, with 0 where it has no row; CMS leaves out counts below 11 patients.",
    "Intervals (95 %) are over accounts, with the periods as they were; other years may differ by more.",
    "The value is what the column holds, for the whole provider. Nothing is said about sales or revenue.",
)


def say_evaluation(found: Evaluation) -> str:
    return "\n".join([*_lines(found)])


def _lines(found: Evaluation) -> Iterator[str]:
    periods = found.periods
    yield _title(found)
    yield f"Each list is judged on the period after it; means over the lists of {periods[1]} to {periods[-2]}."
    if found.left_out:
        yield f"{found.left_out:,} providers that are not marked as individuals were left out."
    if found.rows_rejected:
        yield f"Rows rejected: {found.rows_rejected:,}; the first of them:"
        yield from (f"    {row.file}:{row.line}: {row.reason}" for row in found.rejected[:5])
    for group in found.groups:
        yield ""
        yield f"{group.name}: {group.accounts:,} accounts"
        yield f"  {'':24}{'changes':>9}{'':17}{'capture, %':>12}{'':14}{'stay, years':>11}{'Tier A':>8}"
        yield from (_line(found, score) for score in group.scores)
    yield ""
    yield "changes: accounts that enter or leave Tier A, per 100 accounts a year"
    yield "capture: of the next period's value that a list of that size holds at best, with hindsight"
    yield "stay:    accounts in Tier A, over those that leave in a year"
    yield ""
    yield "How to read it"
    yield from (f"- {bias}" for bias in BIASES)


def _title(found: Evaluation) -> str:
    value, share = found.question.value, 100 * found.question.share
    return f"{value}, {found.periods[0]} to {found.periods[-1]}; Tier A: the best {share:g} % of each group"


def _line(found: Evaluation, score: Score) -> str:
    name = name_of(found, score)
    stay = "-" if math.isnan(score.dwell_years) else f"{score.dwell_years:.1f}"
    return f"  {name:24}{_estimate(score.changes)}{_estimate(score.capture)}{stay:>11}{score.size:>8,.0f}"


def _estimate(of: Estimate) -> str:
    between = "" if math.isnan(of.low) else f"({of.low:.1f} to {of.high:.1f})"
    return ("-" if math.isnan(of.value) else f"{of.value:.1f}").rjust(9) + f"  {between:<15}"


def name_of(found: Evaluation, score: Score) -> str:
    name = f"band {100 * score.band:g} %" if score.band else score.policy.value
    mine = "yours" if found.question.config else "the default"
    return f"{name}, {mine}" if found.is_yours(score) else name


def evaluation_as_json(found: Evaluation) -> str:
    return json.dumps(as_data(found), indent=1)


def as_data(found: Evaluation) -> dict[str, Any]:
    return {
        "value": found.question.value,
        "share": found.question.share,
        "periods": list(found.periods),
        "left_out": found.left_out,
        "rows_rejected": found.rows_rejected,
        "groups": [
            {"name": group.name, "accounts": group.accounts, "policies": [_row(found, s) for s in group.scores]}
            for group in found.groups
        ],
        "how_to_read_it": list(BIASES),
    }


def _row(found: Evaluation, score: Score) -> dict[str, Any]:
    figures = {
        "changes": score.changes.value,
        "changes_low": score.changes.low,
        "changes_high": score.changes.high,
        "capture": score.capture.value,
        "capture_low": score.capture.low,
        "capture_high": score.capture.high,
        "stay_years": score.dwell_years,
        "tier_a": score.size,
    }
    exact = {name: None if math.isnan(figure) else round(figure, 3) for name, figure in figures.items()}
    band = score.band or None
    return {"policy": score.policy.value, "band": band, "in_use": found.is_yours(score), **exact}


def write_evaluation(found: Evaluation, folder: Path) -> list[Path]:
    """A table and a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    table, picture = folder / "evaluation.csv", folder / "evaluation.svg"
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        rows = [{"group": group.name, "accounts": group.accounts, **_row(found, score)} for group, score in _all(found)]
        lines = csv.DictWriter(file, [*rows[0], "how_to_read_it"])
        lines.writeheader()
        lines.writerows({**row, "how_to_read_it": " ".join(BIASES)} for row in rows)
    picture.write_text(draw(_charts(found), _title(found), BIASES), encoding="utf-8")
    return [table, picture]


def _charts(found: Evaluation) -> list[Chart]:
    return [
        Chart(
            f"{group.name}: {group.accounts:,} accounts",
            tuple(Point(name_of(found, score), score, found.is_yours(score)) for score in group.scores),
        )
        for group in found.groups
    ]


def _all(found: Evaluation) -> Iterator[tuple[Group, Score]]:
    return ((group, score) for group in found.groups for score in group.scores)
