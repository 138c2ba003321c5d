"""Say which accounts, NPIs and visits fit nothing, and what each perhaps is, for a person to decide."""

from __future__ import annotations

from callplan.model import Sort
from connector.errors import ConnectorError
from connector.run import Run
from connector.store.journal import Tally
from jobs._absent import absent
from jobs._astray import astray
from jobs._matching import fingerprint, of_accounts

ACCOUNTS = (Sort.NPI, Sort.KEEP, Sort.DUPLICATE, Sort.SEVERAL, Sort.ABSENT)


def find_matches(run: Run) -> Tally:
    """Say what fits no account or no provider, and suggest what it is; accepted matches follow the CRM's merges."""
    try:
        return _find(run)
    except ConnectorError:
        raise
    except Exception as error:  # a queue that cannot be made keeps nobody's plan from being made
        at = error.__traceback__
        while at and at.tb_next:
            at = at.tb_next
        run.log("matches_failed", error=type(error).__name__, line=at.tb_lineno if at else 0)
        run.announce("The unmatched queue could not be made tonight; it stands as it was. The log says where it broke.")
        return {"matches_failed": 1}


def _find(run: Run) -> Tally:
    matches, now, began = run.store.matches, run.clock.now(), 0
    for kept, why in matches.settle(now):
        run.announce(f"Match {kept.id} holds no more: {why}.")
    if (now_said := fingerprint(run)) != run.store.mirror.cursor("matched"):
        offered = of_accounts(run)
        perhaps = {one.to: one.record for one in offered if one.sort in (Sort.NPI, Sort.SEVERAL)}
        began += matches.propose([*offered, *absent(run, perhaps)], ACCOUNTS, now)
        run.store.mirror.remember("matched", now_said)
    began += matches.propose(astray(run), (Sort.VISIT,), now)
    waiting = matches.waiting()
    tally = {"matches": began, "matches_open": sum(waiting.values())}
    run.log("found_matches", **tally, **{f"open_{sort}": count for sort, count in waiting.items()})
    return tally
