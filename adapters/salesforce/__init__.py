"""Salesforce, by an External Client App with client credentials.

Source   REST API Developer Guide, v67.0 (Summer '26)
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connector.contract import Clock, Crm, Meter, Reading, Secret, unmetered


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(description="Your My Domain: https://yourcompany.my.salesforce.com")
    client_id: str = Field(description="The app's consumer key.")
    client_secret: Secret = Field(description="The app's consumer secret.")
    api_version: str = Field("67.0", pattern=r"^\d\d\.0$", description="Summer '26 is 67.0.")


def connect(
    settings: Settings, reading: Reading, *, clock: Clock, meter: Meter = unmetered, transport: Any = None
) -> Crm:
    """The CRM behind the settings. `transport` is a requests HTTPAdapter to use instead of the network."""
    from adapters.salesforce.client import Salesforce

    return Salesforce(settings, reading, clock, meter, transport)
