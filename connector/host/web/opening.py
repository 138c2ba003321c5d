"""The page with which the day begins: a rep's week, a manager's cold accounts, an admin's runs after a bad night."""

from __future__ import annotations

from flask import url_for

from connector.host.web.site import Site
from connector.host.web.who import Role, Viewer
from connector.store.reads.runs import went_wrong


def opening(site: Site, who: Viewer) -> str:
    crms = list(site.config.value.crm)
    if who.role is Role.REP:
        return url_for("pages.week", crm=crms[0])
    if who.role is Role.ADMIN:
        with site.database.reading() as connection:
            bad = next((crm for crm in crms if went_wrong(connection, crm)), None)
        if bad:
            return url_for("pages.runs", crm=bad)
    return url_for("pages.cold", crm=crms[0])
