"""How PyVRP seeks where it has a thousand rounds and not a million.

Its own settings are for long searches. In a short one it must be choosy sooner, and it must learn sooner how much a day
may be overfull on the way to a better one: a day's last slot is found by passing through orders that end too late.

Units    rounds; penalties in the costs of the problem
Source   docs/decisions/0022-a-week-is-searched-for.md; bench/README.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from pyvrp import ProblemData, Solution

SEED = 1
GIVES_UP = 1 / 2  # of the rounds, without anything better
HISTORY = 20  # rounds back, than which an order must be better to be gone on with; theirs is 300
LEARNS = 50  # rounds after which penalties are set anew, where there are two thousand; theirs is 500
OFTEN = 38  # times at least: where there are few rounds, days that end too late must soon be none
LEAST = 1_000  # what a slot too many costs at first where nothing has a prize
LATE = 1_000  # a minute too late costs at first so many times less than a slot too many


def seek(data: ProblemData, rounds: int, first: Solution | None) -> Any:
    """The best that is found in so many rounds, from the first; of the same input always the same."""
    from pyvrp import solve
    from pyvrp.PenaltyManager import PenaltyBoundWarning
    from pyvrp.stop import MaxIterations, MultipleCriteria, NoImprovement

    stop = MultipleCriteria([MaxIterations(rounds), NoImprovement(max(int(rounds * GIVES_UP), 1))])
    with catch_warnings():
        simplefilter("ignore", PenaltyBoundWarning)  # one Tier A visit more is worth more than any day is long
        return solve(data, stop, SEED, collect_stats=False, params=_settings(rounds), initial_solution=first)


def _settings(rounds: int) -> Any:
    from pyvrp import IteratedLocalSearchParams, PenaltyParams, SolveParams

    class Penalties(PenaltyParams):  # type: ignore[misc]
        def midpoint_penalties(self, data: ProblemData) -> tuple[list[float], float, float]:
            """At first: no visit is worth a slot too many."""
            slot = max([LEAST, *(client.prize for client in data.clients())])
            return [slot] * data.num_load_dimensions, slot / LATE, slot / LATE

    ours = Penalties(solutions_between_updates=max(1, min(LEARNS, rounds // OFTEN)))
    return SolveParams(ils=IteratedLocalSearchParams(history_length=HISTORY), penalty=ours)
