"""Everything else that can be set: config.yaml, one file, every key with a default that the field uses.

Which settings reach a CRM is the adapter's own affair: `read_config` is given their models and checks each CRM
of the file against its own.

Errors   NeedsHuman: all problems of the file at once, each at its line
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as Map
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from callplan.model import (
    AssessRules,
    Cadence,
    ColdRules,
    CompetitorRules,
    Event,
    Npi,
    ScoreRules,
    SignalRules,
    TierRules,
)
from callplan.model import Family as CodeFamily
from connector.brought import AccessList, Carry, Closed, Competitors, ReadyMade
from connector.contract import Resolved
from connector.coverage import Cold
from connector.cycle import CycleSettings
from connector.hours import Rep, Week
from connector.mapping import Mapping
from connector.serving import Retention, Web
from connector.telling import Recipient, Smtp, wrong_with
from connector.touches import Touching
from connector.where import Where
from connector.yamlfile import Loaded, read_yaml

PASSWORD = re.compile(r"://[^/@]*:[^/@]+@")
SERVER = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
Share = Annotated[float, Field(ge=0, le=1)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{5}(-[A-Z0-9]{5})?$")]
Category = Annotated[str, Field(pattern=r"^[A-Z][0-9][A-Z0-9]$")]
Zip = Annotated[str, Field(pattern=r"^\d{5}$")]
ZipOrPrefix = Annotated[str, Field(pattern=r"^\d{3}(\d{2})?$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimsSource(Part):
    """Where claims come from. Several files of one download may share an entry through * in the path."""

    path: str = Field(description="A file, or a pattern such as claims/*.csv; relative to this config.")
    layout: str | None = Field(None, description="Which layout it has. Found from the header if left out.")
    columns: dict[str, str] = Field({}, description="Ours to theirs, for a file of your own.")
    sheet: str | None = Field(None, description="Which sheet of an Excel workbook, if several hold tables.")
    years: float | None = Field(None, gt=0, description="Over how many years its counts run.")
    carry: Carry = Field({}, description="Further columns that go to the CRM: a name of yours to theirs.")


class Family(Part):
    """Procedures that count as one line of business."""

    name: str
    codes: tuple[Code, ...] = Field(min_length=1, description='Codes or ranges, quoted: "92920-92944".')
    weight: float = Field(1.0, ge=0.001, le=1000, description="What one of them counts, in thousandths at the finest.")


class Diagnoses(Part):
    """For what it must have been done; only claim lines say that."""

    codes: tuple[Category, ...] = Field(min_length=1, description='Categories of ICD-10, quoted: "I48".')
    min_share: Share = Field(0.1, description="Of the relevant volume with a diagnosis, that under these.")


class Score(Part):
    """How much each part of the score counts, as a share of their sum."""

    volume: float = Field(1.0, ge=0)
    diagnosis: float = Field(0, ge=0, description="Volume under the listed diagnoses.")
    practice_size: float = Field(0, ge=0, description="Clinicians of the practice.")

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if not self.volume + self.diagnosis + self.practice_size:
            raise ValueError("nothing counts: all weights are 0. Give one of them a weight.")
        return self


class Assess(Part):
    families: tuple[Family, ...] = Field(min_length=1, description="What is relevant.")
    specialties: tuple[str, ...] = Field((), description="Only these, as the claims spell them. Empty: all.")
    volume_floor: float = Field(11, ge=0, description="Fewer relevant procedures a year than this is Tier C.")
    closed: tuple[Closed, ...] = Field((), description="Providers to whom reps have no access.")
    competitors: Competitors | None = Field(None, description="Makers whose reported payments are told.")
    where: Where | None = Field(None, description="Only these: as `callplan find` looks for them. Empty: all.")
    diagnoses: Diagnoses | None = None
    score: Score = Score()

    @model_validator(mode="after")
    def _weighs_what_is_listed(self) -> Self:
        if self.score.diagnosis and not self.diagnoses:
            raise ValueError("score.diagnosis has a weight, and no diagnoses are listed. List them in `diagnoses:`.")
        return self


class EngineSettings(Part):
    """DuckDB, which sums the claims in this process."""

    memory: str = Field("400MB", pattern=r"^\d+(MB|GB)$", description="Beyond it DuckDB goes to disk.")
    threads: int | None = Field(None, ge=1, description="As many as there are cores, if left out.")


class Warehouse(Part):
    """Claims that stand in a database, asked there: at most one row a provider comes back."""

    url: SecretStr = Field(description="As SQLAlchemy writes it; sc:// for Spark Connect; duckdb:// for Parquet.")
    claims: str = Field(description="A table or view such as marts.claims, one row a provider and procedure.")
    providers: str | None = Field(None, description="One row a provider. Without it: those of the claims.")
    columns: dict[str, str] = Field({}, description="Ours to theirs, where they differ.")

    @field_validator("url", mode="before")
    @classmethod
    def _holds_no_password(cls, url: object) -> object:
        if isinstance(url, str) and not isinstance(url, Resolved) and PASSWORD.search(url):
            raise PydanticCustomError("secret_literal", "a secret must not be written into the file")
        return url


class VisitMinutes(Part):
    A: float = Field(45, gt=0)
    B: float = Field(30, gt=0)


class Workload(Part):
    """What a rep's week holds, by the hour."""

    hours_per_week: float = Field(30, gt=0, le=80, description="In the field.")
    visit_minutes: VisitMinutes = VisitMinutes()
    travel_minutes: float = Field(30, ge=0, description="To one visit, on average.")


class Tiers(Part):
    visits_per_week: float = Field(12, gt=0, le=100, description="What one rep can do.")
    workload: Workload | None = Field(None, description="The same by the hour, where visits differ in length.")
    utilization: float = Field(0.85, gt=0, le=1, description="Of those, planned; the rest is for the unplanned.")
    a_share: Share = Field(0.6, description="Of the planned visits, for Tier A.")
    band: float = Field(0.2, ge=0, le=0.5, description="In at rank K(1-band), out at K(1+band).")
    a_accounts: int | None = Field(None, ge=0, description="Tier A accounts a rep, whatever fits the week.")
    b_accounts: int | None = Field(None, ge=0, description="The same for Tier B.")
    dwell_days: int = Field(60, ge=0, le=730, description="A tier stands so long, unless something hard happens.")
    max_changes: Share = Field(0.1, description="Of the accounts a rep can hold, those that may change tier ...")
    changes_days: int = Field(28, ge=1, le=365, description="... within so many days. The rest wait their turn.")


class CadenceDays(Part):
    A: int = Field(30, ge=7, le=730, description="Days between visits to a Tier A account.")
    B: int = Field(90, ge=7, le=730)


class Signals(Part):
    """What has moved from one vintage to the next, when it counts, and for how long."""

    volume_share: Share = Field(0.3, description="By which a volume moves, of the larger of the two.")
    volume_least: float = Field(30, ge=0, description="And by so many procedures a year.")
    open_days: int = Field(90, ge=1, description="How long a signal nominates, or waits for review.")
    hard: tuple[Event, ...] = Field(
        (Event.DEACTIVATED, Event.PRACTICE_LOCATION_CHANGED), description="For which no band holds a tier."
    )


class Territory(Part):
    """A part of the map, and who works it."""

    name: str = Field(min_length=1)
    rep: str | None = Field(None, description="E-mail, as the CRM knows owners. Left out: nobody, and no call list.")
    zips: tuple[ZipOrPrefix, ...] = Field((), description='ZIPs and their first three digits, quoted: "50309", "503".')
    counties: tuple[str, ...] = Field((), description='County and state: "Polk, IA".')


class TerritoryRules(Part):
    """Whose account it is."""

    by: Literal["owner", "list"] = Field("owner", description="The account's owner in the CRM, or the list.")
    list: tuple[Territory, ...] = Field((), description="The most specific of its entries has the account.")
    file: str | None = Field(
        None, description="A table of ZIPs or NPIs and their territories; relative to this config."
    )

    @model_validator(mode="after")
    def _has_some(self) -> Self:
        if self.by == "list" and not self.list and not self.file:
            raise ValueError("by: list needs a list or a file of territories. Add one, or write by: owner.")
        return self


class Speeds(Part):
    """Of the estimate, in miles an hour."""

    town_mph: float = Field(25, gt=0, le=100, description="Over the first 5 miles of a drive.")
    county_mph: float = Field(45, gt=0, le=100, description="Up to 25 miles.")
    highway_mph: float = Field(60, gt=0, le=100, description="Beyond.")


class RoadSettings(Part):
    """Who knows how long a drive takes; whatever fails, the estimate takes its place and says so."""

    engine: Literal["estimate", "osrm", "valhalla", "table"] = Field("estimate", description="Whom to ask.")
    url: str | None = Field(None, description="Of a running OSRM or Valhalla server, such as http://localhost:5000.")
    data: str | None = Field(None, description="OSRM in this process: what `callplan roads build` made.")
    path: str | None = Field(None, description="A table with from, to, minutes and miles; relative to this config.")
    circuity: float = Field(1.3, ge=1, le=3, description="Road miles for each mile of great-circle distance.")
    speeds: Speeds = Speeds()
    timeout_seconds: float = Field(30, gt=0, le=600, description="To wait for one answer of a server.")
    keep_days: int = Field(30, ge=0, le=365, description="Before a server is asked again about the same two places.")

    @field_validator("url")
    @classmethod
    def _is_a_server(cls, url: str | None) -> str | None:
        if url is not None and not SERVER.fullmatch(url):
            raise ValueError(
                f'"{re.sub("//.*@", "//...@", url)}" is no address of a server. Write http:// or https://, host and '
                "port, without a login or a query."
            )
        return url

    @model_validator(mode="after")
    def _has_what_its_engine_needs(self) -> Self:
        takes = {"estimate": (), "osrm": ("url", "data"), "valhalla": ("url",), "table": ("path",)}[self.engine]
        given = [name for name in ("url", "data", "path") if getattr(self, name) is not None]
        if wrong := [name for name in given if name not in takes]:
            raise ValueError(f"{wrong[0]} does not go with engine: {self.engine}. Take it out, or name its engine.")
        if takes and len(given) != 1:
            raise ValueError(f"engine: {self.engine} wants {' or '.join(takes)}{', one of them' * (len(takes) > 1)}.")
        return self


class Guards(Part):
    """Numbers that stop a night before its first write."""

    min_input_share: Share = Field(0.7, description="Providers in the claims, and rows of a file, against the last.")
    max_input_growth: float = Field(3, gt=1, description="Rows of a file, as a multiple of the last vintage's.")
    min_matched_share: Share = Field(0.5, description="Accounts with a usable NPI, of all accounts.")
    max_tier_moves: Share = Field(0.2, description="Accounts that change tier in one night.")
    max_blanked_rows: int = Field(10, ge=0, description="Records with a lasting field emptied; or the share below.")
    max_blanked_share: Share = 0.01
    max_overwritten_rows: int = Field(10, ge=0, description="Records with values replaced that Callplan did not write.")
    max_overwritten_share: Share = 0.01
    max_territory_moves: Share = Field(0.5, description="Of a territory's accounts, those that change tier.")
    max_a_loss: Share = Field(0.3, description="Of the Tier A accounts, those that are Tier A no more.")
    max_match_drop: Share = Field(0.05, description="By how much the share of accounts with a usable NPI may drop.")
    max_cancelled_share: Share = Field(0.5, description="Of the visits booked ahead, those cancelled in one night.")
    quota_share: Share = Field(0.25, description="Of the CRM's calls of a day, those that Callplan may make.")
    quota_reserve: Share = Field(0.2, description="Of the CRM's calls of a day, those left for other applications.")


class Connection(Part):
    """How to reach one CRM: its mapping, and what its adapter needs."""

    model_config = ConfigDict(extra="allow", frozen=True)
    mapping: str = Field(description="Path of the mapping, relative to this config.")


DECIDE_NOTHING = {
    "crm",
    "store",
    "audit",
    "rejected",
    "guards",
    "schedule",
    "web",
    "retention",
    "engine",
    "smtp",
    "tell",
}


class Config(Part):
    store: str = Field("sqlite:///callplan.db", description="SQLAlchemy URL; sqlite:/// or postgresql+psycopg://.")
    audit: str = Field("callplan.audit.jsonl", description="The audit log, relative to this config.")
    rejected: str = Field(
        "callplan.rejected.jsonl", description="Rows that a run could not use; relative to this file."
    )
    time_zone: str = Field("America/New_York", description="Of the territory: when a day begins.")
    crm: dict[str, Any] = Field(description="The CRMs to write to.")
    claims: tuple[ClaimsSource, ...] = Field((), description="Where claims come from.")
    warehouse: Warehouse | None = Field(None, description="In place of claims: those that stand in a database.")
    engine: EngineSettings = EngineSettings()
    assess: Assess | None = Field(None, description="Who deserves a rep's time at all, by claims.")
    registries: tuple[ClaimsSource, ...] = Field((), description="NPPES, clinicians, facilities, Open Payments.")
    ready_made: ReadyMade | None = Field(None, description="Tiers of your own, in place of claims and assess.")
    access: tuple[AccessList, ...] = Field((), description="Files of providers to whom reps have no access.")
    tiers: Tiers = Tiers()
    cadence: CadenceDays = CadenceDays()
    cold: Cold = Cold()
    cycle: CycleSettings = CycleSettings()
    signals: Signals = Signals()
    week: Week = Week()
    channel: Touching = Touching()
    reps: tuple[Rep, ...] = ()
    territories: TerritoryRules = TerritoryRules()
    roads: RoadSettings = RoadSettings()
    guards: Guards = Guards()
    web: Web | None = Field(None, description="Pages, API and webhooks, answered by `callplan serve`.")
    retention: Retention = Retention()
    smtp: Smtp | None = Field(None, description="The mail server for the morning digest.")
    tell: tuple[Recipient, ...] = Field((), description="Who is told each morning of what has changed.")
    schedule: dict[str, str] = Field(
        {"nightly": "0 2 * * *"},
        description="Job to cron line, in the time zone above, for `callplan serve`; cron itself needs none of it.",
    )

    @field_validator("tell")
    @classmethod
    def _can_be_told(cls, tell: tuple[Recipient, ...], known: ValidationInfo) -> tuple[Recipient, ...]:
        if {"smtp", "reps", "cold"} - known.data.keys():
            return tell  # what is wrong there is told there, and nothing that follows from it
        named = (known.data["cold"].flag.manager, *(rep.manager for rep in known.data["reps"]))
        managers = {name.lower() for name in named if name}
        if problem := wrong_with(tell, known.data["smtp"], managers):
            raise ValueError(problem)
        return tell

    @field_validator("schedule")
    @classmethod
    def _are_cron_lines(cls, lines: dict[str, str]) -> dict[str, str]:
        for job, line in lines.items():
            try:
                CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))
            except CronSimError as error:
                raise ValueError(f'{job}: "{line}" is no cron line ({error}); "0 2 * * *" is one.') from error
        return lines

    @field_validator("reps")
    @classmethod
    def _are_told_apart(cls, reps: tuple[Rep, ...]) -> tuple[Rep, ...]:
        emails = [rep.email.lower() for rep in reps]
        if twice := sorted({email for email in emails if emails.count(email) > 1}):
            raise ValueError(f"{twice[0]} stands here twice. Keep one entry a rep.")
        return reps

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f'"{name}" is no time zone. Write one such as America/Chicago.')
        return name

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        if self.claims and self.warehouse:
            raise ValueError("claims and warehouse are both given. Keep the one in which the claims are.")
        there = {"claims": self.claims or self.warehouse, "assess": self.assess}
        lacks = [name for name, given in there.items() if not given]
        if lacks and not self.ready_made:
            raise ValueError(
                f'"{lacks[0]}" is missing. Add it, or `ready_made:` with tiers of your own; '
                "config.example.yaml shows how."
            )
        return self

    def rules(self) -> str:
        """Which rules decide: a hash of all of the config but how to reach CRMs and store."""
        told = self.model_dump_json(exclude=DECIDE_NOTHING)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def rep(self, email: str) -> Rep | None:
        return next((rep for rep in self.reps if rep.email.lower() == email.lower()), None)

    def manager(self, email: str) -> str:
        """Who hears of this rep's accounts, in small letters; "" where nobody is named: all are one manager's."""
        rep = self.rep(email)
        return ((rep.manager if rep else None) or self.cold.flag.manager or "").lower()

    def connection(self, crm: str) -> Connection:
        found: Connection = self.crm[crm]
        return found

    @property
    def where(self) -> Where | None:
        return self.assess.where if self.assess else None

    def assess_rules(self, closed: tuple[tuple[Npi, str], ...] = ()) -> AssessRules:
        """`closed` are those who are closed on the night's day, and why; nobody, where no plan is made."""
        if not self.assess:
            return AssessRules((), closed=closed)
        families = tuple(CodeFamily(family.name, family.codes, family.weight) for family in self.assess.families)
        listed, score = self.assess.diagnoses, ScoreRules(**self.assess.score.model_dump())
        diagnoses, share = (listed.codes, listed.min_share) if listed else ((), 0.0)
        floor = self.assess.volume_floor
        return AssessRules(families, self.assess.specialties, floor, closed, diagnoses, share, score)

    def competitor_rules(self) -> CompetitorRules | None:
        asked = self.assess and self.assess.competitors
        return CompetitorRules(asked.makers, asked.years, asked.gate) if asked else None

    def tier_rules(self) -> TierRules:
        tiers, by_hour = self.tiers, self.tiers.workload
        found = TierRules(
            week=tiers.visits_per_week,
            utilization=tiers.utilization,
            a_share=tiers.a_share,
            band=tiers.band,
            cadence=Cadence(self.cadence.A, self.cadence.B),
            a_accounts=tiers.a_accounts,
            b_accounts=tiers.b_accounts,
            part_time=tuple((rep.email.lower(), rep.part_time) for rep in self.reps),
            dwell_days=tiers.dwell_days,
            changes_share=tiers.max_changes,
            changes_days=tiers.changes_days,
        )
        if not by_hour:
            return found
        a, b = (minutes + by_hour.travel_minutes for minutes in (by_hour.visit_minutes.A, by_hour.visit_minutes.B))
        return replace(found, unit="minutes", week=by_hour.hours_per_week * 60, a_visit=a, b_visit=b)

    def cold_rules(self) -> ColdRules:
        return self.cold.rules()

    def signal_rules(self) -> SignalRules:
        return SignalRules(self.signals.volume_share, self.signals.volume_least, self.signals.hard)

    @property
    def core_share(self) -> float:
        """Of the planned time, what is to go to Tier A: what the tiers were cut by, unless the week says otherwise."""
        return self.tiers.a_share if self.week.core_share is None else self.week.core_share

    def decisive_days(self) -> int:
        """How far back the touch state of an account is decided: older silence is all the same."""
        return ceil(max(self.cadence.A, self.cadence.B) * self.cold.lost)


def read_config(path: Path, adapters: Map[str, type[BaseModel]]) -> Loaded[Config]:
    """The config, with each CRM's settings as its adapter wants them; a relative SQLite path made whole."""
    loaded = read_yaml(path, _model(adapters))
    crms = {name: found for name in adapters if (found := getattr(loaded.value.crm, name, None))}
    store = _beside(loaded.value.store, path.parent)
    return Loaded(loaded.value.model_copy(update={"crm": crms, "store": store}), path, loaded.tree)


def settings_of(connection: Connection, model: type[BaseModel]) -> Any:
    """What the adapter asked for, without what is ours."""
    return model(**{name: getattr(connection, name) for name in model.model_fields})


def write_schemas(folder: Path, adapters: Map[str, type[BaseModel]]) -> list[Path]:
    """The JSON Schemas that editors complete YAML by."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, model in (("config", _model(adapters)), ("mapping", Mapping)):
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(model.model_json_schema(), indent=2) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _model(adapters: Map[str, type[BaseModel]]) -> type[Config]:
    """The config's model with one key for each adapter under `crm`."""
    connections: dict[str, Any] = {
        name: (
            create_model(f"{name.title()}Connection", __base__=(Connection, settings), __module__=__name__) | None,
            None,
        )
        for name, settings in adapters.items()
    }
    crms = create_model("Crms", __base__=Part, __module__=__name__, **connections)
    found: type[Config] = create_model("Config", __base__=Config, __module__=__name__, crm=(crms, ...))
    return found


def _beside(url: str, folder: Path) -> str:
    head, slashes, file = url.partition("sqlite:///")
    if not slashes or not file or Path(file).is_absolute():
        return url
    return f"{head}{slashes}{(folder / file).resolve()}"
