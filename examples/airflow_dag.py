"""Two DAGs for Airflow 3: a night over the API, and a night by the command. Copy this and callplan_api.py into dags/.

Take the one that suits: over the API Callplan runs where it lives, and Airflow only waits, without holding a slot; by
the command it runs on Airflow's worker. Leave Callplan's own `schedule:` out of its config then.
"""

from __future__ import annotations

import os
import shlex
from datetime import timedelta

import pendulum
from airflow.sdk import PokeReturnValue, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from callplan_api import Outcome, outcome, run_command, trigger

CRM = os.environ.get("CALLPLAN_CRM", "salesforce")
COMMAND = os.environ.get("CALLPLAN_COMMAND", f"callplan nightly --crm {CRM} --log json")
POLL = float(os.environ.get("CALLPLAN_POLL_SECONDS", "60"))
NIGHTLY = {
    "schedule": os.environ.get("CALLPLAN_SCHEDULE", "15 2 * * *"),
    "start_date": pendulum.datetime(2026, 1, 1, tz="America/Chicago"),
    "catchup": False,  # Callplan plans the present: a night that was missed is not made up for
    "max_active_runs": 1,
}
AGAIN = {"retries": 5, "retry_delay": timedelta(seconds=float(os.environ.get("CALLPLAN_RETRY_SECONDS", "600")))}


def settle(found: Outcome, why: str) -> bool:
    """Whether it is over; what Airflow has to know otherwise is raised."""
    if found is Outcome.FAIL:
        raise AirflowFailException(why)  # no retry: a person must look
    if found is Outcome.SKIP:
        raise AirflowSkipException(why)
    if found is Outcome.RETRY:
        raise AirflowException(why)  # retried, as AGAIN says
    return found is Outcome.DONE


@dag(dag_id="callplan_by_api", **NIGHTLY)
def by_api() -> None:
    @task(**AGAIN)
    def call() -> int:
        return trigger(CRM, key=get_current_context()["run_id"])

    @task.sensor(poke_interval=POLL, timeout=6 * 60 * 60, mode="reschedule", **AGAIN)
    def watch(night: int) -> PokeReturnValue:
        return PokeReturnValue(is_done=settle(*outcome(CRM, night)))

    watch(call())


@dag(dag_id="callplan_by_command", **NIGHTLY)
def by_command() -> None:
    @task(**AGAIN)
    def night() -> None:
        settle(*run_command(*shlex.split(COMMAND)))

    night()


callplan_by_api = by_api()
callplan_by_command = by_command()
