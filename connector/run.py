"""All that one job may touch: one CRM, its part of the store, the config, a clock and a log.

A Run is made by connector/host and handed to a recipe in jobs/. Nothing in it is global, so a test or a
simulation makes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from callplan.model import Affiliations, Closure, Market, Place, RepWeek, Source, Windows
from connector.config import Config
from connector.contract import Clock, Crm, Shape
from connector.engine.source import NO_DIAGNOSES, Laid, source_of
from connector.errors import StopForTonight
from connector.holidays import holidays_of
from connector.intake import (
    FileRead,
    Intake,
    LeaveOf,
    Registries,
    TableRead,
    add_rejects,
    read_access,
    read_inputs,
    read_leave,
    read_registries,
    read_windows,
    rejects_in,
)
from connector.mapping import Mapping
from connector.market import Sources, read_market, sources_of
from connector.roads.drives import RoadBook
from connector.roads.engines import road_book
from connector.store import Store
from connector.store.journal import Tally
from connector.store.mirror import AccountFields, Roster
from connector.store.plan import Vintage
from connector.store.sides import in_groups
from connector.sync.book import Book, keep_book
from connector.sync.compare import compare
from connector.sync.diff import Diff
from connector.sync.match import Match, match
from connector.sync.patience import Patience
from connector.sync.select import Selection
from connector.sync.territories import BY_OWNER, Territories
from connector.weeks import DaysOff, monday_of, overfull, rep_week, say_unknown, spot, team_days, windows_of
from connector.where import Where
from connector.yamlfile import Loaded

if TYPE_CHECKING:
    from connector.engine.warehouse import Warehouse


class Log(Protocol):
    """One event, past tense, with its facts: `log("pushed", written=812)`. Never a name, a note or a token."""

    def __call__(self, event: str, /, **facts: object) -> None: ...


READ_ONCE = {"intake", "warehouse", "closures", "registries", "shape", "leave", "windows"}
Made = TypeVar("Made")
Progress = Callable[[str, int], None]  # what is being counted, and how many more


@dataclass(frozen=True)
class Run:
    id: int
    config: Config
    base: Path  # the config's folder, which its relative paths start from
    mapping: Loaded[Mapping]
    store: Store
    crm: Crm
    clock: Clock
    patience: Patience
    today: date  # the first day that can still be planned
    log: Log
    progress: Progress
    territories: Territories = BY_OWNER
    selection: Selection = field(default_factory=Selection)  # the part of the plan that is written
    approve: str | None = None  # the hash of the plan that somebody approved
    approved: bool = False  # the plan has that hash: guards stand aside
    would_stop: list[str] | None = None  # in a rehearsal, what the guards said; none of them stops it
    tally: Tally = field(default_factory=dict)  # what has been done so far, for the record
    announced: list[str] = field(default_factory=list)  # what people should know of the plan before it is carried out
    kept: dict[Callable[..., Any], Any] = field(default_factory=dict)  # what was made once, by what made it
    go_on: Callable[[], None] = lambda: None  # a place where the run may end: it does, if somebody asked for it

    @cached_property
    def intake(self) -> Intake:
        """The claims, or the tiers that the team brings, read once a run; of a warehouse's, who the providers are."""
        if self.warehouse:
            return intake_of(self.warehouse)
        with rejects_in(self.base / self.config.rejected) as reject:
            return read_inputs(self.config, base=self.base, log=self.log, reject=reject)

    @cached_property
    def warehouse(self) -> Warehouse | None:
        return warehouse_of(self.config, self.base)

    @property
    def source(self) -> Source:
        """Whom to ask about the claims."""
        intake, weighs = self.intake, self.config.assess_rules().score.practice_size > 0
        sizes: Affiliations | None = self.registries.affiliations if weighs else None
        return self.warehouse or source_of(intake.claims, intake.indications, self.config.engine, sizes)

    def once(self, make: Callable[[Run], Made]) -> Made:
        """What is made of this run, made once."""
        if make not in self.kept:
            self.kept[make] = make(self)
        found: Made = self.kept[make]
        return found

    @cached_property
    def closures(self) -> tuple[Closure, ...]:
        """Who is closed to reps, on this day or another."""
        listed = self.config.assess.closed if self.config.assess else ()
        return read_access(listed, self.config.access, base=self.base, log=self.log)

    def market(self, where: Where) -> Market:
        """What is on file of the providers, as far as a filter asks."""
        return read_market(self.intake, where, self._sources(), self.registries)

    def _sources(self) -> Sources:
        return sources_of(self.config, self.base, self.log, Laid(self.config.engine, self.warehouse))

    @cached_property
    def roads(self) -> RoadBook:
        """How long drives take; what an engine said is kept in the store."""
        today, shelf = self.clock.now().date(), self.store.drives
        return road_book(self.config.roads, self.base, shelf=shelf, today=today, say=self.announce)

    @cached_property
    def registries(self) -> Registries:
        """What registries say of our accounts, read once a run, after the accounts were."""
        if not self.config.registries:
            return read_registries((), base=self.base, log=self.log)
        roster, found = self.matched()
        ours = set(roster.npi[found.rows].tolist())
        return read_registries(self.config.registries, base=self.base, log=self.log, only=ours)

    @cached_property
    def shape(self) -> Shape:
        return self.patience.keep_trying(lambda: self.crm.describe(self.mapping.value.account.object))

    @property
    def account_fields(self) -> AccountFields:
        account = self.mapping.value.account
        return AccountFields(
            account.npi,
            account.name,
            account.city,
            account.state,
            account.zip,
            account.latitude,
            account.longitude,
            in_groups(self.fields),
        )

    @property
    def fields(self) -> dict[str, str]:
        """What is written, our name to the CRM's."""
        return {ours: target.field for ours, target in self.mapping.value.targets.items()}

    def matched(self) -> tuple[Roster, Match]:
        roster = self.store.mirror.roster()
        return roster, match(roster, self.store.matches.standing().into)

    def book(self) -> Book:
        """Each account with the rep whose territory it is in."""
        roster, found = self.matched()
        aligned = self.territories.align(roster)
        return keep_book(replace(roster, owner=aligned.rep), found.rows, self.store.plan.standing(), aligned.key)

    def against_the_crm(self) -> Tally:
        """How many accounts the CRM gives to somebody else than the list of territories does, or the list to nobody."""
        if self.territories.by_owner:
            return {}
        roster, found = self.matched()
        aligned = self.territories.align(roster)
        elsewhere, nowhere = aligned.elsewhere[found.rows].sum(), (aligned.name[found.rows] == "").sum()
        return {"of_another_owner": int(elsewhere), "in_no_territory": int(nowhere)}

    @property
    def monday(self) -> date:
        """Of the week that is planned: this one until the team's last working day is over, then the next."""
        return monday_of(self.today, team_days(self.config))

    def rep_week(self, email: str) -> RepWeek:
        """The days of that week that a rep can work; none, where all of it is off."""
        rep = self.config.rep(email)
        off = DaysOff(self.holidays, (*(rep.leave if rep else ()), *self.leave.get(email.lower(), ())))
        return rep_week(self.config.week, rep, self.monday, off)

    def home(self, email: str) -> Place | None:
        """Where a rep lives, if the config says."""
        rep = self.config.rep(email)
        return spot(rep.lives) if rep else None

    def say_of_weeks(self) -> None:
        """What the config asks of the weeks and they cannot give."""
        for what in (*overfull(self.config), *say_unknown(self.config)):
            self.announce(what)

    @cached_property
    def holidays(self) -> Map[date, str]:
        """Of the week that is planned, and of the rest of its year."""
        return holidays_of(self.config.week.holidays, self.monday)

    @cached_property
    def leave(self) -> LeaveOf:
        """Of the file; what the config itself says of a rep stands there."""
        file = self.config.week.leave
        return self._used(read_leave(self.base / file)) if file else {}

    @cached_property
    def windows(self) -> Windows:
        """When accounts see reps. One that is not in it sees them at any time."""
        week = self.config.week
        listed: Windows = self._used(read_windows(self.base / week.windows)) if week.windows else {}
        accounts = self.store.mirror.roster().npi.tolist() if week.open else ()
        return windows_of(week, listed, accounts)

    def _used(self, read: TableRead[Made]) -> Made:
        """What a table says, its rejected lines told."""
        add_rejects(self.base / self.config.rejected, read.file.path.name, read.rejected)
        self.log("read_file", **read.file.told())
        if read.rejected:
            self.announce(f"{read.say_rejected()} All are in {self.config.rejected}.")
        return read.said

    def diff(self) -> Diff:
        """What the CRM would have to change to say what the plan says."""
        return compare(self.store, self.mapping.value.targets, self.shape, self.selection, self.today)

    def guard(self, stop_if: Callable[..., None], *seen: Any) -> None:
        """Let a guard look at the numbers before they are acted on."""
        if self.approved:
            return
        try:
            stop_if(*seen, self.config.guards)
        except StopForTonight as stop:
            if self.would_stop is None:
                raise
            self.would_stop.append(stop.what)

    def announce(self, what: str) -> None:
        """Say it where the plan and the night are shown, once."""
        if what not in self.announced:
            self.announced.append(what)
            self.log("announced", what=what)

    @contextmanager
    def rehearsal(self) -> Iterator[Run]:
        """The same run on a store that forgets everything at the end."""
        with self.store.rehearsal() as store:
            yield self.but(store=store, would_stop=[])

    def but(self, **changed: Any) -> Run:
        """The same run with something else in it; what was read is not read again."""
        other = replace(self, **changed)
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name in READ_ONCE})
        return other


def warehouse_of(config: Config, base: Path) -> Warehouse | None:
    if not config.warehouse:
        return None
    from connector.engine.warehouse import open_warehouse  # sqlglot takes a while to load

    return open_warehouse(config.warehouse, config.engine, base)


def intake_of(warehouse: Warehouse) -> Intake:
    """A warehouse in the words of a reading: one file that is a table, whose diagnoses stay where they are."""
    read = FileRead(
        path=Path(warehouse.settings.claims),
        layout="warehouse",
        sha256=warehouse.claims.vintage,
        rows=warehouse.rows,
        rejected=0,
        passed_over=0,
        columns=warehouse.settings.columns,
        unused=(),
        why_rejected=(),
        why_passed_over=(),
    )
    return Intake(warehouse.claims, NO_DIAGNOSES, (read,), ())


def vintage_of(intake: Intake, registries: Registries) -> Vintage:
    """The vintage as the store remembers it: rows are those of claims, files are all of them."""
    return Vintage(
        intake.claims.vintage,
        len(intake.claims.npi),
        sum(file.rows for file in intake.files),
        sum(file.rejected for file in intake.files),
        tuple(
            {
                "path": str(f.path),
                "layout": f.layout,
                "sha256": f.sha256,
                "rows": f.rows,
                "rejected": f.rejected,
                "passed_over": f.passed_over,
            }
            for f in (*intake.files, *registries.files)
        ),
        tuple({"file": r.file, "line": r.line, "reason": r.reason} for r in (*intake.rejected, *registries.rejected)),
    )
