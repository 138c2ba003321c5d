"""What the config says of coverage: which touches count, after how long an account is cold, whom managers hear of."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from callplan.model import ActivityRules, ColdRules, FlagRules, GapRules, QuietModel, RelationshipRules, Tier, TouchRule
from connector.contract import Direction, Kind
from connector.yamlfile import Email


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
NO_WAY = {Kind.VISIT: "visit", Kind.NOTE: "note"}  # it has no direction in either CRM
NO_LENGTH = {Kind.EMAIL: "mail", Kind.MESSAGE: "message", Kind.NOTE: "note"}


class Touch(Part):
    """A kind of interaction that counts, and for which tiers."""

    kind: Kind
    tiers: tuple[Tier, ...] = Field((Tier.A, Tier.B, Tier.C), min_length=1)
    min_minutes: float = Field(0, ge=0)
    direction: Direction | None = None
    outcomes: tuple[Word, ...] = Field((), description="How it went, in the CRM's own words. Left out: any.")
    statuses: tuple[Word, ...] = Field((), description="Where it stands, in the CRM's own words. Left out: any.")

    @model_validator(mode="after")
    def _can_match(self) -> Self:
        if self.direction and self.kind in NO_WAY:
            raise ValueError(f"a {NO_WAY[self.kind]} has no direction, so that none would count. Take out `direction`.")
        if self.min_minutes and self.kind in NO_LENGTH:
            raise ValueError(
                f"no minutes are kept of a {NO_LENGTH[self.kind]}, so that none would count. Take them out."
            )
        return self

    def rule(self) -> TouchRule:
        way = self.direction and self.direction.value
        return TouchRule(self.kind.value, self.tiers, self.min_minutes, way, self.outcomes, self.statuses)


class Relationship(Part):
    """What comes from the account's side."""

    touches: tuple[Touch, ...] = Field(
        (
            Touch(kind=Kind.EMAIL, direction=Direction.INBOUND),
            Touch(kind=Kind.CALL, direction=Direction.INBOUND),
            Touch(kind=Kind.MESSAGE, direction=Direction.INBOUND),
            Touch(kind=Kind.CALL, min_minutes=5),
        ),
        min_length=1,
    )
    quiet_days: int = Field(90, ge=7, le=730, description="Without a word from it, an account is quiet.")
    least: int = Field(3, ge=1, description="Touches from its side, before anything is said.")
    model: QuietModel = Field(QuietModel.RECENCY, description="What tells of silence; `evaluate cold` says which does.")

    @field_validator("touches")
    @classmethod
    def _come_from_its_side(cls, touches: tuple[Touch, ...]) -> tuple[Touch, ...]:
        for touch in touches:
            if touch.direction is Direction.OUTBOUND and not touch.min_minutes:
                raise ValueError(
                    f"an outbound {touch.kind} does not come from the account's side. "
                    "Make it inbound, or a conversation by `min_minutes`."
                )
        return touches

    @model_validator(mode="after")
    def _has_a_rhythm(self) -> Self:
        if self.model is QuietModel.BG_NBD and self.least < 2:
            raise ValueError("one touch has no rhythm that bg_nbd could tell of. Write `least: 2` or more.")
        return self

    def rules(self) -> RelationshipRules:
        touches = tuple(touch.rule() for touch in self.touches)
        return RelationshipRules(touches, self.quiet_days, self.least, self.model)


class Activity(Part):
    """What the claims say of the account lately."""

    share: float = Field(0.5, gt=0, lt=1, description="Below this of the periods before, activity is down.")
    least: float = Field(30, ge=0, description="And where those let expect so many procedures.")

    def rules(self) -> ActivityRules:
        return ActivityRules(self.share, self.least)


class Flag(Part):
    """Which accounts a manager hears of, and of how many a day."""

    tiers: tuple[Tier, ...] = Field((Tier.A,), min_length=1)
    per_day: int = Field(5, ge=1, description="New flags a manager, those with the most volume at risk first.")
    snooze_days: int = Field(30, ge=1, le=365, description="Of a dismissal that says no other.")
    tasks: bool = Field(False, description="Put one task for each flag before the account's owner, in the CRM.")
    manager: Email | None = Field(None, description="E-mail of who hears of reps that name no manager of their own.")

    @field_validator("tiers")
    @classmethod
    def _have_a_cadence(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        if Tier.C in tiers:
            raise ValueError("Tier C has no cadence, so that none of its accounts goes cold. Take it out.")
        return tiers

    def rules(self) -> FlagRules:
        return FlagRules(self.tiers, self.per_day, self.snooze_days)


class Gaps(Part):
    """After how many working days without a word a log is taken for silent, and nobody for cold."""

    rep_days: int = Field(10, ge=1, description="Of one rep.")
    team_days: int = Field(3, ge=1, description="Of everybody.")

    def rules(self) -> GapRules:
        return GapRules(self.rep_days, self.team_days)


class Cold(Part):
    """Silence as a multiple of the cadence, and what is made of it."""

    due: float = Field(0.7, gt=0)
    overdue: float = 1.0
    cold: float = 1.5
    lost: float = 2.0
    touches: tuple[Touch, ...] = Field((Touch(kind=Kind.VISIT),), min_length=1)
    relationship: Relationship = Relationship()
    activity: Activity = Activity()
    flag: Flag = Flag()
    gaps: Gaps = Gaps()

    @model_validator(mode="after")
    def _grow(self) -> Self:
        if not self.due < self.overdue < self.cold < self.lost:
            raise ValueError("due, overdue, cold and lost must grow in this order. Put them in order.")
        return self

    def rules(self) -> ColdRules:
        return ColdRules(self.due, self.overdue, self.cold, self.lost, tuple(touch.rule() for touch in self.touches))
