"""Say what the present cycle asks for of each target, and how many touches it has had."""

from __future__ import annotations

import numpy as np

from callplan.metrics import calls_made
from callplan.model import Npi
from connector.run import Run
from connector.store.journal import Tally
from connector.store.plan import Attained
from jobs._measuring import Kept


def measure(run: Run) -> Tally:
    """Say what the present cycle asks for of each target, and how many touches it has had."""
    cycle = run.config.cycle.at(run.today)
    kept = Kept(run.config, run.store, run.territories, {}, cycle, run.clock.now(), run.today)
    made, goal = calls_made(kept.calls(whole=False)[0], kept.plan), kept.goals.goal
    ours = np.flatnonzero(goal > 0)

    rows = zip(kept.roster.npi[ours].tolist(), goal[ours].tolist(), made[ours].tolist(), strict=True)
    run.store.plan.save_attainments(Attained(Npi(npi), cycle.name, int(asked), calls) for npi, asked, calls in rows)
    tally = {"targets": len(ours), "goals_reached": int((made >= goal)[ours].sum())}
    run.log("measured", cycle=cycle.name, **tally)
    return tally
