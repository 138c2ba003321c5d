"""A report on the terminal, in sentences that read well aloud and tables below them; and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from callplan.model import Measured, Target
from connector.host.report.figures import FIGURES, IN_SHORT, written
from connector.host.report.reported import Report
from connector.host.words import count


def say_report(report: Report) -> Iterator[str]:
    yield f"{report.title}."
    yield from report.about
    for heading, groups in report.parts():
        yield ""
        if heading in ("In all", "Managers") or len(groups) == 1:
            for one in groups:
                yield from say_group(one)
        else:
            yield from _table(heading, groups)


def say_group(one: Measured) -> Iterator[str]:
    """In sentences."""
    told = {figure.key: written(figure, one) for figure in FIGURES}
    plan = one.attainment
    name = "Everybody" if one.by == "all" else one.name
    yield f"{name}: {count(plan.targets, 'target')}."
    if plan.targets:
        yield (
            f"  Reach {told['reach']}: {plan.reached:,} of {plan.targets:,} targets had a qualifying touch. "
            f"{_often(told['frequency'], plan.reached)}"
        )
        yield f"  Frequency attainment {told['frequency_attainment']}: so many have had all that their goal asks for."
        yield (
            f"  Call plan attainment {told['attainment_capped']} capped, {told['attainment_uncapped']} uncapped, "
            f"{told['attainment_prorated']} prorated."
        )
        left = f"{told['remaining']} of {plan.goal:,.0f} touches remain{_to_schedule(plan.to_schedule)}"
        yield f"  {left if plan.remaining else 'No touch remains'}; {_ahead(plan.difference or 0.0)}."
    else:
        yield "  It has no targets in this cycle, so that there is no attainment."
    if one.adherence.calls:
        touches = f"{one.adherence.on_target:,} of {count(one.adherence.calls, 'touch')}"
        yield f"  Adherence {told['adherence']}: {touches} on targets."
    if one.coverage.accounts:
        weighted = f", {told['volume_weighted_coverage']} by volume" if one.coverage.volume else ""
        yield f"  Coverage {told['coverage']} of {one.coverage.accounts:,} accounts{weighted}."
    yield from _kept(one, told)


def _kept(one: Measured, told: dict[str, str]) -> Iterator[str]:
    """Slots, flags and logging, where there are any."""
    if one.slots and one.slots.committed:
        moved = f"{one.slots.moved:,} moved, {one.slots.with_reason:,} of them with a reason"
        yield (
            f"  Tier A slots kept {told['slot_protection']} of {one.slots.committed:,}: {moved}; "
            f"{one.slots.ended:,} without a visit."
        )
    if one.flags and one.flags.raised:
        days = one.flags.median_days
        half = f", half of them within {days:.0f} days" if days is not None else ""
        yield f"  {count(one.flags.raised, 'flag')} raised, {one.flags.recovered:,} recovered{half}."
        yield f"  Alert precision {told['alert_precision']}, of {one.flags.decided:,} decided."
    if one.logging.logged:
        yield f"  Logged within a day {told['logged_within_a_day']} of {one.logging.logged:,} touches."
    if one.logging.read:
        yield f"  Notes complete {told['notes_complete']} of {one.logging.read:,} touches."


def _often(frequency: str, reached: int) -> str:
    return f"Frequency {frequency}." if reached else "Nobody was reached, so that there is no frequency."


def _to_schedule(touches: float | None) -> str:
    return "" if touches is None else f", {touches:,.0f} of them on no call list"


def _ahead(difference: float) -> str:
    if abs(difference) < 0.05:
        return "on time"
    touches = f"{abs(difference):,.1f}".removesuffix(".0")
    return f"{touches} {'ahead of' if difference > 0 else 'behind'} what the days so far ask for"


def _table(heading: str, groups: Sequence[Measured]) -> Iterator[str]:
    rows = [(one.name, *(written(figure, one) for figure in IN_SHORT)) for one in groups]
    titles = (heading, *(figure.short for figure in IN_SHORT))
    widths = [max(len(row[at]) for row in (titles, *rows)) for at in range(len(titles))]
    for row in (titles, *rows):
        name, *cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join([row[0].ljust(len(name)), *cells])


def reports_as_json(reports: Sequence[Report]) -> str:
    return json.dumps([_as_data(report) for report in reports], indent=2, default=str)


def _as_data(report: Report) -> dict[str, object]:
    return {
        "of": report.of,
        "cycle": asdict(report.cycle),
        "today": report.today,
        "about": list(report.about),
        "groups": [_group(one) for one in report.measured],
        "targets": [{name: getattr(target, name) for name in Target.__slots__} for target in report.targets],
    }


def _group(one: Measured) -> dict[str, object]:
    """The figures, and under `counts` what they are made of."""
    figures = {figure.key: figure.of(one) for figure in FIGURES}
    counts = {name: value for name, value in asdict(one).items() if isinstance(value, dict)}
    return {"by": one.by, "name": one.name, **figures, "counts": counts}
