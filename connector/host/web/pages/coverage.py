"""Coverage: how the accounts of each tier stood week by week, flags that came and went, and the cycle by rep.

From what nights counted: it is known from the first night on that counted, and no further back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from markupsafe import Markup

from callplan.model import TouchState
from connector.host.web.charts import Chart, Series, draw
from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Absent, Role, allowed, team_of
from connector.store.reads.coverage import PAGE, Week, cycles, weeks
from connector.store.reads.sees import Sees
from connector.store.tallies import ENDED, RAISED, monday

BACK = timedelta(weeks=25)
STATES = {  # as they are drawn, from below
    TouchState.ON_TRACK: "within its cadence",
    TouchState.NEW: "new",
    TouchState.DUE: "due",
    TouchState.OVERDUE: "overdue",
    TouchState.COLD: "cold",
    TouchState.LOST_CONTACT: "lost contact",
    TouchState.NEVER_VISITED: "never visited",
}
Drawn = tuple[Markup, list[tuple[str, list[str]]]]  # and the same in numbers, a row for each week


@blueprint.get("/<crm>/coverage")
@allowed(Role.MANAGER)
def coverage(crm: str) -> Response:
    at = here(crm)
    whose, chosen = _whose(at)
    with at.reading() as connection:
        found = weeks(connection, crm, whose, monday(at.today) - BACK)
        reps = cycles(connection, crm, whose, found[-1].week, request.args.get("after", "")) if found else []
    words: dict[str, Any] = {"weeks": found, "states": STATES, "chosen": chosen, "teams": _teams(at)}
    words |= {"reps": reps[:PAGE], "more": reps[PAGE - 1].rep if len(reps) > PAGE else ""}
    if found:
        words |= {"tiers": {tier: _tier(found, tier) for tier in "AB"}, "flags": _flags(found)}
        words |= {"cycle": at.config.cycle.at(found[-1].day)}
    return at.page("coverage.html", **words)


def _whose(at: Here) -> tuple[Sees, dict[str, str]]:
    """Those that were asked for, of those that whoever looks may see."""
    rep, team = (request.args.get(name, "").strip().lower() for name in ("rep", "team"))
    if rep:
        if not at.sees.rep(rep):
            raise Absent
        return Sees(frozenset({rep})), {"rep": rep}
    if team:
        if team not in _teams(at):
            raise Absent
        return team_of(team, at.config), {"team": team}
    return at.sees, {}


def _teams(at: Here) -> list[str]:
    if not at.viewer.may(Role.ADMIN):
        return []
    listed = (at.config.cold.flag.manager, *(at.config.manager(rep.email) for rep in at.config.reps))
    return sorted({manager.lower() for manager in listed if manager})


def _tier(found: Sequence[Week], tier: str) -> Drawn:
    shares: dict[str, list[float | None]] = {state.value: [] for state in STATES}
    rows = []
    for week in found:
        numbers = [week.numbers.get((tier, state.value), 0) for state in STATES]
        whole = sum(numbers)
        for state, number in zip(STATES, numbers, strict=True):
            shares[state.value].append(number / whole if whole else None)
        rows.append(
            (_named(week.week), [f"{number / whole:.0%}" if whole else "" for number in numbers] + [f"{whole:,}"])
        )
    last = shares[TouchState.ON_TRACK.value][-1]
    within = "no accounts" if last is None else f"{last:.0%} within their cadence"
    said = f"Of Tier {tier}, in the week of {_named(found[-1].week)}: {within}."
    drawn = [Series(word, shares[state.value], state.value) for state, word in STATES.items()]
    return draw(
        Chart("Accounts by how long nobody was there", said, _weeks(found), bars=drawn, form=".0%", stacked=True)
    ), rows[::-1]


def _flags(found: Sequence[Week]) -> Drawn:
    counted = {what: [week.numbers.get(("", what), 0) for week in found] for what in (RAISED, ENDED)}
    raised, ended = (sum(counted[what]) for what in (RAISED, ENDED))
    said = f"{raised:,} raised and {ended:,} ended since the week of {_named(found[0].week)}."
    rows = [
        (_named(week.week), [f"{came:,}", f"{went:,}"])
        for week, came, went in zip(found, counted[RAISED], counted[ENDED], strict=True)
    ]
    drawn = [Series(what, numbers, what) for what, numbers in counted.items()]
    return draw(Chart("Raised and ended, by week", said, _weeks(found), lines=drawn)), rows[::-1]


def _weeks(found: Sequence[Week]) -> list[str]:
    return [_named(week.week) for week in found]


def _named(week: date) -> str:
    return f"{week.day} {week:%b}"
