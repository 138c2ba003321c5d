"""How much of what a portal may hold is used: custom properties and records.

Source   developers.hubspot.com, "Limits tracking"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from sandbox.hubspot.kinds import Kind

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

SCOPES = tuple(
    f"crm.objects.{what}.{does}" for what in ("contacts", "companies", "deals", "custom") for does in ("read", "write")
)


def add_routes(route: Route, hub: HubSpot) -> None:
    on = Tracking(hub)
    route("crm/limits", "crm/v3/limits", "/custom-properties", on.custom_properties, "GET")
    route("crm/limits", "crm/v3/limits", "/records", on.records, "GET")


class Tracking:
    def __init__(self, hub: HubSpot) -> None:
        self.hub, self.portal = hub, hub.portal

    def custom_properties(self) -> Response:
        self._admit()
        schema, most = self.portal.schema, self.portal.policy.properties_most
        used = {name: sum(p.own and not p.archived for p in some.values()) for name, some in schema.properties.items()}
        rows = [_row(schema.kinds[name], usage, most) for name, usage in used.items()]
        return self.hub.answer({"byObjectType": rows, **_overall(sum(used.values()), most * len(used))})

    def records(self) -> Response:
        self._admit()
        kinds, most = self.portal.schema.kinds.values(), self.portal.policy.records_most
        used = {kind.plural: sum(1 for _ in self.portal.all(kind.plural)) for kind in kinds}
        custom = [{**_labels(kind), "usage": used[kind.plural]} for kind in kinds if kind.custom]
        told = {"byObjectType": custom, **_overall(sum(row["usage"] for row in custom), most)}
        defined = [_row(kind, used[kind.plural], most) for kind in kinds if not kind.custom]
        return self.hub.answer({"customObjectTypes": told, "hubspotDefinedObjectTypes": defined})

    def _admit(self) -> None:
        """Any scope of records will do; scopes of definitions alone will not."""
        self.hub.admit()
        if not any(self.hub.has(scope) for scope in SCOPES):
            self.hub.need(*SCOPES)
        self.hub.count()


def _row(kind: Kind, usage: int, most: int) -> dict[str, Any]:
    return {**_labels(kind), "usage": usage, "limit": most, "percentage": 100 * usage / most}


def _labels(kind: Kind) -> dict[str, Any]:
    labels = {"singularLabel": kind.singular.capitalize(), "pluralLabel": kind.plural.capitalize()}
    return {"objectTypeId": kind.id, **labels}


def _overall(usage: int, most: int) -> dict[str, Any]:
    return {"overallUsage": usage, "overallLimit": most, "overallPercentage": 100 * usage / most}
