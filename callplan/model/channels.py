"""How an account is touched: driven to, or called and written to, and what a team has set for either."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    VISIT = "visit"
    CALL = "call"
    EMAIL = "email"
    MESSAGE = "message"  # on a professional network


@dataclass(frozen=True, slots=True)
class ThinRules:
    """Which Tier B accounts are too far from any cluster to be driven to: few neighbours, and far from home."""

    minutes: float = 45.0  # of driving within which another Tier A or B account of the rep is a neighbour
    neighbours: int = 2  # fewer than so many; 0: no region is thin
    from_home: float = 60.0  # and farther than so many minutes from where the rep's days start


@dataclass(frozen=True, slots=True)
class ChannelRules:
    every_days: int = 30  # between two touches of a Tier B account, of whatever kind
    turns: tuple[Channel, ...] = (Channel.CALL, Channel.EMAIL, Channel.MESSAGE)  # after the last comes the first
    thin: ThinRules = ThinRules()
