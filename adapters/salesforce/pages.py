"""Where a record opens: in Lightning, under the org's own domain.

Source   Salesforce's "URL format for Lightning records" as its pages show it; an org's API domain leads to its Lightning
         domain
"""

from __future__ import annotations

from adapters.salesforce import Settings
from connector.contract import CrmId


class Pages:
    def __init__(self, settings: Settings, object: str) -> None:
        self._begins = f"{settings.base_url.rstrip('/')}/lightning/r/{object}"

    def of(self, id: CrmId) -> str | None:
        return f"{self._begins}/{id}/view"
