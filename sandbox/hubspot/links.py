"""Which record stands with which, and under which types. Ids are unique per type of record only, so keys are both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.hubspot.linktypes import LinkType

Key = tuple[str, str]  # kind and id
Types = dict[tuple[str, int], LinkType]


class Links:
    def __init__(self) -> None:
        self._held: dict[Key, dict[str, dict[str, Types]]] = {}

    def of(self, one: Key, kind: str) -> dict[str, Types]:
        """Ids of this kind, in the order of ids, with their types."""
        held = self._held.get(one, {}).get(kind, {})
        return dict(sorted(held.items(), key=lambda item: int(item[0]))) if len(held) > 1 else dict(held)

    def all_of(self, one: Key) -> Iterator[tuple[Key, Types]]:
        for kind, some in self._held.get(one, {}).items():
            for id_, types in some.items():
                yield (kind, id_), dict(types)

    def are(self, one: Key, other: Key) -> bool:
        return other[1] in self._held.get(one, {}).get(other[0], {})

    def add(self, one: Key, other: Key, given: LinkType) -> bool:
        """Whether it is news."""
        types = self._held.setdefault(one, {}).setdefault(other[0], {}).setdefault(other[1], {})
        news = given.key not in types
        types[given.key] = given
        return news

    def drop(self, one: Key, other: Key, key: tuple[str, int]) -> bool:
        some = self._held.get(one, {}).get(other[0], {})
        types = some.get(other[1], {})
        there = types.pop(key, None) is not None
        if there and not types:
            del some[other[1]]
        return there

    def dump(self) -> list[Any]:
        return [[*one, *other, [list(key) for key in types]] for one in self._held for other, types in self.all_of(one)]
