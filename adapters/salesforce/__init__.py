"""Salesforce, by an External Client App: client credentials, or a certificate (JWT bearer).

Source   REST API Developer Guide, v67.0 (Summer '26)
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connector.contract import Clock, Crm, Drawer, Keep, Meter, Reading, Secret, unmetered


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(description="Your My Domain: https://yourcompany.my.salesforce.com")
    client_id: str = Field(description="The app's consumer key.")
    client_secret: Secret | None = Field(None, description="The app's consumer secret, for client credentials.")
    username: str | None = Field(None, description="The integration user, for a certificate.")
    private_key: Secret | None = Field(None, description="The certificate's private key: ${FILE:callplan.key}")
    audience: str | None = Field(None, description="Of the assertion, where it is not the My Domain.")
    api_version: str = Field("67.0", pattern=r"^\d\d\.0$", description="Summer '26 is 67.0.")

    @model_validator(mode="after")
    def _logs_in_one_way(self) -> Settings:
        if (self.client_secret is None) == (self.private_key is None):
            raise ValueError("Salesforce takes either client_secret, or username and private_key.")
        if (self.private_key is None) != (self.username is None):
            raise ValueError("A private_key needs the username of the integration user, and the other way round.")
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
    """The CRM behind the settings. `transport` is a requests HTTPAdapter to use instead of the network."""
    from adapters.salesforce.client import Salesforce

    return Salesforce(settings, reading, clock, meter, keep or Drawer(), transport)
