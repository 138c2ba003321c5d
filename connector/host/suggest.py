"""Fields of the CRM that fit what a mapping leaves out, as lines for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import get_args

from connector.contract import Field, FieldType, Shape
from connector.mapping import AccountPart, Mapping, Ours, Target, unfit

ALIKE = 0.6  # of two names, from which one is worth suggesting
READ = {  # of an account, what a field must be to be read as that
    "latitude": FieldType.NUMBER,
    "longitude": FieldType.NUMBER,
    "only": FieldType.CHECKBOX,
}


@dataclass(frozen=True, slots=True)
class Fitting:
    part: str  # of the mapping
    key: str
    field: str

    @property
    def line(self) -> str:
        return f"{self.key}: {{field: {self.field}}}" if self.part == "fields" else f"{self.key}: {self.field}"


def suggest(mapping: Mapping, shape: Shape) -> list[Fitting]:
    """The nearest by name of those that fit and are not taken; each field at most once."""
    taken = {target.field for target in mapping.targets.values()}
    taken |= {str(name) for name in mapping.account.model_dump(exclude={"object"}, exclude_none=True).values()}
    pairs = sorted(_pairs(mapping, shape, taken), key=lambda pair: (-pair[0], pair[1].key, pair[1].field))
    found: dict[str, Fitting] = {}
    for _, one in pairs:
        if one.key not in found and one.field not in {other.field for other in found.values()}:
            found[one.key] = one
    return sorted(found.values(), key=lambda one: (one.part, one.key))


def _pairs(mapping: Mapping, shape: Shape, taken: set[str]) -> Iterator[tuple[float, Fitting]]:
    free = [field for name, field in shape.fields.items() if name not in taken]
    account = [name for name in AccountPart.model_fields if name != "object" and not getattr(mapping.account, name)]
    ours = [name for name in get_args(Ours) if name not in mapping.fields]
    for field in free:
        for key in account:
            if field.type is READ.get(key, FieldType.TEXT) and (alike := _alike(key, field)) >= ALIKE:
                yield alike, Fitting("account", key, field.name)
        for key in ours:
            alike = _alike(key, field)
            if alike >= ALIKE and not unfit(key, Target(field=field.name), field, shape):
                yield alike, Fitting("fields", key, field.name)


def _alike(key: str, field: Field) -> float:
    """Of a name of ours and one of the CRM, without what its makers and ours put round it."""
    name = re.sub(r"^callplan_|__c$", "", field.name.lower())
    return SequenceMatcher(None, key.replace("_", ""), name.replace("_", "")).ratio()
