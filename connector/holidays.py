"""The holidays of a team, by the day on which they are kept.

Source   the PyPI package holidays (MIT): federal holidays by 5 U.S.C. 6103, kept on the Friday or Monday beside where
         they fall on a weekend; a state's are those of its offices
Errors   NeedsHuman: a country, a state or a holiday that is not known there
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from connector.errors import NeedsHuman
from connector.hours import Holidays
from connector.yamlfile import nearest

KEPT_BESIDE = " (observed)"


def holidays_of(settings: Holidays | None, monday: date) -> Mapping[date, str]:
    """Of the year or the two years in which the week lies."""
    if not settings:
        return {}
    years = {monday.year, (monday + timedelta(days=6)).year}
    worked, found = {name.casefold() for name in settings.except_}, dict[date, str]()
    for year in sorted(years):
        for day, names in _listed(settings.country.upper(), settings.state, year).items():
            if kept := [name for name in names if _plain(name).casefold() not in worked]:
                found[day] = ", ".join(kept)
    return found | settings.also


def stop_at_unknown_names(settings: Holidays | None, year: int) -> None:
    """A name under `except` that no holiday of these years has would be worked without a word."""
    if not settings:
        return
    years = [_listed(settings.country.upper(), settings.state, y) for y in (year, year + 1)]
    known = {_plain(name) for listed in years for names in listed.values() for name in names}
    for name in settings.except_:
        if name.casefold() not in {one.casefold() for one in known}:
            raise NeedsHuman(f'`except:` names "{name}", which is no holiday. {nearest(name, sorted(known))}')


def _plain(name: str) -> str:
    return name.removesuffix(KEPT_BESIDE)


@cache
def _listed(country: str, state: str | None, year: int) -> Mapping[date, tuple[str, ...]]:
    import holidays  # it takes a fifth of a second to load, and most commands ask for no week

    try:
        found = holidays.country_holidays(country, subdiv=state, years=year, language="en_US")
    except NotImplementedError as error:
        states = holidays.list_supported_countries().get(country)
        raise _unknown(country, state, states) from error
    return {day: tuple(found.get_list(day)) for day in found}


def _unknown(country: str, state: str | None, states: Sequence[str] | None) -> NeedsHuman:
    if states is None:
        return NeedsHuman(
            f'there are no holidays of "{country}".',
            next_step="Write two letters such as US under `week: holidays`, or `holidays: null` for none.",
        )
    near = nearest(str(state), list(states)) if states else "It has no states here."
    return NeedsHuman(f'"{state}" is no state of "{country}" under `week: holidays`. {near}')
