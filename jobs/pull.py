"""Read what changed in the CRM: accounts, owners, merges, what people edited, and what reps logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from connector.contract import CrmId, Kind, Value
from connector.errors import Forgotten
from connector.mapping import reading
from connector.run import Run
from connector.store.journal import Tally
from connector.store.looks import Due
from connector.sync.look import Look
from connector.sync.pull import pull as read_on
from jobs._touches import latest_touches


def pull(run: Run) -> Tally:
    """Read the accounts and interactions that changed since the last pull."""
    mirror = run.store.mirror
    mirror.read_with(reading(run.mapping.value).told)
    try:
        accounts, interactions = _read(run)
    except Forgotten as error:
        run.log("reading_all_anew", why=error.what)
        mirror.forget()
        accounts, interactions = _read(run)
    due = _look(run)
    run.kept.pop(latest_touches, None)  # of what had been read before
    arrived = run.store.journal.reconcile(_held_now(run, due.unanswered), run.clock.now())
    run.log("pulled", accounts=accounts, interactions=interactions, answers_found=arrived)
    return {"accounts_read": accounts, "interactions_read": interactions}


def _read(run: Run) -> tuple[int, int]:
    mirror = run.store.mirror
    accounts = read_on(
        run.crm.accounts,
        lambda: mirror.cursor("accounts"),
        lambda page: mirror.save_accounts(page, run.account_fields),
        run.patience,
        lambda rows: run.progress("accounts read", rows),
    )
    interactions = read_on(
        run.crm.interactions,
        lambda: mirror.cursor("interactions"),
        mirror.save_interactions,
        run.patience,
        lambda rows: run.progress("interactions read", rows),
    )
    return accounts, interactions


def _look(run: Run) -> Due:
    """By name at what notices have marked, and once a week at what no reading tells of."""
    now, since = run.clock.now(), timedelta(days=run.config.decisive_days())
    due, read = run.store.looks.due(run.crm.unlisted, now - since, now), reading(run.mapping.value)
    look = Look(run.crm, run.store.looks, read, run.account_fields, run.patience)
    looked = look.at(due)
    if run.config.week.appointments and Kind.VISIT in run.crm.unlisted:
        look.at_interactions(run.store.bookings.ahead(now))  # a rep who deleted one has freed its slot tonight
    if looked:
        run.log("looked", records=looked, marked=len(due.marked))
    return due


def _held_now(run: Run, records: list[CrmId]) -> dict[CrmId, Mapping[str, Value]]:
    """By a question for just these: a list or a search may not show yet what was written a moment ago."""
    found = run.patience.keep_trying(lambda: list(run.crm.records(records))) if records else []
    return {account.id: account.fields for account in found}
