"""Book each committed Tier A visit in the rep's calendar in the CRM, where the config asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callplan.model import SlotKind
from connector.contract import CrmId
from connector.run import Run
from connector.store.bookings import npi_of
from connector.store.journal import Tally
from connector.sync.calendar import Visit, book, due
from connector.sync.deliver import CALLS, PART
from connector.sync.guard import stop_if_calls_run_out, stop_if_much_is_cancelled


def book_visits(run: Run) -> Tally:
    """Book each committed Tier A visit in the rep's calendar, once, and follow the plan where no rep has stepped in."""
    if not run.config.week.appointments or run.selection.job or run.selection.field:
        return {}
    bookings, zone = run.store.bookings, ZoneInfo(run.config.time_zone)
    found = due(_committed(run, zone), bookings.all(), run.today, zone, run.clock.now())
    bookings.follow(found.follow)
    chosen = [one for one in found.send if run.selection.takes(npi_of(one.key), one.account, one.owner)]
    if send := chosen[: run.selection.limit]:
        run.patience.keep_trying(lambda: list(run.crm.book(())))
        run.guard(stop_if_much_is_cancelled, sum(one.cancelled for one in send), found.open)
        run.guard(stop_if_calls_run_out, CALLS * -(-len(send) // PART), run.crm.limits)
    told = book(run.id, send, run.crm, bookings, run.patience)
    for key, code, message, remedy in bookings.refused(run.id):
        run.log("visit_refused", key=key, code=code, message=message, remedy=remedy)
    tally = {"visits_left": told.pop("left") + found.left, "visits_held": found.held}
    tally |= {f"visits_{name}": number for name, number in told.items()}
    run.log("booked_visits", **tally)
    return tally


def _committed(run: Run, zone: ZoneInfo) -> list[Visit]:
    """From the first day on that can still be planned; a start is told by the clock on the wall."""
    roster, match = run.matched()
    row_of, tiers = {str(roster.npi[row]): row for row in match.rows.tolist()}, run.store.plan.assignments()
    return [
        Visit(
            npi=stop.npi,
            account=CrmId(str(roster.id[row_of[stop.npi]])),
            owner=stop.rep,
            subject=f"Visit: {roster.name[row_of[stop.npi]]} (Tier {tiers[stop.npi].tier.value})",
            starts=(datetime.combine(stop.day, time(0), zone) + timedelta(minutes=stop.starts)).astimezone(UTC),
            minutes=stop.minutes,
        )
        for stop in run.store.plan.call_list().values()
        if stop.kind == SlotKind.COMMITTED and stop.day >= run.today and stop.npi in row_of and stop.npi in tiers
    ]
