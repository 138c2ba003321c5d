"""What the config says of a rep's week: days, hours and slots, and where the days begin and end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from callplan.model import WeekRules

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Share = Annotated[float, Field(ge=0, le=1)]
Zip = Annotated[str, Field(pattern=r"^\d{5}$")]


def _span(text: str) -> str:
    begins, ends = span(text)
    if begins >= ends:
        raise ValueError(f'"{text}" ends before it begins. Write it as "8:30-17:00".')
    return text


def span(text: str) -> tuple[int, int]:
    """Minutes after midnight of both ends of "8:30-17:00"."""
    begins, ends = ((int(hour) * 60 + int(minute)) for hour, minute in (t.split(":") for t in text.split("-")))
    return begins, ends


Hours = Annotated[str, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d-([01]?\d|2[0-4]):[0-5]\d$"), AfterValidator(_span)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WeekVisits(Part):
    A: int = Field(45, ge=5, le=480, description="Minutes of a visit to a Tier A account.")
    B: int = Field(30, ge=5, le=480)


class Week(Part):
    """How a week is filled."""

    visits_per_day: int = Field(3, ge=1, le=20, description="At most.")
    days: tuple[Weekday, ...] = Field(("mon", "tue", "wed", "thu", "fri"), min_length=1)
    hours: Hours = Field("8:30-17:00", description="From the day's start point to its end point.")
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


class Rep(Part):
    email: str = Field(description="As the CRM knows the owner.")
    home_zip: Zip | None = Field(None, description='Where the days start, quoted: "50309".')
    part_time: float = Field(1.0, gt=0, le=1, description="Of a full week, what this rep works: 0.5 is half of it.")
