"""What a cell may hold, by the name of our column, and what it means.

A cell that does not hold what its column asks for costs its row, with the reason; an empty cell does only where the
layout wants it filled.

Source   45 CFR 162.406 and CMS, NPI check digit: ten digits, the first a 1 or a 2, the last a Luhn check
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from callplan.model import npi_is_valid
from connector.clock import clock, span, weekdays
from connector.yamlfile import nearest

SUPPRESSED = re.compile(r"\*|#|<\s*11|suppressed", re.IGNORECASE)  # a count of fewer than 11 patients, withheld
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEVER = np.datetime64("NaT", "D")

_DATES = (
    (re.compile(r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)([ T].*)?"), "2018-04-16"),
    (re.compile(r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})"), "04/16/2018"),
    (re.compile(r"(?P<d>\d\d?)-(?P<m>[A-Za-z]{3})-(?P<y>\d{4})"), "16-Apr-2018"),
)


def count(written: str) -> float | None:
    """A number that is not negative; thousands may be set off by commas, money by a dollar sign."""
    try:
        number = float(written.replace(",", "").removeprefix("$"))
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None


def day(written: str) -> np.datetime64 | None:
    """A date as CMS writes it in one file or another, or as Excel does."""
    for pattern, _ in _DATES:
        if found := pattern.fullmatch(written):
            named = found["m"].lower()
            try:
                month = MONTHS.index(named) + 1 if named.isalpha() else int(named)
                return np.datetime64(f"{found['y']}-{month:02}-{int(found['d']):02}", "D")
            except ValueError:
                return None
    return None


def zip5(written: str) -> str:
    """Five digits: lost zeros are put back, four digits of delivery route are left out."""
    digits = re.sub(r"\D", "", written.split(".")[0])
    if not digits:
        return ""
    return digits.zfill(9)[:5] if len(digits) > 5 else digits.zfill(5)


def _npi(written: str) -> str:
    if not npi_is_valid(written):
        return "is not an NPI: ten digits with a right check digit"
    return "" if written[0] in "12" else "is a made-up NPI: those of providers begin with 1 or 2"


def _code(written: str) -> str:
    return "" if re.fullmatch(r"[A-Z0-9]{5}", written) else "is not a procedure code: five characters"


def _count(written: str) -> str:
    return "" if count(written) is not None else "is not a count"


def _amount(written: str) -> str:
    return "" if count(written) is not None else "is not an amount"


def _day(written: str) -> str:
    forms = ", ".join(form for _, form in _DATES)
    return "" if day(written) is not None else f"is not a date such as {forms}"


def _year(written: str) -> str:
    return "" if re.fullmatch(r"(19|20)\d\d", written) else "is not a year"


def _time(written: str) -> str:
    return "" if clock(written) is not None else "is not a time such as 9:00, 13:30 or 1:30 PM"


def _weekdays(written: str) -> str:
    return "" if weekdays(written) else "are no weekdays such as mon-thu, or mon,wed"


def _hours(written: str) -> str:
    try:
        span(written)
    except ValueError:
        return "are no hours from earlier to later, such as 13:00-17:00"
    return ""


def among(choices: Sequence[str]) -> Callable[[str], str]:
    """Why a cell is none of these, whatever its capitals."""
    known = {choice.casefold() for choice in choices}
    return lambda written: (
        "" if written.casefold() in known else f"is not known here. {nearest(written, choices).rstrip('.')}"
    )


FAULTS: Mapping[str, Callable[[str], str]] = {
    "npi": _npi,
    "code": _code,
    "volume": _count,
    "beneficiaries": _count,
    "size": _count,
    "payments": _count,
    "amount": _amount,
    "date": _day,
    "year": _year,
    "since": _day,
    "until": _day,
    "opens": _time,
    "closes": _time,
    "days": _weekdays,
    "hours": _hours,
    "enumerated": _day,
    "deactivated": _day,
    "reactivated": _day,
}
