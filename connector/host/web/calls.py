"""How many calls Callplan made of the CRM each day, against those that it may make, as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from connector.host.web.charts import Chart, Series
from connector.store.reads.runs import Spent

FAR = 4  # a budget so many times the most calls of a day is told and not drawn


def calls_chart(days: Sequence[Spent], share: float) -> Chart:
    budgets = [share * day.quota if day.quota else None for day in days]
    most, known = max(day.calls for day in days), [one for one in budgets if one]
    near = bool(known) and max(known) <= FAR * most
    return Chart(
        "Calls a day",
        f"At most {most:,} calls on a day{_of(most, known)}.",
        [f"{day.day.day} {day.day:%b}" for day in days],
        bars=[Series("Calls", [day.calls for day in days])],
        lines=[Series("Budget", budgets, "limit")] if near else [],
    )


def _of(most: int, budgets: Sequence[float]) -> str:
    if not budgets:
        return "; the CRM does not say how many it allows"
    return f", {most / budgets[-1]:.1%} of the {budgets[-1]:,.0f} that Callplan may make"
