"""What the account says of its day and its limits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.conformance.hubspot.portal import ACCOUNT, OBJECTS
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

RATES = {f"x-hubspot-ratelimit-{name}" for name in ("max", "remaining", "daily", "daily-remaining")}


@asks("midnight")
def day(shop: Workshop) -> str:
    """At what hour of the account's own time zone do the day's calls come back?"""
    zone = ZoneInfo(shop.portal.ask("GET", f"{ACCOUNT}/details").said["timeZone"])
    usage = shop.portal.ask("GET", f"{ACCOUNT}/api-usage/daily/private-apps").demand(200)
    hours = {
        datetime.fromisoformat(row["resetsAt"]).astimezone(zone).strftime("%H:%M") for row in usage.said["results"]
    }
    return " and ".join(sorted(hours)).replace("00:00", "midnight") or "no usage"


@asks("all four, and none at a search")
def rates(shop: Workshop) -> str:
    """Which headers of the limits come with an answer, and which with a search?"""
    plain = shop.portal.ask("GET", f"{OBJECTS}/companies", limit=1).demand(200).headers
    search = shop.portal.ask("POST", f"{OBJECTS}/companies/search", {"limit": 1}).demand(200).headers
    listed = "all four" if plain.keys() >= RATES else f"{len(RATES & plain.keys())} of four"
    return f"{listed}, and {len(RATES & search.keys()) or 'none'} at a search"
