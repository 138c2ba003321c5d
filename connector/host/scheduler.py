"""Calls the nights of the config's `schedule`; any number of schedulers call each night once.

A night that was due while no scheduler ran is called at the next start. Where clocks change, a time that does not exist
moves behind the gap, and one that comes twice counts once, as Debian's cron has it.

Errors   NeedsHuman: a job that does not exist
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim

from connector.clock import last_due
from connector.config import Config
from connector.contract import Clock
from connector.host.discover import job as find_job
from connector.run import Log
from connector.store.nights import Nights
from connector.yamlfile import Loaded


class CronTrigger(BaseTrigger):  # type: ignore[misc]  # it has no types; its own cron trigger fires twice in autumn
    def __init__(self, line: str, zone: ZoneInfo) -> None:
        self.line, self.zone = line, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return next(CronSim(self.line, (previous_fire_time or now).astimezone(self.zone)))


def start(config: Loaded[Config], nights: Nights, clock: Clock, log: Log) -> BackgroundScheduler:
    """A scheduler that runs in a thread of its own, until it is shut down."""
    zone = ZoneInfo(config.value.time_zone)
    scheduler = BackgroundScheduler(timezone=zone)

    def call(job: str, line: str) -> None:
        due = last_due(line, zone, clock.now())
        for crm in config.value.crm:
            if nights.call(crm, job, due):
                log("called", crm=crm, job=job, scheduled=due.isoformat())

    for job, line in config.value.schedule.items():
        find_job(job)
        if any(night.job == job for crm in config.value.crm for night in nights.last(crm, 50)):
            call(job, line)  # it was due while nobody was there
        how = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler.add_job(call, CronTrigger(line, zone), args=(job, line), **how)
    scheduler.start()
    return scheduler
