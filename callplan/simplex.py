"""The lowest point of a function of a few numbers, without its slopes: Nelder and Mead's simplex.

Source   Nelder and Mead, A simplex method for function minimization, Computer Journal 7, 1965; their coefficients
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callplan.model import Numbers

STEP = 0.5  # of the first simplex


def lowest(
    of: Callable[[Numbers], float], start: Numbers, close: float = 1e-7, most: int = 1000
) -> tuple[Numbers, bool]:
    """Where all corners are as low as the lowest, to within `close` of its height; False if not after so many moves."""
    corners = np.vstack([start, start + STEP * np.eye(len(start))])
    height = np.array([of(corner) for corner in corners])
    settled = False
    for _ in range(most):
        order = np.argsort(height, kind="stable")
        corners, height = corners[order], height[order]
        settled = bool(height[-1] - height[0] <= close * (1 + abs(height[0])))
        if settled:
            break
        middle = corners[:-1].mean(axis=0)
        found = _better(of, middle, corners[-1], height)
        if found is None:
            corners[1:] = (corners[1:] + corners[0]) / 2
            height[1:] = [of(corner) for corner in corners[1:]]
        else:
            corners[-1], height[-1] = found
    best: Numbers = corners[np.argmin(height)]
    return best, settled


def _better(
    of: Callable[[Numbers], float], middle: Numbers, worst: Numbers, height: Numbers
) -> tuple[Numbers, float] | None:
    """A corner instead of the worst: across from it, further on, or nearer; None where none is lower."""

    def at(far: float) -> tuple[Numbers, float]:
        corner = middle + far * (middle - worst)
        return corner, of(corner)

    across = at(1.0)
    if across[1] < height[0]:
        further = at(2.0)
        return further if further[1] < across[1] else across
    if across[1] < height[-2]:
        return across
    nearer = at(0.5 if across[1] < height[-1] else -0.5)
    return nearer if nearer[1] < min(across[1], height[-1]) else None
