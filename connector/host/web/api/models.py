"""What is asked and answered, as models: the views check by them, and the OpenAPI document is made of them.

Units   stamps are UTC; days are calendar days where the team is; volumes are relevant procedures in 12 months
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from connector.host.discover import job_names
from connector.store.sides import SMALLEST

Email = Annotated[str, StringConstraints(max_length=320, pattern=r"^[^\s\x00]+$")]
After = Annotated[str | None, Field(max_length=2000, description="`next` of the page before.")]


def known_job(name: str) -> str:
    if name not in job_names():
        raise ValueError(f"there is no such job. There are: {', '.join(job_names())}")
    return name


Job = Annotated[str, AfterValidator(known_job), WithJsonSchema({"type": "string", "enum": job_names()})]
Day = Annotated[date | None, Field(strict=False)]  # in JSON a text
Stamp = Annotated[datetime, Field(description="UTC.")]
State = Literal["waiting", "running", "done", "stopped", "skipped"]
Volume = Annotated[float | None, Field(description="Null where it is not known, or below `volume_below`.")]
Below = Annotated[
    int | None, Field(description=f"{SMALLEST} where there are 1 to {SMALLEST - 1}, which may point at patients.")
]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mistake(Part):
    at: str
    what: str


class Problem(Part):
    """RFC 9457: `detail` says what, `next_step` what to do about it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    next_step: str
    mistakes: list[Mistake] = []


class Crms(Part):
    crms: list[str]


class Paged(Part):
    after: After = None


class FlagsAsked(Paged):
    rep: Email | None = Field(None, description="Only accounts of this rep.")
    manager: Email | None = Field(None, description="Only flags of which this manager was told.")


class ListsAsked(Paged):
    rep: Email | None = Field(None, description="Only this rep's, as `rep` of a stop says it.")
    week: Day = Field(None, description="Only this week's; its Monday.")


class NightAsked(Part):
    job: Job = Field(description="Which job; `nightly` is all of the night.")
    scheduled: AwareDatetime | None = Field(
        None, description="For when; the same job for the same time is one night. Left out: now."
    )


class SnoozeAsked(Part):
    reason: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*\w[^\x00]*$", description="Why.")
    until: date | None = Field(None, description="Not raised again before this day; else `cold.flag.snooze_days`.")


class NightTold(Part):
    """One trigger of a job; `said` is why it was stopped or put back."""

    id: int
    crm: str
    job: str
    scheduled: Stamp
    state: State
    attempt: int
    finished: datetime | None
    said: str | None
    runs: list[int] = Field(description="The numbers of its runs, one an attempt that began.")


class RunTold(Part):
    id: int
    job: str
    today: date = Field(description="The first day that it planned for.")
    state: Literal["running", "done", "stopped", "failed", "interrupted"]
    started: datetime
    finished: datetime | None
    tally: dict[str, int]
    error: str | None = Field(description="Why it was stopped, and the next step.")


class RunsTold(Part):
    runs: list[RunTold]
    next: str | None


class FlagTold(Part):
    id: int
    npi: str
    record: str = Field(description="The CRM's id of the account.")
    rep: str
    manager: str = Field(description="Who was told when it was raised.")
    raised: date
    reason: str
    next_step: str
    last_touch: date | None
    at_risk: Volume
    volume_below: Below

    @classmethod
    def of(cls, at_risk: float | None, **facts: Any) -> Self:
        return cls(at_risk=shown(at_risk), volume_below=below(at_risk), **facts)


class FlagsTold(Part):
    flags: list[FlagTold]
    next: str | None


class SnoozeTold(Part):
    id: int
    npi: str
    snoozed_until: date


class StopTold(Part):
    npi: str
    record: str
    rep: str
    week: date = Field(description="Its Monday.")
    day: date
    slot: int = Field(description="Its place in the week's order.")
    starts: str = Field(description="By the clock where the rep is.", pattern=r"^\d\d:\d\d$")
    minutes: int
    kind: str
    drive_minutes: float | None
    roads: str = Field(description="What the minutes rest on.")


class ListsTold(Part):
    stops: list[StopTold]
    next: str | None


class AccountTold(Part):
    npi: str
    record: str
    rep: str
    tier: Literal["A", "B", "C"]
    since: date
    reason: str
    volume: Volume
    volume_below: Below
    touch_state: str | None
    relationship: str | None
    activity: str | None
    last_touch: date | None
    due_on: date | None
    flag: FlagTold | None
    stop: StopTold | None


def shown(volume: float | None) -> float | None:
    return None if below(volume) else volume


def below(volume: float | None) -> int | None:
    return SMALLEST if volume is not None and 0 < volume < SMALLEST else None
