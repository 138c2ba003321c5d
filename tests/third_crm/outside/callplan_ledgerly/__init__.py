"""Ledgerly, a CRM that does not exist, as a stranger's package brings it.

Source   CONTRIBUTING.md, "Add a CRM in one folder"; tests/third_crm/server.py is its documentation
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connector.contract import Clock, Crm, Keep, Meter, Reading, Secret, unmetered


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(description="Where your Ledgerly is.")
    key: Secret = Field(description="The integration's key.")


def connect(
    settings: Settings,
    reading: Reading,
    *,
    clock: Clock,
    meter: Meter = unmetered,
    keep: Keep | None = None,
    transport: Any = None,
) -> Crm:
    from .client import Ledgerly

    return Ledgerly(settings, reading, clock, meter)
