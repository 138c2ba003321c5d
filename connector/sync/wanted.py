"""What each record should hold, from the plan, in the CRM's own names.

Only dates and facts, never a count of days: a value that moves by itself would be written every night.
Text longer than the CRM's field is cut at a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from callplan.model import Npi
from connector.contract import CrmId, Shape, Value
from connector.mapping import Mapping as FieldMapping
from connector.store.plan import Assignment, Coverage, Stop
from connector.sync.diff import Fields, Wanted, same

SMALLEST = 11  # a count that may be shown


def wanted(
    ids: Mapping[Npi, CrmId],
    assignments: Mapping[Npi, Assignment],
    coverage: Mapping[Npi, Coverage],
    stops: Mapping[Npi, Stop],
    mapping: FieldMapping,
    shape: Shape,
    owners: Mapping[Npi, str],
) -> Iterator[Wanted]:
    for npi, record in ids.items():
        if npi not in assignments:
            continue
        values = plan_values(assignments[npi], coverage.get(npi), stops.get(npi))
        fields = {
            target.field: _fit(values[ours], shape.fields[target.field].length)
            for ours, target in mapping.fields.items()
        }
        yield Wanted(record, npi, fields, owners.get(npi, ""))


def taken_back(
    planned: Collection[CrmId], present: Mapping[CrmId, Fields], ledger: Mapping[CrmId, Fields], ours: Collection[str]
) -> Iterator[Wanted]:
    """Records that we wrote to and that no plan is for any more: what still says what we wrote is emptied."""
    for record in ledger.keys() & present.keys() - set(planned):
        there = present[record]
        stale = [name for name, value in ledger[record].items() if name in ours and same(there.get(name), value)]
        fields: dict[str, Value] = {name: False if isinstance(there.get(name), bool) else None for name in stale}
        if fields:
            yield Wanted(record, "", fields)


def plan_values(assignment: Assignment, coverage: Coverage | None, stop: Stop | None) -> dict[str, Value]:
    """What Callplan says of one account, under the names that a mapping uses."""
    return {
        "tier": assignment.tier.value,
        "tier_reason": assignment.reason,
        "tier_since": _iso(assignment.since),
        "call_order": stop.slot if stop else None,
        "next_visit": _iso(stop.day if stop else None),
        "going_cold": bool(coverage and coverage.flagged),
        "cold_reason": coverage.reason if coverage and coverage.flagged else None,
        "cold_since": _iso(coverage.cold_since if coverage and coverage.flagged else None),
        "last_visit": _iso(coverage.last_touch if coverage else None),
        "volume": _volume(assignment.volume),
    }


def _volume(volume: float | None) -> int | None:
    """Counts of 1 to 10 never leave: they may point at patients (ResDAC, cell size suppression policy)."""
    return round(volume) if volume is not None and volume >= SMALLEST else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _fit(value: Value, length: int | None) -> Value:
    if not isinstance(value, str) or not length or len(value) <= length:
        return value
    return value[: length - 1].rsplit(" ", 1)[0] + "…"
