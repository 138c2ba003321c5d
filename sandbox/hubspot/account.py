"""What the account says of itself: its number, its time zone, and how much of the day's calls is used.

Source   developers.hubspot.com, "Account information"
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Response

from sandbox.hubspot.kinds import PORTAL
from sandbox.hubspot.values import iso

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route


def add_routes(route: Route, hub: HubSpot) -> None:
    at = partial(route, "account-info", "account-info/v3")
    at("/details", partial(details, hub))
    at("/api-usage/daily/private-apps", partial(usage, hub))


def details(hub: HubSpot) -> Response:
    hub.ask()
    offset = hub.now().astimezone(hub.zone).strftime("%z")
    sign, minutes = (-1 if offset[0] == "-" else 1), int(offset[1:3]) * 60 + int(offset[3:5])
    return hub.answer(
        {
            "portalId": PORTAL,
            "accountType": "DEVELOPER_TEST",
            "timeZone": hub.zone.key,
            "companyCurrency": "USD",
            "additionalCurrencies": [],
            "utcOffset": f"{offset[:3]}:{offset[3:]}",
            "utcOffsetMilliseconds": sign * minutes * 60_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }
    )


def usage(hub: HubSpot) -> Response:
    hub.ask()
    told = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": hub.rates.daily,
        "currentUsage": hub.rates.used,
        "collectedAt": iso(hub.now()),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(hub.rates.midnight()),
    }
    return hub.answer({"results": [told]})
