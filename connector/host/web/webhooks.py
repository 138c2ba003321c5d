"""POST /webhooks/hubspot: what the CRM says to look at is marked, and that is all.

The next night asks the CRM itself what became of it, so that an event that is lost or told twice changes nothing in the
end. An answer takes one transaction, far from HubSpot's five seconds; where the store is busy for longer, HubSpot
delivers again, as it does where too much comes in a minute. Whether somebody signed is looked at before they are
counted, so that nobody else's deliveries stand in HubSpot's way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from connector.config import settings_of
from connector.contract import Delivery, Heard, NotHeard
from connector.errors import ConnectorError
from connector.host.discover import adapters
from connector.host.web.limits import Limits, asking
from connector.host.web.site import Site

Answer = tuple[str, int, dict[str, str]]
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def routes(site: Site, limits: Limits) -> Blueprint:
    """One address for each CRM of the config whose adapter hears webhooks."""
    found, hearers = Blueprint("webhooks", __name__), _hearers(site)

    @found.post("/webhooks/<crm>")
    def webhook(crm: str) -> Answer:
        try:
            if crm not in hearers:
                raise NotHeard(404, "no such CRM here")
            heard = hearers[crm](_delivery(site, crm))
            limits.heard.take(crm)
            return _mark(site, crm, heard)
        except NotHeard as error:
            limits.not_heard.take(asking())
            site.log("not_heard", crm=crm if crm in hearers else "", status=error.status, why=error.why)
            return f"{error.why}\n", error.status, PLAIN
        except ConnectorError as error:
            site.log("not_heard", crm=crm, status=503, why=error.what)
            return "later\n", 503, PLAIN

    return found


def _hearers(site: Site) -> dict[str, Callable[[Delivery], Heard]]:
    known, config = adapters(), site.config.value

    def hearer(crm: str) -> Callable[[Delivery], Heard]:
        settings: Any = settings_of(config.connection(crm), known[crm].Settings)
        return lambda delivery: known[crm].hear(settings, delivery, site.clock.now())

    return {crm: hearer(crm) for crm in config.crm if hasattr(known[crm], "hear")}


def _delivery(site: Site, crm: str) -> Delivery:
    """Behind a proxy, the address that was called is not the one that we see."""
    query = request.query_string.decode("latin-1")
    base = (site.settings.public_url or request.url_root).rstrip("/")
    url = f"{base}/webhooks/{crm}{'?' if query else ''}{query}"
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Delivery(request.method, url, headers, request.get_data())


def _mark(site: Site, crm: str, heard: Heard) -> Answer:
    if not site.database.store(crm).marks.hear(heard.seal, heard.marks, site.clock.now()):
        raise NotHeard(409, "heard before")
    site.log("heard", crm=crm, marks=len(heard.marks))
    return "", 204, PLAIN
