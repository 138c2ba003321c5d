"""The figures by the field's names: what each is in a sentence, how it is written, what is said where there is none.

Terminal, Excel, page and JSON take all of this from here, and docs/reference/metrics.md says the same sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callplan.model import Measured

Number = float | None
SHARE, COUNT, RATE, DAYS = "0.0%", "#,##0", "0.00", "0.0"  # as Excel writes forms


@dataclass(frozen=True, slots=True)
class Figure:
    key: str
    name: str
    short: str
    of: Callable[[Measured], Number]
    form: str
    without: str  # what is said where it is None
    says: str


def _attainment(name: str) -> Callable[[Measured], Number]:
    return lambda one: getattr(one.attainment, name) if one.attainment.targets else None


def _slots(name: str) -> Callable[[Measured], Number]:
    return lambda one: getattr(one.slots, name) if one.slots and one.slots.committed else None


def _flags(name: str) -> Callable[[Measured], Number]:
    return lambda one: getattr(one.flags, name) if one.flags and one.flags.raised else None


FIGURES = (
    Figure(
        "targets",
        "Targets",
        "targets",
        lambda one: one.attainment.targets,
        COUNT,
        "",
        "Accounts with a goal in this cycle: the cadences of their tier that fit into the days on which they had it.",
    ),
    Figure(
        "targeting_rate",
        "Targeting rate",
        "targeting",
        lambda one: one.targeting_rate,
        SHARE,
        "no accounts",
        "Targets, of all accounts that are assigned.",
    ),
    Figure(
        "reach",
        "Reach",
        "reach",
        _attainment("reach"),
        SHARE,
        "no targets",
        "Targets with at least one qualifying touch, of all targets.",
    ),
    Figure(
        "frequency",
        "Frequency",
        "frequency",
        _attainment("frequency"),
        RATE,
        "nobody reached",
        "Qualifying touches for each target that was reached.",
    ),
    Figure(
        "frequency_attainment",
        "Frequency attainment",
        "goal reached",
        _attainment("frequency_attainment"),
        SHARE,
        "no targets",
        "Targets whose goal is reached, of all targets.",
    ),
    Figure(
        "attainment_capped",
        "Call plan attainment, capped",
        "capped",
        _attainment("capped"),
        SHARE,
        "no targets",
        "Touches on targets over goals, where touches beyond an account's goal do not count.",
    ),
    Figure(
        "attainment_uncapped",
        "Call plan attainment, uncapped",
        "uncapped",
        _attainment("uncapped"),
        SHARE,
        "no targets",
        "Touches on targets over goals, all of them.",
    ),
    Figure(
        "attainment_prorated",
        "Call plan attainment, prorated",
        "prorated",
        _attainment("prorated"),
        SHARE,
        "nothing due",
        "Touches over what the working days that have passed ask for, an account's touches beyond that left out.",
    ),
    Figure(
        "difference",
        "Difference",
        "difference",
        _attainment("difference"),
        DAYS,
        "no targets",
        "Touches less what the working days that have passed ask for; below 0 is behind.",
    ),
    Figure(
        "remaining",
        "Remaining",
        "remaining",
        _attainment("remaining"),
        COUNT,
        "no targets",
        "Touches that are missing to the goals.",
    ),
    Figure(
        "remaining_to_schedule",
        "Remaining to schedule",
        "to schedule",
        _attainment("to_schedule"),
        COUNT,
        "no call list",
        "Of these, those that no visit on the present call list takes.",
    ),
    Figure(
        "adherence",
        "Call plan adherence",
        "adherence",
        lambda one: one.adherence.adherence,
        SHARE,
        "no touches",
        "Qualifying touches on targets, of all qualifying touches.",
    ),
    Figure(
        "off_plan",
        "Off plan",
        "off plan",
        lambda one: one.adherence.off_plan,
        SHARE,
        "no touches",
        "The rest: qualifying touches on accounts that are no targets.",
    ),
    Figure(
        "coverage",
        "Coverage",
        "coverage",
        lambda one: one.coverage.coverage,
        SHARE,
        "no cadence",
        "Accounts whose last qualifying touch is no older than their tier's cadence, of those with a cadence, on the "
        "day of the report or the cycle's last.",
    ),
    Figure(
        "volume_weighted_coverage",
        "Volume-weighted coverage",
        "by volume",
        lambda one: one.coverage.volume_weighted,
        SHARE,
        "no volume",
        "The same by relevant procedures: those of covered accounts, of all.",
    ),
    Figure(
        "slot_protection",
        "Tier A slot protection",
        "slots kept",
        _slots("protection"),
        SHARE,
        "no slots",
        "Committed Tier A slots whose day is over: those that were never moved and in whose week a qualifying touch "
        "came, of all.",
    ),
    Figure(
        "slots_committed", "Slots committed", "slots", _slots("committed"), COUNT, "no slots", "All of these slots."
    ),
    Figure(
        "slots_moved",
        "Slots moved",
        "moved",
        _slots("moved"),
        COUNT,
        "no slots",
        "Those that were moved to another day or hour.",
    ),
    Figure(
        "slots_moved_with_reason",
        "Slots moved with a reason",
        "with reason",
        _slots("with_reason"),
        COUNT,
        "no slots",
        "Of these, those with a reason on record.",
    ),
    Figure(
        "flags_raised",
        "Flags raised",
        "flags",
        _flags("raised"),
        COUNT,
        "no flags",
        "Accounts flagged as going cold in this cycle, without those that were withdrawn.",
    ),
    Figure(
        "time_to_recovery",
        "Time to recovery",
        "days to visit",
        _flags("median_days"),
        DAYS,
        "none recovered",
        "Days from the flag to the next qualifying touch, the middle one of those flags that have had one.",
    ),
    Figure(
        "alert_precision",
        "Alert precision",
        "precision",
        _flags("precision"),
        SHARE,
        "none decided",
        "Flags after which no qualifying touch came until twice the cadence was over, of those that are decided; one "
        "that was dismissed, or acted on in time, counts against it.",
    ),
    Figure(
        "logged_within_a_day",
        "Logged within a day",
        "in a day",
        lambda one: one.logging.soon,
        SHARE,
        "not read",
        "Qualifying touches put on record on their day or the next, of those not put there ahead of their day.",
    ),
    Figure(
        "notes_complete",
        "Notes complete",
        "notes",
        lambda one: one.logging.complete,
        SHARE,
        "not read",
        "Qualifying touches with something in their notes, of those whose notes are read.",
    ),
)
BY_KEY = {figure.key: figure for figure in FIGURES}
SHORT = ("targets", "reach", "frequency_attainment", "attainment_capped", "attainment_prorated", "adherence")
IN_SHORT = tuple(BY_KEY[key] for key in (*SHORT, "coverage"))


def written(figure: Figure, one: Measured) -> str:
    """As people read it."""
    value = figure.of(one)
    if value is None:
        return figure.without
    if figure.form == SHARE:
        return f"{100 * value:.1f} %"
    return f"{value:,.{len(figure.form.partition('.')[2])}f}"
