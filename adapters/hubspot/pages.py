"""Where a record opens: the portal's number and address, asked once and kept.

Every login may ask that of its own portal; no scope is documented for it. A portal that does not tell has no pages, and
nothing else stops for it.

Source   developers.hubspot.com, "Account information" (2026-09). The address of a record is in no documentation: it is
         what the portal's own pages show
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cached_property

from adapters.hubspot import Settings
from adapters.hubspot.reader import read
from adapters.hubspot.setup import TYPE_IDS
from adapters.hubspot.wire import Wire
from connector.contract import CrmId, Keep
from connector.errors import ConnectorError

DRAWER = "portal"


class Pages:
    def __init__(self, wire: Wire, keep: Keep, settings: Settings, object: str) -> None:
        self._wire, self._keep, self._type = wire, keep, TYPE_IDS.get(object, object)
        secret = settings.token or settings.refresh_token
        told = f"{settings.base_url}\n{secret.reveal() if secret else ''}"
        self._login = hashlib.sha256(told.encode()).hexdigest()[:16]  # another login may be another portal's

    def of(self, id: CrmId) -> str | None:
        begins = self._kept or self._asked
        return f"{begins}/record/{self._type}/{id}" if begins and "-" in self._type else None

    @cached_property
    def _kept(self) -> str | None:
        kept = json.loads(self._keep.get(DRAWER) or "{}")
        return kept["page"] if kept.get("login") == self._login else None

    @cached_property
    def _asked(self) -> str | None:
        """Not twice in one process, also where it was not told."""
        with suppress(ConnectorError):
            told = read(self._wire, "GET", "account")
            page = f"https://{told.get('uiDomain') or 'app.hubspot.com'}/contacts/{told['portalId']}"
            self._keep.put(DRAWER, json.dumps({"login": self._login, "page": page}))
            return page
        return None
