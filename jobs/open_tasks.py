"""Put one task for each open flag before the account's owner in the CRM, where the config asks for it."""

from __future__ import annotations

from collections import Counter

from callplan.model import Npi
from connector.contract import CrmId, Todo
from connector.run import Run
from connector.store.journal import Tally
from connector.sync.deliver import CALLS, PART, deliver
from connector.sync.guard import stop_if_calls_run_out
from connector.sync.remind import Whose, to_close, to_open


def open_tasks(run: Run) -> Tally:
    """Put one task for each open flag before the account's owner, and close it when the flag ends."""
    if not run.config.cold.flag.tasks or run.selection.job or run.selection.field:
        return {}
    flags, todos, accounts, now = run.store.flags.all(), run.store.todos, _accounts(run), run.clock.now()
    told = Counter(_send(run, to_close(flags, todos.all(), now)))
    told.update(_send(run, to_open(flags, todos.all(), accounts, now)))
    for key, code, message, remedy in todos.refused(run.id):
        run.log("task_refused", key=key, code=code, message=message, remedy=remedy)
    tally = {f"tasks_{name}": number for name, number in told.items()}
    run.log("opened_tasks", **tally)
    return tally


def _send(run: Run, todos: list[Todo]) -> Tally:
    chosen = [one for one in todos if run.selection.takes(Npi(one.key.partition("-")[0]), one.account, one.owner)]
    if send := chosen[: run.selection.limit]:
        run.patience.keep_trying(lambda: list(run.crm.remind(())))
        run.guard(stop_if_calls_run_out, CALLS * -(-len(send) // PART), run.crm.limits)
    return deliver(run.id, send, run.crm.remind, run.store.todos, run.patience)


def _accounts(run: Run) -> dict[Npi, Whose]:
    roster, match = run.matched()
    return {
        Npi(str(roster.npi[row])): Whose(CrmId(str(roster.id[row])), str(roster.owner[row]), str(roster.name[row]))
        for row in match.rows.tolist()
    }
