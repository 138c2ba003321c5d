"""How many calls Callplan made of the CRM each day, against those that it may make, as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from connector.host.web.charts import Chart, Series, draw
from connector.store.reads.runs import Spent

FAR = 4  # a budget so many times the most calls of a day is told and not drawn


def calls_chart(days: Sequence[Spent], share: float) -> Markup:
    budgets = [share * day.quota if day.quota else None for day in days]
    most, least = max(day.calls for day in days), min((one for one in budgets if one), default=None)
    near = least is not None and least <= FAR * most
    if least is None:
        says = f"At most {most:,} calls on a day. The CRM does not say how many it allows."
    else:
        says = f"At most {most:,} calls on a day, {most / least:.1%} of the {least:,.0f} that Callplan may make."
    return draw(
        Chart(
            "Calls a day",
            says,
            [f"{day.day.day} {day.day:%b}" for day in days],
            bars=[Series("Calls", [day.calls for day in days])],
            lines=[Series("Budget", budgets, "limit")] if near else [],
        )
    )
