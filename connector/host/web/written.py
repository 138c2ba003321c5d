"""Days that a form brings, as people write them."""

from __future__ import annotations

from datetime import date

from flask import request
from werkzeug.exceptions import BadRequest

from connector.host.words import day


def day_written(name: str) -> date | None:
    written = request.form.get(name, "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise BadRequest("Write the day as 2027-01-31.") from error


def last_day(today: date) -> date | None:
    """Up to which something is to hold; none: for good."""
    until = day_written("until")
    if until and until < today:
        raise BadRequest(f"{day(until)} is over. Write a day that is to come, or none.")
    return until
