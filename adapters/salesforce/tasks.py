"""A task for the owner of an account, put and closed as appointments are (booking.py).

It begins with the org's own first status and is closed as Completed; whatever a person sets in between stays.

Source   Object Reference v67.0, Task
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.salesforce.booking import LONGEST, Form
from connector.contract import Result, Tasks, Todo
from connector.errors import NeedsHuman

CLOSED = "Completed"


def form_of(tasks: Tasks) -> Form[Todo]:
    return Form(tasks.object, tasks.key, Result.DONE, _values)


def _values(one: Todo) -> dict[str, Any]:
    told = {"Subject": one.subject[:LONGEST], "ActivityDate": one.due.isoformat()}
    return {**told, "Status": CLOSED} if one.done else told


def demand_closing(described: Mapping[str, Any]) -> None:
    """Errors   NeedsHuman: the org has no such status, and would take the word without closing anything"""
    statuses = [o["value"] for f in described["fields"] if f["name"] == "Status" for o in f["picklistValues"]]
    if CLOSED not in statuses:
        raise NeedsHuman(
            f"Task.Status has no value {CLOSED}, with which Callplan closes a task.",
            next_step="Add it in Setup, Task Status, as a closed one; or set cold.flag.tasks: false.",
        )
