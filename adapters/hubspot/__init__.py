"""HubSpot, by a service key.

Source   developers.hubspot.com, API reference, version 2026-09
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connector.contract import Clock, Crm, Keep, Meter, Reading, Secret, unmetered


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field("https://api.hubapi.com", description="Where the API is; leave it out.")
    token: Secret = Field(description="A service key: Development, Keys, Service keys.")


def connect(
    settings: Settings,
    reading: Reading,
    *,
    clock: Clock,
    meter: Meter = unmetered,
    keep: Keep | None = None,
    transport: Any = None,
) -> Crm:
    """The CRM behind the settings. `transport` is a urllib3 PoolManager to use instead of the network."""
    from adapters.hubspot.client import HubSpot

    return HubSpot(settings, reading, clock, meter, transport)
