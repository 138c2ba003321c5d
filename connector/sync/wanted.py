"""What a record should hold, from the plan, in the CRM's own names.

Text longer than the CRM's field is cut at a word.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import Shape, Value
from connector.mapping import CARRY, Target
from connector.store.sides import Side
from connector.sync.diff import Wanted, same


def wanted(side: Side, targets: Mapping[str, Target], shape: Shape) -> Wanted:
    """`side` has a plan; `targets` are by our names. Of a silent carried column only our word is emptied."""
    silent = {ours: target for ours, target in targets.items() if ours.startswith(CARRY) and ours not in side.planned}
    fields = {
        target.field: cut(side.planned[ours], shape.fields[target.field].length)
        for ours, target in targets.items()
        if ours not in silent
    }
    fields.update(taken_back(side, silent).fields)
    return Wanted(side.id, side.npi, fields)


def taken_back(side: Side, targets: Mapping[str, Target]) -> Wanted:
    """A record that we wrote to and that no plan is for any more: what still says what we wrote is emptied."""
    there, ours = side.present, {target.field for target in targets.values()}
    stale = [name for name, value in side.written.items() if name in ours and same(there.get(name), value)]
    fields: dict[str, Value] = {name: False if isinstance(there.get(name), bool) else None for name in stale}
    return Wanted(side.id, "", fields)


def cut(value: Value, length: int | None) -> Value:
    if not isinstance(value, str) or not length or len(value) <= length:
        return value
    return value[: length - 1].rsplit(" ", 1)[0] + "…"
