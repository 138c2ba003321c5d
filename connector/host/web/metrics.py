"""What runs came to, for Prometheus: read from the store whenever it is asked, so that nothing is counted twice.

Series are bounded: a CRM, a job and a fixed word each, and never an account, a person or an address.

Units   seconds; times are seconds since 1970, as Prometheus has them
Source  Prometheus, "Metric and label naming"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connector.host.discover import job_names
from connector.host.web.site import Site
from connector.store.reads.health import OUTCOMES, STATES, Counts, LastRun, counts, last_runs

RunLabels = ["crm", "job"]
OfCrm: dict[str, tuple[str, Callable[[Counts], float | None]]] = {
    "callplan_calls_today": ("Calls that the CRM was asked today (UTC).", lambda c: c.calls),
    "callplan_calls_per_day": ("Calls that the CRM allows a day, as it last said.", lambda c: c.quota),
    "callplan_rejected_rows": ("Rows of the last claims or tiers that could not be used.", lambda c: c.rejected),
    "callplan_flags_open": ("Accounts that are flagged as going cold.", lambda c: c.flags),
    "callplan_matches_waiting": ("Unmatched records with a suggestion that waits.", lambda c: c.matches),
    "callplan_challenges_waiting": ("People's edits that wait for a manager.", lambda c: c.challenges),
    "callplan_nights_waiting": ("Nights that are due and that no worker has taken.", lambda c: c.waiting),
    "callplan_oldest_waiting_seconds": ("For how long the oldest of them has been due.", lambda c: c.waiting_seconds),
    "callplan_dead_letters": ("Records that the last push could not write.", lambda c: c.dead_letters),
}


class Runs(Collector):
    def __init__(self, site: Site) -> None:
        self.site = site

    def describe(self) -> Iterator[Metric]:
        """Nothing is read when it is registered."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        crms, now = tuple(self.site.config.value.crm), self.site.clock.now()
        with self.site.database.reading() as connection:
            runs = [one for crm in crms for one in last_runs(connection, crm, tuple(job_names()))]
            found = {crm: counts(connection, crm, now) for crm in crms}
        yield _gauge("callplan_build_info", "Which Callplan answers.", ["version"], {(version("callplan"),): 1})
        yield from _of_runs(runs)
        for name, (says, value) in OfCrm.items():
            told = {crm: value(one) for crm, one in found.items()}
            yield _gauge(name, says, ["crm"], {(crm,): one for crm, one in told.items() if one is not None})


def _of_runs(runs: list[LastRun]) -> Iterator[Metric]:
    by = {(one.crm, one.job): one for one in runs}
    started = {key: one.started.timestamp() for key, one in by.items()}
    ended = {key: one.finished.timestamp() for key, one in by.items() if one.finished}
    done = {key: one.done.timestamp() for key, one in by.items() if one.done}
    lasted = {key: (one.finished - one.started).total_seconds() for key, one in by.items() if one.finished}
    yield _gauge("callplan_last_run_started_timestamp_seconds", "When the last run began.", RunLabels, started)
    yield _gauge("callplan_last_run_ended_timestamp_seconds", "When the last run ended.", RunLabels, ended)
    yield _gauge("callplan_last_done_timestamp_seconds", "When a run last came to its end.", RunLabels, done)
    yield _gauge("callplan_last_run_seconds", "How long the last run took.", RunLabels, lasted)
    states = {(*key, state): float(one.state == state) for key, one in by.items() for state in STATES}
    yield _gauge("callplan_last_run_state", "1 at the state of the last run.", [*RunLabels, "state"], states)
    rows = {(*key, what): one.tally[what] for key, one in by.items() for what in OUTCOMES if what in one.tally}
    yield _gauge("callplan_last_run_records", "What became of records in the last run.", [*RunLabels, "what"], rows)


def _gauge(name: str, says: str, labels: list[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family
