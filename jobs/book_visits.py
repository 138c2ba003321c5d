"""Book each committed Tier A visit in the rep's calendar in the CRM, where the config asks for it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from callplan.model import Npi
from connector.contract import CrmId
from connector.run import Run
from connector.store.journal import Tally
from connector.sync.calendar import PART, Visit, book, due
from connector.sync.guard import stop_if_calls_run_out, stop_if_much_is_cancelled

CALLS = 5  # of a hundred, at most: two questions, two writes, and what tells whether it can be done


def book_visits(run: Run) -> Tally:
    """Book each committed Tier A visit in the rep's calendar, once, and follow the plan where no rep has stepped in."""
    if not run.config.week.appointments or run.selection.job or run.selection.field:
        return {}
    bookings, now, zone = run.store.bookings, run.clock.now(), ZoneInfo(run.config.time_zone)
    takes = run.selection.takes
    held = {key: one for key, one in bookings.all().items() if takes(one.npi, one.account, one.owner)}
    found = due(_committed(run, zone), held, run.today, zone, now)
    bookings.follow(found.follow)
    send = found.send[: run.selection.limit]
    if send:
        run.patience.keep_trying(lambda: list(run.crm.book(())))
        run.guard(stop_if_much_is_cancelled, found.cancelled, found.open)
        run.guard(stop_if_calls_run_out, CALLS * -(-len(send) // PART), run.crm.limits)
    told = book(run.id, send, run.crm, bookings, run.patience)
    told |= {"left": told["left"] + found.left, "held": found.held}
    tally = {f"visits_{name}": count for name, count in told.items()}
    run.log("booked_visits", **tally)
    return tally


def _committed(run: Run, zone: ZoneInfo) -> list[Visit]:
    """From the first day on that can still be planned; a start is told by the clock on the wall."""
    roster, match = run.matched()
    at = {str(roster.npi[row]): row for row in match.rows.tolist()}
    tiers = run.store.plan.assignments()
    return [
        Visit(
            npi=stop.npi,
            account=CrmId(str(roster.id[at[stop.npi]])),
            owner=stop.rep,
            subject=f"Visit: {roster.name[at[stop.npi]]} (Tier {tiers[stop.npi].tier.value})",
            starts=datetime.combine(stop.day, time(0), zone) + timedelta(minutes=stop.starts),
            minutes=stop.minutes,
        )
        for stop in run.store.plan.call_list().values()
        if stop.kind == "committed"
        and stop.day >= run.today
        and stop.npi in at
        and stop.npi in tiers
        and run.selection.takes(stop.npi, str(roster.id[at[Npi(stop.npi)]]), stop.rep)
    ]
