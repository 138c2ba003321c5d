"""Two jobs for Dagster: a night over the API, and a night by the command. Copy this and callplan_api.py into your code.

    dagster dev -f dagster_job.py

Take the one that suits: over the API Callplan runs where it lives; by the command it runs where Dagster does. Leave
Callplan's own `schedule:` out of its config then. What needs the night's result takes the output of its last op: it is
not there, and what comes after is skipped, where the night was stopped until tomorrow.
"""

import os
import shlex
import time

from callplan_api import Outcome, outcome, run_command, trigger
from dagster import Definitions, Failure, OpExecutionContext, Out, Output, RetryRequested, ScheduleDefinition, job, op

CRM = os.environ.get("CALLPLAN_CRM", "salesforce")
COMMAND = os.environ.get("CALLPLAN_COMMAND", f"callplan nightly --crm {CRM} --log json")
POLL = float(os.environ.get("CALLPLAN_POLL_SECONDS", "60"))
AGAIN = {"max_retries": 5, "seconds_to_wait": float(os.environ.get("CALLPLAN_RETRY_SECONDS", "600"))}
PERHAPS = Out(str, is_required=False)


def settle(context: OpExecutionContext, found: Outcome, why: str):
    if found is Outcome.FAIL:
        raise Failure(why, allow_retries=False)  # a person must look
    if found is Outcome.RETRY:
        raise RetryRequested(**AGAIN)
    context.log.info(why)
    if found is Outcome.DONE:
        yield Output(why)


@op
def call(context: OpExecutionContext) -> int:
    """The same run, tried again, is the same night."""
    return trigger(CRM, key=context.run.root_run_id or context.run_id)


@op(out=PERHAPS)
def watch(context: OpExecutionContext, night: int):
    found, why = outcome(CRM, night)
    while found is Outcome.WAIT:
        time.sleep(POLL)
        found, why = outcome(CRM, night)
    yield from settle(context, found, why)


@op(out=PERHAPS)
def run_night(context: OpExecutionContext):
    yield from settle(context, *run_command(*shlex.split(COMMAND)))


@op
def after_the_night(context: OpExecutionContext, said: str) -> None:
    """Whatever wants the new plan."""
    context.log.info(f"The CRM says what the plan says. {said}")


@job
def callplan_by_api() -> None:
    after_the_night(watch(call()))


@job
def callplan_by_command() -> None:
    after_the_night(run_night())


defs = Definitions(
    jobs=[callplan_by_api, callplan_by_command],
    schedules=[
        ScheduleDefinition(job=callplan_by_api, cron_schedule="15 2 * * *", execution_timezone="America/Chicago")
    ],
)
