"""The whole plan against the whole mirror: of a million accounts, only those that may differ are looked at closely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from connector.contract import Shape
from connector.mapping import Target
from connector.store import Store
from connector.store.rows import in_parts
from connector.store.sides import Side
from connector.sync.diff import Diff, Wanted, diff
from connector.sync.select import Selection
from connector.sync.wanted import taken_back, wanted


def compare(store: Store, targets: Mapping[str, Target], shape: Shape, selection: Selection, today: date) -> Diff:
    """What the CRM would have to change to say what the plan says; `targets` are by our names."""
    fields = {ours: target.field for ours, target in targets.items()}
    chosen = {ours: targets[ours] for ours in selection.fields(fields)}
    by_field, overrides = {target.field: target for target in chosen.values()}, store.overrides.newest()
    found = store.sides.suspects(fields, selection.takes if selection.narrows else None)

    def closely(sides: list[Side], records: list[Wanted]) -> Diff:
        present, written = {side.id: side.present for side in sides}, {side.id: side.written for side in sides}
        return diff(records, present, written, by_field, overrides, today)

    def planned() -> Iterator[Diff]:
        for part in in_parts(found.differing):
            sides = list(store.sides.of(part))
            yield closely(sides, [wanted(side, chosen, shape) for side in sides])

    def unplanned() -> Iterator[Diff]:
        for part in in_parts(found.unplanned):
            sides = list(store.sides.of(part, written=True))
            yield closely(sides, [taken_back(side, chosen) for side in sides])

    sent = _sum(planned())
    whole = _sum([sent, *unplanned()])
    some = whole.differences[: selection.limit]
    beyond = len(whole.differences) - len(some)
    return replace(whole, differences=some, unchanged=found.planned - len(sent.differences), beyond=beyond)


def _sum(parts: Iterable[Diff]) -> Diff:
    them = list(parts)
    return Diff(
        tuple(change for part in them for change in part.differences),
        sum(part.unchanged for part in them),
        sum(part.left for part in them),
        tuple(proposal for part in them for proposal in part.proposals),
    )
