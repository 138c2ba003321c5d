"""Where a record opens: in Lightning, under the org's own domain.

Source   the addresses that Lightning itself shows; an org's domain for the API leads on to the one for people
"""

from __future__ import annotations

from adapters.salesforce import Settings
from connector.contract import CrmId


class Pages:
    def __init__(self, settings: Settings, object: str) -> None:
        self._begins = f"{settings.base_url.rstrip('/')}/lightning/r/{object}"

    def of(self, id: CrmId) -> str | None:
        return f"{self._begins}/{id}/view"
