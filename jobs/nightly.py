"""The whole night for one CRM: read, decide, write."""

from __future__ import annotations

from collections.abc import Callable

from connector.errors import StopForTonight
from connector.run import Run
from connector.store.journal import Tally
from connector.sync.diff import Rehearsal
from jobs.book_visits import book_visits
from jobs.build_call_lists import build_call_lists
from jobs.find_matches import find_matches
from jobs.find_signals import find_signals
from jobs.flag_cold import flag_cold
from jobs.keep_books import keep_books
from jobs.measure import measure
from jobs.open_tasks import open_tasks
from jobs.pull import pull
from jobs.push import differences, push
from jobs.refresh_tiers import refresh_tiers
from jobs.suggest_touches import suggest_touches

DECIDE: tuple[Callable[[Run], Tally], ...] = (
    find_matches,
    refresh_tiers,
    find_signals,
    flag_cold,
    build_call_lists,
    suggest_touches,
    measure,
    keep_books,
)


def nightly(run: Run) -> Tally:
    """Read the CRM, decide tiers, call lists and flags, write what differs, book visits and open tasks."""
    _read_inputs_first(run)
    run = approved(run)
    for job in (pull, *DECIDE, push, book_visits, open_tasks):
        run.go_on()
        run.tally.update(job(run))
    return run.tally


def approved(run: Run) -> Run:
    """A run that guards do not stop, if its plan is the one that somebody looked at and approved."""
    if run.approve is None:
        return run
    found = rehearse(run)
    if found.hash != run.approve:
        raise StopForTonight(
            f"Plan {run.approve} is not what would be written now; that is plan {found.hash}. Nothing was written.",
            next_step="The CRM, the claims or the config have changed since. Look at `callplan plan` again.",
        )
    run.store.journal.note("approved", run.clock.now(), run=run.id, plan=found.hash, over=list(found.would_stop))
    return run.but(approved=True)


def rehearse(run: Run) -> Rehearsal:
    """What `nightly` would write, from the CRM's present values; nothing is written and no plan kept."""
    _read_inputs_first(run)
    pull(run)
    with run.rehearsal() as rehearsal:
        for job in DECIDE:
            job(rehearsal)
        found = differences(rehearsal)
        return Rehearsal(found, tuple(rehearsal.would_stop or ()), found.hash(run.store.crm, run.today))


def _read_inputs_first(run: Run) -> None:
    """A file that cannot be read stops the night before it has touched anything."""
    claims, what = run.intake.claims, "read_claims" if run.intake.tiers is None else "read_tiers"
    run.log(what, vintage=claims.vintage, providers=len(claims.npi), closures=len(run.closures))
