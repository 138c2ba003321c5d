"""The whole night for one CRM: read, decide, write."""

from __future__ import annotations

from collections.abc import Callable

from connector.run import Run
from connector.store.journal import Tally
from connector.sync.diff import Rehearsal
from jobs.build_call_lists import build_call_lists
from jobs.flag_cold import flag_cold
from jobs.pull import pull
from jobs.push import differences, push
from jobs.refresh_tiers import refresh_tiers

DECIDE: tuple[Callable[[Run], Tally], ...] = (refresh_tiers, flag_cold, build_call_lists)


def nightly(run: Run) -> Tally:
    """Read the CRM, decide tiers, call lists and flags, and write what differs."""
    _read_inputs_first(run)
    for job in (pull, *DECIDE, push):
        run.tally.update(job(run))
    return run.tally


def rehearse(run: Run) -> Rehearsal:
    """What `nightly` would write, from the CRM's present values; nothing is written and no plan kept."""
    _read_inputs_first(run)
    pull(run)
    with run.rehearsal() as rehearsal:
        for job in DECIDE:
            job(rehearsal)
        return Rehearsal(differences(rehearsal), tuple(rehearsal.would_stop or ()))


def _read_inputs_first(run: Run) -> None:
    """A claims file that cannot be read stops the night before it has touched anything."""
    run.log("read_claims", vintage=run.intake.claims.vintage, providers=len(run.intake.claims.npi))
