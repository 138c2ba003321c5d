"""An answer of `callplan evaluate cold` for machines: JSON, and tables with a picture in a folder."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callplan.model import Coverage, Estimate
from connector.host.cold.asked import Answer
from connector.host.cold.picture import draw_answer
from connector.host.cold.told import sorts
from connector.host.cold.words import notes, verdict

EXACT = 6  # digits


def answer_as_json(found: Answer) -> str:
    return json.dumps(as_data(found), indent=1, ensure_ascii=False)


def as_data(found: Answer) -> dict[str, Any]:
    log = found.read.log
    told: dict[str, Any] = {
        "rows": len(log.account),
        "accounts": len(set(log.account.tolist())),
        "rows_rejected": found.read.rows_rejected,
        "from": str(log.day.min()),
        "until": found.until.isoformat(),
        "counts": found.read.what_counts,
    }
    if found.cold:
        told["coverage"] = [_coverage(what, each) for what, tiers in sorts(found) for each in tiers]
        told["alerts"] = list(_alerts(found))
    if found.quiet:
        told["silent_for_days"] = found.silent_for
        told |= {name: getattr(found.quiet, name) for name in ("snapshots", "asked")}
        told |= {"accounts_asked": found.quiet.accounts, "silent": _exact(found.quiet.silent)}
        told |= {"clues": list(_clues(found)), "called_quiet": list(_called(found))}
        told |= {"model_is_better": found.quiet.model_is_better}
    return told | {"what_it_comes_to": list(verdict(found)), "how_to_read_it": list(notes(found))}


def _coverage(what: str, of: Coverage) -> dict[str, Any]:
    return {
        "ended_by": what,
        "tier": of.tier,
        "cadence_days": of.cadence,
        "silences": of.silences,
        "censored": of.censored,
        "followed_days": of.followed,
        "reach_cadence": _exact(of.overdue),
        "reach_twice": _exact(of.lost),
        "points": [
            {
                "at": point.at,
                **_estimate("precision", point.precision),
                "reached": _exact(point.reached),
                "lead_days": _exact(point.lead_days),
            }
            for point in of.points
        ],
    }


def _alerts(found: Answer) -> Iterator[dict[str, Any]]:
    for score in found.cold.alerts if found.cold else ():
        yield {
            "tier": score.tier,
            "rule": score.rule.value,
            "at": score.at,
            "days": _exact(score.days),
            "alerts": score.alerts,
            "judged": score.judged,
            **_estimate("precision", score.precision),
            **_estimate("recall", score.recall),
            **_estimate("lead_days", score.lead_days),
            **_estimate("alerts_a_rep_week", score.a_rep_week),
            **_estimate("rule_is_better_by", score.gain),
        }


def _clues(found: Answer) -> Iterator[dict[str, Any]]:
    for score in found.quiet.clues if found.quiet else ():
        yield {
            "clue": score.clue.value,
            **_estimate("auc", score.auc),
            **_estimate("best_tenth", score.best_tenth),
            **_estimate("gain", score.gain),
        }


def _called(found: Answer) -> Iterator[dict[str, Any]]:
    for one in found.quiet.called if found.quiet else ():
        figures = {**_estimate("right", one.right), **_estimate("found", one.found)}
        yield {"rule": one.rule.value, "called": one.called, **figures}


def _estimate(name: str, of: Estimate) -> dict[str, float | None]:
    return {name: _exact(of.value), f"{name}_low": _exact(of.low), f"{name}_high": _exact(of.high)}


def _exact(value: float) -> float | None:
    return None if math.isnan(value) else round(value, EXACT)


def write_answer(found: Answer, folder: Path) -> list[Path]:
    """Tables and a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = [_flat(what, each, at) for what, tiers in sorts(found) for each in tiers for at in range(len(each.points))]
    tables = {"silences.csv": kept, "alerts.csv": list(_alerts(found)), "clues.csv": list(_clues(found))}
    tables |= {"called.csv": list(_called(found))}
    picture = folder / "cold.svg"
    picture.write_text(draw_answer(found), encoding="utf-8")
    return [*(_write(folder / name, rows, found) for name, rows in tables.items() if rows), picture]


def _flat(what: str, of: Coverage, at: int) -> dict[str, Any]:
    told = _coverage(what, of)
    point: dict[str, Any] = told.pop("points")[at]
    return told | point


def _write(path: Path, rows: list[dict[str, Any]], found: Answer) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.DictWriter(file, [*rows[0], "how_to_read_it"])
        lines.writeheader()
        lines.writerows({**row, "how_to_read_it": " ".join(notes(found))} for row in rows)
    return path
