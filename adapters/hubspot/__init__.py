"""HubSpot, by a service key, or by an app's OAuth login; its webhooks, by the app's secret.

Source   developers.hubspot.com, API reference, version 2026-09
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connector.contract import Clock, Crm, Delivery, Drawer, Heard, Keep, Meter, Reading, Secret, unmetered


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field("https://api.hubapi.com", description="Where the API is; leave it out.")
    token: Secret | None = Field(None, description="A service key: Development, Keys, Service keys.")
    client_id: str | None = Field(None, description="The app's client id, for OAuth.")
    client_secret: Secret | None = Field(
        None,
        description="The app's client secret: with a refresh_token it logs in, and webhooks are checked with it.",
    )
    refresh_token: Secret | None = Field(None, description="What the app was given when it was installed, for OAuth.")

    @model_validator(mode="after")
    def _logs_in_one_way(self) -> Settings:
        if (self.token is None) == (self.refresh_token is None):
            raise ValueError("HubSpot takes either token, or client_id, client_secret and refresh_token.")
        if self.refresh_token is not None and (self.client_id is None or self.client_secret is None):
            raise ValueError("A refresh_token needs the client_id and the client_secret of its app.")
        return self


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

    return HubSpot(settings, reading, clock, meter, keep or Drawer(), transport)


def hear(settings: Settings, delivery: Delivery, now: datetime) -> Heard:
    """What one of its webhooks says to look at."""
    from adapters.hubspot import webhooks

    return webhooks.hear(settings, delivery, now)
