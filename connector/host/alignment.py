"""Today's territories side by side, in words and as JSON, with the accounts that the CRM sees otherwise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from callplan.model import Figures, Numbers
from connector.host.territories import CrmGround, compare

SHOWN = 20


def say_present(found: Sequence[CrmGround]) -> str:
    return "\n\n".join("\n".join(_present(one)) for one in found)


def _present(one: CrmGround) -> Iterator[str]:
    today, ranked = compare(one)
    yield f"{one.crm}: {len(one.ground.npi):,} accounts of {len(one.reps.name):,} reps"
    yield from table(today, [label or "nobody" for label in labels(one, today)], ranked.work)
    yield f"needs:    {one.rules.unit} a week, by tier and cadence; used: of what the rep can plan"
    yield "high-fit: the same by the tiers of one list of all accounts; tiers are cut rep by rep, which hides a crowd"
    yield f"drive:    minutes to a visit, from home or the middle of the visits; {one.roads.label}"
    yield from _differing(one)


def table(of: Figures, called: Sequence[str], fit: Numbers | None = None) -> Iterator[str]:
    wide = max(len(label) for label in (*called, "territory"))
    high_fit = "" if fit is None else f"{'high-fit':>10}"
    yield (
        f"  {'territory':{wide}}{'accounts':>10}{'A':>6}{'B':>6}{'C':>6}{'volume':>12}{'needs':>8}{'used':>7}"
        f"{high_fit}{'drive':>7}{'no place':>10}"
    )
    for at, label in enumerate(called):
        tiers = "".join(f"{count:>6,}" for count in of.of_tier[at].tolist())
        used = f"{of.work[at] / of.capacity[at]:.0%}" if of.capacity[at] else "-"
        high_fit = "" if fit is None else f"{fit[at]:>10,.1f}"
        yield (
            f"  {label:{wide}}{of.accounts[at]:>10,}{tiers}{of.volume[at]:>12,.0f}{of.work[at]:>8,.1f}{used:>7}"
            f"{high_fit}{number(of.minutes[at]):>7}{of.without_place[at]:>10,}"
        )


def labels(one: CrmGround, of: Figures) -> list[str]:
    """The rep, with the names of the rep's territories where there is a list; "" where there is no rep."""
    names: dict[str, list[str]] = {}
    for name, rep in one.territories.rep_of.items():
        if rep and name != rep:
            names.setdefault(rep, []).append(name)
    return [f"{key} ({', '.join(names[key])})" if key in names else key for key in of.name.tolist()]


def _differing(one: CrmGround) -> Iterator[str]:
    if one.elsewhere:
        yield f"{len(one.elsewhere):,} accounts have another owner in the CRM than their territory's rep, and keep it:"
    for account in one.elsewhere[:SHOWN]:
        ours = f"{account.territory}, {account.rep or 'nobody'}"
        yield f"  {account.record}  NPI {account.npi}  owner {account.owner or 'nobody'}; territory {ours}"
    if one.nowhere:
        zips = Counter(account.zip or "no ZIP" for account in one.nowhere).most_common(SHOWN)
        yield f"{len(one.nowhere):,} accounts are in no territory and stay with their owner. Their ZIPs:"
        yield "  " + ", ".join(f"{zip_code} ({count:,})" for zip_code, count in zips)


def present_as_json(found: Sequence[CrmGround]) -> str:
    return json.dumps({one.crm: _as_data(one) for one in found}, indent=1)


def _as_data(one: CrmGround) -> dict[str, Any]:
    today, ranked = compare(one)
    high_fit = [{"high_fit_a_week": round(work, 3)} for work in ranked.work.tolist()]
    return {
        "unit": one.rules.unit,
        "roads": one.roads.label,
        "territories": [row | fit for row, fit in zip(rows(today), high_fit, strict=True)],
        "of_another_owner": [asdict(account) for account in one.elsewhere],
        "in_no_territory": [asdict(account) for account in one.nowhere],
    }


def rows(of: Figures) -> list[dict[str, Any]]:
    return [
        {
            "rep": name,
            "accounts": int(of.accounts[at]),
            **dict(zip("ABC", of.of_tier[at].tolist(), strict=True)),
            "volume": round(float(of.volume[at]), 1),
            "needs_a_week": round(float(of.work[at]), 3),
            "capacity": round(float(of.capacity[at]), 3),
            "drive_minutes": rounded(of.minutes[at]),
            "without_place": int(of.without_place[at]),
        }
        for at, name in enumerate(of.name.tolist())
    ]


def rounded(of: float) -> float | None:
    return None if np.isnan(of) else round(float(of), 3)


def number(of: float, digits: int = 0) -> str:
    return "-" if np.isnan(of) else f"{of:,.{digits}f}"
