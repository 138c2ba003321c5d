"""Trigger a night and watch it: a job of one CRM for one time is one night, however often it is triggered.

It is put where scheduled nights are, for a worker to take: `callplan serve`, or `callplan worker`.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, request

from connector.host.web.api.declare import Here, route
from connector.host.web.api.models import Crms, Mistake, NightAsked, NightTold
from connector.host.web.api.problems import Refused
from connector.host.web.who import Absent, Role
from connector.store.nights import Night

KEY = "Idempotency-Key"
LONGEST_KEY = 200
EARLIEST, LATEST = timedelta(days=31), timedelta(days=366)


@route("GET", "/crms", Role.REP, Crms)
def crms() -> Crms:
    """The CRMs of the config."""
    return Crms(crms=list(current_app.extensions["site"].config.value.crm))


@route("POST", "/<crm>/runs", Role.ADMIN, NightTold, body=NightAsked, status=202, headers=(KEY,), may_be_late=True)
def trigger(at: Here, asked: NightAsked) -> NightTold:
    """Have a job run. The same job for the same time, or the same Idempotency-Key, is the same night."""
    nights, key, scheduled = at.site.database.nights, _key(), asked.scheduled or at.now
    if not at.now - EARLIEST <= scheduled <= at.now + LATEST:
        why = Mistake(at="body.scheduled", what="Not within a month before and a year after now.")
        raise Refused(422, "The body is not as it should be.", (why,))
    if key and (known := nights.called(at.crm, key=key)):
        return _same(known, asked)
    if nights.call(at.crm, asked.job, scheduled, by=at.viewer.email, key=key):
        facts = {"job": asked.job, "scheduled": scheduled.isoformat(), "by": at.viewer.email}
        at.store.journal.note("called", at.now, **facts)
    found = nights.called(at.crm, key=key) or nights.called(at.crm, at=(asked.job, scheduled))
    if not found:
        raise Refused(409, "Somebody else triggers the same just now.")
    return _same(found, asked)


@route("GET", "/<crm>/nights/<number:number>", Role.ADMIN, NightTold)
def night(at: Here, number: int) -> NightTold:
    """Whether it waits, runs, is done or was stopped, why, and which runs it was."""
    found = at.site.database.nights.find(at.crm, number)
    if not found:
        raise Absent
    return _told(found)


def _key() -> str | None:
    key = request.headers.get(KEY)
    if key is not None and not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        why = Mistake(at=f"header.{KEY}", what=f"Not of 1 to {LONGEST_KEY} printable characters.")
        raise Refused(422, "A header is not as it should be.", (why,))
    return key


def _same(found: Night, asked: NightAsked) -> NightTold:
    if found.job != asked.job or (asked.scheduled and found.scheduled != asked.scheduled):
        raise Refused(409, f"This {KEY} is that of night {found.id}: {found.job} for {found.scheduled.isoformat()}.")
    return _told(found)


def _told(found: Night) -> NightTold:
    return NightTold(
        id=found.id,
        crm=found.crm,
        job=found.job,
        scheduled=found.scheduled,
        state=found.state,
        attempt=found.attempt,
        finished=found.finished,
        said=found.said,
        runs=found.runs or [],
    )
