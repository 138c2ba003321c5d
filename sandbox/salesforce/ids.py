"""Salesforce ids: 15 characters in which case counts, and 3 more that survive a tool that ignores case.

The first three characters say what the record is (001 an account, 005 a user, 00T a task, 00U an event).
The last three hold one bit for each of the fifteen: set where it is a capital letter.
"""

from __future__ import annotations

import string

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKS = string.ascii_uppercase + "012345"
_BITS = str.maketrans({digit: "1" if digit.isupper() else "0" for digit in _DIGITS})
_CHECK_OF = {f"{bits:05b}"[::-1]: check for bits, check in enumerate(_CHECKS)}  # the first of five is the lowest bit


def make(prefix: str, number: int) -> str:
    """The 18-character id of the number-th record of an object."""
    tail = ""
    for _ in range(9):
        number, digit = divmod(number, 62)
        tail = _DIGITS[digit] + tail
    short = f"{prefix}Hs0{tail}"
    return short + checksum(short)


def checksum(short: str) -> str:
    bits = short.translate(_BITS)
    return _CHECK_OF[bits[:5]] + _CHECK_OF[bits[5:10]] + _CHECK_OF[bits[10:]]


def full(text: object) -> str | None:
    """The id with its checksum, from 15 or 18 characters; None where it is no id."""
    if not isinstance(text, str) or not text.isascii() or not text.isalnum() or len(text) not in (15, 18):
        return None
    whole = text[:15] + checksum(text[:15])
    return whole if whole.startswith(text) else None
