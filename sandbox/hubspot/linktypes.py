"""Under which types two records can stand together. Each type goes one way and has its opposite.

Ids that HubSpot defines are the same in every portal; labels of the portal's own, and all types of custom objects,
have ids of the portal's (of custom objects taken as USER_DEFINED here, from memory).

Source   developers.hubspot.com, "Associations": association type ids; those of deals and communications from memory
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.hubspot.kinds import ENGAGEMENTS

DEFINED, OWN = "HUBSPOT_DEFINED", "USER_DEFINED"
PLAIN = {  # there and back
    ("contacts", "companies"): (279, 280),
    ("contacts", "contacts"): (449, 449),
    ("companies", "companies"): (450, 450),
    ("deals", "contacts"): (3, 4),
    ("deals", "companies"): (341, 342),
    **{(kind, "contacts"): (at, at - 1) for kind, at in [("calls", 194), ("emails", 198), ("meetings", 200)]},
    **{(kind, "contacts"): (at, at - 1) for kind, at in [("notes", 202), ("tasks", 204)]},
    **{(kind, "companies"): (at, at - 1) for kind, at in [("calls", 182), ("emails", 186), ("meetings", 188)]},
    **{(kind, "companies"): (at, at - 1) for kind, at in [("notes", 190), ("tasks", 192)]},
    **{(kind, "deals"): (at, at + 1) for kind, at in [("calls", 205), ("emails", 209), ("meetings", 211)]},
    **{(kind, "deals"): (at, at + 1) for kind, at in [("notes", 213), ("tasks", 215)]},
    ("communications", "contacts"): (81, 82),
    ("communications", "companies"): (87, 88),
    ("communications", "deals"): (85, 86),
}
PRIMARY = {("contacts", "companies"): (1, 2), ("deals", "companies"): (5, 6)}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LinkType:
    id: int
    opposite: int
    category: str = DEFINED
    label: str | None = None
    name: str = ""
    primary: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.category, self.id

    def wire(self) -> dict[str, Any]:
        return {"category": self.category, "typeId": self.id, "label": self.label}


@dataclass
class LinkTypes:
    of: dict[Pair, list[LinkType]] = field(default_factory=dict)
    last_id: int = 0

    def plain(self, pair: Pair) -> LinkType | None:
        """The type without a label, which every two records that stand together have."""
        return next((t for t in self.of.get(pair, ()) if t.label is None), None)

    def primary(self, pair: Pair) -> LinkType | None:
        return next((t for t in self.of.get(pair, ()) if t.primary), None)

    def find(self, pair: Pair, category: str, id_: int) -> LinkType | None:
        return next((t for t in self.of.get(pair, ()) if t.key == (category, id_)), None)

    def anywhere(self, kind: str, category: str, id_: int) -> tuple[Pair, LinkType] | None:
        """A type by its id alone, from this kind to any."""
        pairs = [pair for pair in self.of if pair[0] == kind]
        return next(((pair, t) for pair in pairs if (t := self.find(pair, category, id_))), None)

    def opposite(self, pair: Pair, one: LinkType) -> LinkType:
        back = self.find((pair[1], pair[0]), one.category, one.opposite)
        assert back, one
        return back

    def add(self, pair: Pair, name: str, label: str | None, back_label: str | None = None) -> tuple[LinkType, LinkType]:
        """A type of the portal's own, and its opposite; within one type of records both may be the same."""
        there = self.last_id = self.last_id + 1
        same = pair[0] == pair[1] and back_label in (None, label)
        back = self.last_id = there if same else there + 1
        one = LinkType(there, back, OWN, label, name)
        other = LinkType(back, there, OWN, label if back_label is None else back_label, name)
        self.of.setdefault(pair, []).append(one)
        if not same:
            self.of.setdefault((pair[1], pair[0]), []).append(other)
        return one, other

    def replace(self, pair: Pair, old: LinkType, *new: LinkType) -> None:
        rest = self.of[pair]
        at = rest.index(old)
        rest[at : at + 1] = new

    def dump(self) -> list[Any]:
        return [self.last_id, [[*pair, [asdict(t) for t in types]] for pair, types in self.of.items()]]

    def load(self, kept: list[Any]) -> None:
        self.last_id, pairs = kept
        self.of = {(one, other): [LinkType(**row) for row in types] for one, other, types in pairs}


def new_link_types(custom: list[str]) -> LinkTypes:
    types = LinkTypes()
    for (one, other), (there, back) in PLAIN.items():
        first = {(one, other): LinkType(there, back), (other, one): LinkType(back, there)}
        for pair, given in first.items():
            types.of.setdefault(pair, []).append(given)
    for (one, other), (there, back) in PRIMARY.items():
        types.of[one, other].append(LinkType(there, back, label="Primary", primary=True))
        types.of[other, one].append(LinkType(back, there, label="Primary", primary=True))
    for kind in custom:
        for other in ("companies", "contacts", "deals", *sorted(ENGAGEMENTS)):
            types.add((kind, other), f"{kind}_to_{other}", None)
    return types
