"""What the config says of a rep's week: days, hours and slots, where the days begin and end, and when nobody works.

Units    an hour means what the clock on the rep's wall says, also in the week in which the clocks change
Errors   those of the config: hours that end before they begin, a home that is neither ZIP nor point
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from callplan.model import WeekRules
from connector.clock import Hours, Spot, Weekday
from connector.yamlfile import Day, Email

Share = Annotated[float, Field(ge=0, le=1)]
Zip = Annotated[str, Field(pattern=r"^\d{5}$")]


def _none(written: object) -> object:
    return None if written == "none" else written


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Leave(Part):
    """Days on which a rep does not work, or some hours of them."""

    since: Day
    until: Day | None = Field(None, description="The last day. Left out: it is the one day.")
    hours: Hours | None = Field(None, description="Only these of each day, such as 13:00-17:00. Left out: all day.")
    why: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until and self.until < self.since:
            raise ValueError(f"until {self.until} is before since {self.since}. Correct one of them.")
        return self

    def covers(self, day: date) -> bool:
        return self.since <= day <= (self.until or self.since)


class Holidays(Part):
    """On which nobody of the team works."""

    country: str = Field("US", description="Two letters. Of the United States: the federal holidays.")
    state: str | None = Field(None, description='Two letters, such as "IA": the list of its offices instead.')
    also: dict[Day, str] = Field({}, description="Further days, and what they are.")
    except_: tuple[str, ...] = Field((), alias="except", description="Of the list, on which the team works.")


class WeekVisits(Part):
    A: int = Field(45, ge=5, le=480, description="Minutes of a visit to a Tier A account.")
    B: int = Field(30, ge=5, le=480)


class Week(Part):
    """How a week is filled."""

    visits_per_day: int = Field(3, ge=1, le=20, description="At most.")
    days: tuple[Weekday, ...] = Field(("mon", "tue", "wed", "thu", "fri"), min_length=1)
    hours: Hours = Field("8:30-17:00", description="From the day's start point to its end point.")
    holidays: Annotated[Holidays | None, BeforeValidator(_none)] = Field(
        Holidays(), description="Those of the United States, if left out. null: none."
    )
    leave: str | None = Field(None, description="A file with email, since, until and why; relative to this config.")
    windows: str | None = Field(None, description="A file with npi, days, from and to: when accounts see reps.")
    open: Hours | None = Field(None, description="When accounts see reps that the file does not list.")
    visit_minutes: WeekVisits = WeekVisits()
    reserve_for_a: Share = Field(0.6, description="Of a day's slots, kept for Tier A until the day is near.")
    core_share: Share | None = Field(None, description="Of planned time, for Tier A. Left out: as tiers.a_share.")
    hold_minutes: int = Field(60, ge=0, le=480, description="By which a committed visit may shift within its day.")
    move_minutes: float = Field(20, ge=0, description="Of driving, that moving a planned Tier B must save.")
    detour_minutes: float = Field(60, ge=0, description="Of driving, that a Tier B visit is worth when it is due.")
    effort: int = Field(16, ge=1, le=1000, description="Rounds of the search for each account that is due.")
    appointments: bool = Field(False, description="Book each committed Tier A visit in the rep's calendar in the CRM.")

    def rules(self) -> WeekRules:
        return WeekRules(
            visits_per_day=self.visits_per_day,
            a_visit=self.visit_minutes.A,
            b_visit=self.visit_minutes.B,
            reserved=self.reserve_for_a,
            hold=self.hold_minutes,
            move_costs=self.move_minutes,
            detour=self.detour_minutes,
            effort=self.effort,
        )


class OneDay(Part):
    """Of one weekday, what differs."""

    hours: Hours | None = None
    start: Spot | None = None
    end: Spot | None = None


class Rep(Part):
    email: str = Field(description="As the CRM knows the owner.")
    home_zip: Zip | None = Field(None, description='Where the days start and end, quoted: "50309".')
    home: Spot | None = Field(None, description='The same as a point: "41.59, -93.62".')
    start: Spot | None = Field(None, description="Where they start, if not at home; a ZIP or a point.")
    end: Spot | None = Field(None, description="Where they end.")
    days: tuple[Weekday, ...] | None = Field(None, min_length=1, description="The team's, if left out.")
    hours: Hours | None = Field(None, description="The team's, if left out.")
    on: dict[Weekday, OneDay] = Field({}, description="What differs on a weekday; one that is named is worked.")
    leave: tuple[Leave, ...] = Field((), description="Beside those of the file under `week: leave`.")
    manager: Email | None = Field(None, description="E-mail of who hears of this rep's accounts going cold.")
    part_time: float = Field(1.0, gt=0, le=1, description="Of a full week, what this rep works: 0.5 is half of it.")

    @model_validator(mode="after")
    def _lives_in_one_place(self) -> Self:
        if self.home and self.home_zip:
            raise ValueError("home and home_zip are both given. Keep one.")
        return self

    @property
    def lives(self) -> str | None:
        return self.home or self.home_zip
