"""The report of what Callplan keeps of a CRM; the CRM itself is not asked.

Errors   NeedsHuman: no plan yet, a rep or a manager that nobody is
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.config import Config
from connector.cycle import cycle_of
from connector.errors import NeedsHuman
from connector.host.discover import reporting
from connector.host.open import chosen_crms, open_config, open_store
from connector.host.report.reported import Report, say_cycle
from connector.host.weeks import leave_of
from connector.store import Store
from connector.store.flags import Gap
from connector.sync.territories import read_territories
from connector.yamlfile import Loaded, nearest


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says."""

    config: Path
    crm: str | None = None
    cycle: str | None = None
    rep: str | None = None
    manager: str | None = None
    today: date | None = None


def report_crms(wanted: Wanted, now: datetime | None = None) -> list[Report]:
    loaded, now = open_config(wanted.config), now or datetime.now(UTC)
    return [_of(name, wanted, loaded, now) for name in chosen_crms(loaded, wanted.crm)]


def _of(crm: str, wanted: Wanted, loaded: Loaded[Config], now: datetime) -> Report:
    config, store = loaded.value, open_store(loaded, crm)
    if not store.plan.assignments():
        raise NeedsHuman(f"{crm}: there is no plan yet.", next_step="`callplan nightly` makes it.")
    today = wanted.today or now.astimezone(ZoneInfo(config.time_zone)).date()
    cycle = cycle_of(wanted.cycle) if wanted.cycle else config.cycle.at(today)
    leave, (gathered, report) = leave_of(config, loaded.path.parent), reporting()
    kept = gathered(config, store, read_territories(loaded), leave.said if leave else {}, cycle, now, today)
    measured, targets = report(kept, _reps(wanted, config, store))
    days = kept.working_days(wanted.rep or "")
    over = sum(day < today for day in days)
    whose = f"working days{f' of {wanted.rep}' if wanted.rep else ''}"
    about = [say_cycle(cycle, today, over, len(days), whose), *_about(store, cycle.first, cycle.last)]
    return Report(f"{crm}{_part(wanted)}", cycle, today, measured, targets, about)


def _part(wanted: Wanted) -> str:
    if wanted.manager:
        return f", the reps of {wanted.manager}"
    return f", {wanted.rep}" if wanted.rep else ""


def _reps(wanted: Wanted, config: Config, store: Store) -> frozenset[str] | None:
    if wanted.manager:
        managers = {rep.manager.lower() for rep in config.reps if rep.manager}
        if wanted.manager.lower() not in managers:
            near = nearest(wanted.manager, sorted(managers)) if managers else "The config names none."
            raise NeedsHuman(f'No rep has the manager "{wanted.manager}". {near}', next_step="See `reps:`.")
        mine = wanted.manager.lower()
        return frozenset(rep.email.lower() for rep in config.reps if (rep.manager or "").lower() == mine)
    if wanted.rep:
        owners = {*store.mirror.roster().owner.tolist(), *(rep.email for rep in config.reps)} - {""}
        if wanted.rep.lower() not in {owner.lower() for owner in owners}:
            raise NeedsHuman(f'No rep "{wanted.rep}".', next_step=nearest(wanted.rep, sorted(owners)))
        return frozenset({wanted.rep.lower()})
    return None


def _about(store: Store, first: date, last: date) -> Iterator[str]:
    began = store.journal.began()
    if began and began > first:
        yield (
            f"Callplan has kept this CRM's plan since {_day(began)}: tiers before are not known, and goals count "
            "from the day on which an account got its tier."
        )
    for gap in store.flags.gaps(ended=True):
        if gap.seen <= last and (gap.ended or last) >= first:
            yield _say_gap(gap)


def _say_gap(gap: Gap) -> str:
    who = f"{gap.who} logged nothing" if gap.who else "Nobody logged anything"
    since = f" after {_day(gap.since)}" if gap.since else ""
    until = f" until {_day(gap.ended)}" if gap.ended else " up to now"
    return f"{who}{since}{until}: a logging gap, of which these figures know nothing."


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
