"""A CRM that lives in this process and forgets everything: the contract in its shortest form, to copy and to test with.

`transport` is the Org that it speaks for; without one it starts empty.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from connector.contract import Clock, Crm, Keep, Meter, Reading, unmetered


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def connect(
    settings: Settings,
    reading: Reading,
    *,
    clock: Clock,
    meter: Meter = unmetered,
    keep: Keep | None = None,
    transport: Any = None,
) -> Crm:
    from adapters.memory.client import Memory
    from adapters.memory.org import Org

    return Memory(reading, meter, transport or Org(clock))
