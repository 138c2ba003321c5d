"""What can be told in the morning, from the store alone: a CRM that cannot be reached is itself to be told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

from callplan.flags import TURN
from callplan.model import Npi
from connector.contract import CrmId
from connector.digest.news import Account, Kind, Morning
from connector.digest.night import last_night
from connector.errors import ConnectorError
from connector.run import Run
from connector.store.overrides import PROPOSED
from connector.store.standing import PROPOSED as WAITS

LINKS = ("https://", "http://")


def morning_of(run: Run) -> Morning:
    store, zone, now = run.store, ZoneInfo(run.config.time_zone), run.clock.now()
    proposed = (override for override in store.overrides.newest().values() if override.state == PROPOSED)
    return Morning(
        crm=store.crm,
        day=now.astimezone(zone).date(),
        night=last_night(store, run.config.schedule.get("nightly"), zone, now),
        flags=tuple(store.flags.all()),
        gaps=tuple(store.flags.gaps(ended=True)),
        in_line=_in_line(run),
        waits={
            Kind.REFUSED: frozenset(store.journal.dead_letters()),
            Kind.PROPOSED: frozenset(str(override.id) for override in proposed),
            Kind.UNMATCHED: frozenset(problem.record for problem in store.plan.unmatched()),
            Kind.QUEUED: frozenset(f"{one.sort} {one.record}" for one in store.matches.all(WAITS)),
        },
        account=_accounts(run),
        manager=run.config.manager,
    )


def _in_line(run: Run) -> Counter[str]:
    book, coverage = run.book(), run.store.plan.coverage()
    waits = {npi for npi, known in coverage.items() if known.paused == TURN}
    return Counter(rep for npi, rep in zip(book.npi.tolist(), book.owner.tolist(), strict=True) if npi in waits)


def _accounts(run: Run) -> Callable[[Npi], Account]:
    """Who an account is to people: its name and town as the CRM has them, and where they look at it."""
    roster, found = run.matched()
    page = _pages(run)
    row, plans = {roster.npi[at]: at for at in found.rows.tolist()}, run.store.plan.assignments()

    @cache
    def account(npi: Npi) -> Account:
        tier = plans[npi].reason if npi in plans else ""
        if (at := row.get(npi)) is None:
            return Account(f"NPI {npi}", tier, None)
        called = ", ".join(text for text in (str(roster.name[at]), str(roster.city[at])) if text)
        return Account(called or f"NPI {npi}", tier, page(CrmId(str(roster.id[at]))))

    return account


def _pages(run: Run) -> Callable[[CrmId], str | None]:
    """None of any, once the CRM could not say one: the digest goes out all the same, and soon."""
    failed = list[ConnectorError]()

    def page(id: CrmId) -> str | None:
        if failed:
            return None
        try:
            found = run.crm.page(id)
        except ConnectorError as error:
            failed.append(error)
            run.log("no_links", why=error.what)
            return None
        return found if found and found.startswith(LINKS) else None

    return page
