"""What the config says of touches between visits: how often, by what, and where they take the place of visits."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from callplan.model import Channel, ChannelRules, ThinRules


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Thin(Part):
    """Where a Tier B account is called and written to instead of driven to: all three must hold."""

    minutes: float = Field(45, gt=0, description="Of driving, within which another account of the rep is a neighbour.")
    neighbours: int = Field(2, ge=0, description="Fewer than so many. 0: no region is thin.")
    from_home: float = Field(60, ge=0, description="Farther than so many minutes from where the rep's days start.")


class Touching(Part):
    """How Tier B is touched between its visits."""

    every_days: int = Field(30, ge=1, le=366, description="From a touch of any kind to the next.")
    turns: tuple[Channel, ...] = Field(
        (Channel.CALL, Channel.EMAIL, Channel.MESSAGE), min_length=1, description="Which channel follows which."
    )
    thin: Thin = Thin()

    @field_validator("turns")
    @classmethod
    def _are_lighter(cls, turns: tuple[Channel, ...]) -> tuple[Channel, ...]:
        if Channel.VISIT in turns or len(set(turns)) < len(turns):
            raise ValueError("turns are call, email and message, each once at most. Take out what is not.")
        return turns

    def rules(self) -> ChannelRules:
        return ChannelRules(self.every_days, self.turns, ThinRules(**self.thin.model_dump()))
