"""A company as a manager sees it in the portal."""

from __future__ import annotations

from sandbox.hubspot.owners import Owners
from sandbox.hubspot.records import Portal
from sandbox.hubspot.standard import CALL_PLAN
from sandbox.hubspot.tables import Record
from sandbox.page import View

SHOWN = [p.name for p in CALL_PLAN if p.name.startswith("hcp_")] + ["npi", "notes_last_contacted"]
SAID = ("hs_meeting_outcome", "hs_call_direction", "hs_call_status", "hs_email_direction")


def view_of(company: Record, portal: Portal, owners: Owners) -> View:
    held = {name: value or "" for name, value in company.properties.items()}
    logged = [found for key, _ in portal.links.all_of(company.key) if (found := portal.exact(*key))]
    logged.sort(key=lambda r: r.properties.get("hs_timestamp") or "", reverse=True)
    return View(
        id=company.id,
        name=held.get("name", ""),
        owner=owners.email(company.properties.get("hubspot_owner_id")),
        city=", ".join(part for part in (held.get("city"), held.get("state")) if part),
        tier=held.get("hcp_tier", ""),
        order=held.get("hcp_call_order", ""),
        next_visit=held.get("hcp_next_visit", ""),
        cold=held.get("hcp_going_cold") == "true",
        cold_reason=held.get("hcp_cold_reason", ""),
        fields=tuple((name.removeprefix("hcp_").replace("_", " "), held.get(name, "")) for name in SHOWN),
        touches=tuple(_line(record) for record in logged),
    )


def _line(record: Record) -> str:
    said = [str(record.properties[name]).lower().replace("_", " ") for name in SAID if record.properties.get(name)]
    when = (record.properties.get("hs_timestamp") or "")[:16].replace("T", " ")
    return " · ".join([when, record.kind.removesuffix("s"), *said])
