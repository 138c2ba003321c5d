"""Links that open a navigation program: text only, nothing is fetched.

They name the account's own point, else its address as text: the middle of a ZIP code is nowhere to drive to.

Source   Google, Maps URLs (three waypoints on phones' browsers, nine elsewhere); Apple, Map Links; RFC 5870 and
         Android's common intents for geo:; all read 2026-11-30
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from callplan.model import Place
from connector.host.week.visits import Account, Day

WAYPOINTS = 3  # so that a route opens on every device
LONGEST = 120  # of what is looked for: a link of five has about 2,000 signs at most


def google(account: Account) -> str:
    return _google({"destination": target(account), "travelmode": "driving"})


def apple(account: Account) -> str:
    return "https://maps.apple.com/?" + urlencode({"daddr": target(account), "dirflg": "d"}, quote_via=quote, safe=",")


def geo(account: Account) -> str:
    return f"geo:{target(account)}" if _known(account) else f"geo:0,0?q={quote(target(account))}"


def routes(day: Day) -> Iterator[tuple[str, str]]:
    """The day in as many parts as it takes, each with what it is called; a part begins where the last one ended."""
    ends = [_point(day.start)] if day.start else []
    names = ["start"] if day.start else []
    ends += [target(visit.account) for visit in day.visits]
    names += [str(visit.order) for visit in day.visits]
    if day.end:
        ends, names = [*ends, _point(day.end)], [*names, "end"]
    for first in range(0, max(len(ends) - 1, 1), WAYPOINTS + 1):
        part = ends[first : first + WAYPOINTS + 2]
        yield f"{names[first]} to {names[first + len(part) - 1]}", _route(part)


def _route(points: list[str]) -> str:
    asked = {"origin": points[0]} if len(points) > 1 else {}
    asked |= {"destination": points[-1], "travelmode": "driving"}
    if points[1:-1]:
        asked["waypoints"] = "|".join(points[1:-1])
    return _google(asked)


def _google(asked: dict[str, str]) -> str:
    return "https://www.google.com/maps/dir/?" + urlencode({"api": "1", **asked}, quote_via=quote, safe=",")


def target(account: Account) -> str:
    if _known(account) and account.place:
        return _point(account.place)
    return account.sought.replace("|", " ")[:LONGEST] or account.npi


def _known(account: Account) -> bool:
    return account.exact and account.place is not None


def _point(place: Place) -> str:
    return f"{place.latitude:.5f},{place.longitude:.5f}"
