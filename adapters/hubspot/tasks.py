"""A task for the owner of an account, put and closed as appointments are (booking.py).

It begins as not started and is closed as completed; whatever a person sets in between stays. It is due at noon UTC,
which is the same day from Honolulu to Tokyo.

Source   developers.hubspot.com, "Tasks" (2026-09): hs_timestamp is the due date. That tasks take a property with unique
         values, no documentation says
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from adapters.hubspot.booking import Form
from adapters.hubspot.fields import literal
from connector.contract import Result, Tasks, Todo

CLOSED, BEGINS = "COMPLETED", {"hs_task_status": "NOT_STARTED", "hs_task_type": "TODO"}


def form_of(tasks: Tasks) -> Form[Todo]:
    return Form(tasks.object, tasks.key, Result.DONE, _values, BEGINS)


def _values(one: Todo) -> dict[str, Any]:
    due = literal(datetime.combine(one.due, time(12), UTC))
    told = {"hs_timestamp": due, "hs_task_subject": one.subject}
    return {**told, "hs_task_status": CLOSED} if one.done else told
