"""Marks that are pushed apart until none hides another, and names that are left out where they would.

Units    places on the paper, as in ground.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from connector.host.week.ground import HIGH, WIDE, Spot

APART = 25.0  # between the middles of two marks
ROUNDS = 200
LETTER = 6.1  # how wide one is, at the size of a town's name


def apart(spots: Sequence[Spot]) -> list[Spot]:
    """Each as near to its spot as the others let it; those at one point are fanned out around it."""
    count = max(len(spots), 1)
    turned = [(cos(2 * pi * at / count), sin(2 * pi * at / count)) for at in range(len(spots))]
    found = [(x + 0.01 * dx, y + 0.01 * dy) for (x, y), (dx, dy) in zip(spots, turned, strict=True)]
    for _ in range(ROUNDS):
        close = [(a, b) for a in range(len(found)) for b in range(a) if _distance(found[a], found[b]) < APART - 0.1]
        if not close:
            break
        for a, b in close:
            found[a], found[b] = _pushed(found[a], found[b])
    return found


def _pushed(one: Spot, other: Spot) -> tuple[Spot, Spot]:
    between = max(_distance(one, other), 1e-6)
    by = (APART - between) / 2
    x, y = (one[0] - other[0]) / between * by, (one[1] - other[1]) / between * by
    return _inside((one[0] + x, one[1] + y)), _inside((other[0] - x, other[1] - y))


def _inside(spot: Spot) -> Spot:
    return min(max(spot[0], 14), WIDE - 14), min(max(spot[1], 14), HIGH - 14)


def _distance(one: Spot, other: Spot) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def around(spot: Spot, by: float) -> Box:
    return Box(spot[0] - by, spot[1] - by, spot[0] + by, spot[1] + by)


def _beside(x: float, y: float, wide: float, by: float) -> list[Spot]:
    """Where a name may begin: below its town, above, right, left; further off by so much."""
    below, above = (x - wide / 2, y + 14 + by), (x - wide / 2, y - 6 - by)
    return [below, above, (x + 6 + by, y + 4), (x - 6 - by - wide, y + 4)]


def names(towns: Sequence[tuple[str, Spot]], taken: Sequence[Box], most: int) -> Iterator[tuple[str, Spot, Spot]]:
    """A name, where its town lies, and where the name begins."""
    full, written = list(taken), list[Box]()
    for name, (x, y) in towns:
        wide = LETTER * len(name)
        if any(around((x, y), 3).meets(other) for other in written):
            continue  # its dot would lie in another's name
        for left, base in (place for by in (0, 12, 28) for place in _beside(x, y, wide, by)):
            box = Box(left - 2, base - 10, left + wide + 2, base + 3)
            inside = box.left > 2 and box.right < WIDE - 2 and box.top > 2 and box.bottom < HIGH - 2
            if inside and not any(box.meets(other) for other in full):
                full += [box, around((x, y), 3)]
                written.append(box)
                yield name, (x, y), (left, base)
                break
        if len(written) == most:
            return
