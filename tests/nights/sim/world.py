"""A small territory, people who work in the CRM between nights, and nights that may go wrong.

Everything is decided by the story: two worlds of one story differ only by their faults.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

import adapters.hubspot
import adapters.salesforce
from connector.config import settings_of
from connector.contract import Crm, Keep, Meter
from connector.errors import ConnectorError, StopForTonight, TryAgain
from connector.host.discover import job
from connector.host.log import silent
from connector.host.open import Parts, begin_run
from connector.mapping import reading
from connector.store import Database, Store, open_database
from sandbox.hubspot import HubSpot
from sandbox.salesforce import Salesforce
from sandbox.salesforce.errors import Refused
from sandbox.wire import Wire
from sandbox.world import Provider
from tests.conftest import TODAY, StillClock
from tests.nights.sim import people
from tests.nights.sim.faults import Died, Faults
from tests.nights.sim.ground import FEED_STOPS, Ground, Knobs
from tests.nights.sim.rows import rows_of
from tests.nights.sim.watch import Seen, look_at_rows
from tests.nights.sim.wires import Line, PoolLine, RequestsLine

POISONED = 3  # the provider whose account a validation rule lets nobody save
TRIES = 60  # how often a night is started before it counts as stuck
AFTER_A_BAD_NIGHT = timedelta(hours=25)


class Stuck(Exception):
    """A night that does not end, however often it is started."""


@dataclass
class Process:
    """One start of a night, and how it ended."""

    run: int | None = None
    ended: str = "died"  # done, stopped, died; refused, or ran beside another
    overtaken: bool = False
    line: Line | None = None
    lines: range = range(0)  # of the CRM's history, from its start to its end


@dataclass
class World:
    ground: Ground
    crm: str
    clock: StillClock
    vendor: Any
    wire: Wire
    database: Database
    knobs: Knobs
    faults: Faults
    seed: int = 7  # of what people do in the middle of this night
    today: date = TODAY
    claims: str = "usual"
    starts: int = 0  # of this night so far
    deaths: int = 0
    stops: int = 0
    processes: list[Process] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    met: Counter[str] = field(default_factory=Counter)  # how much each law had to look at
    restored: bool = False
    restored_on: date | None = None
    quiet_since: int = 0  # calls that were made before the last undisturbed night
    loading: Provider | None = None
    anchored: int = 0  # bytes of the audit log at the last commit
    audit_size: int | None = None  # and when our process died

    @property
    def announcing(self) -> bool:
        """The audit log has lines that the store does not know of yet: the next commit is the moment of a change."""
        return self.audit.exists() and self.audit.stat().st_size > self.anchored

    def __post_init__(self) -> None:
        self.faults.on_death = self._die
        self.happens: dict[str, Callable[[Line], object]] = {
            "log_out": lambda _line: self.vendor.expire_tokens(),
            "spend_quota": lambda _line: self._spend_quota(),
            "person": lambda line: self.work_late(writing=line.writing),
            "overtaken": self._overtake,
            "rival": lambda line: None if line.overtaken else self._begin_a_second(),  # else there is one already
        }

    @property
    def audit(self) -> Path:
        assert self.database.audit
        return self.database.audit

    @property
    def file(self) -> Path:
        return Path(str(self.database.engine.url.database))

    @property
    def store(self) -> Store:
        return self.database.store(self.crm)

    def owned(self) -> dict[str, str]:
        """Ours to theirs."""
        return {ours: target.field for ours, target in self.mapping.value.fields.items()}

    @property
    def mapping(self) -> Any:
        return self.ground.mappings[self.crm, self.knobs.policy]

    @property
    def config(self) -> Any:
        return self.ground.configs[self.claims]

    # Nights

    def night(self, faults: dict[int, str] | None = None, claims: str = "usual") -> int:
        """One night, started again as often as it takes; how many starts that were. A bad feed may stop it for good."""
        self.faults.begin(faults)
        self.claims, began = claims, len(self.vendor.history)
        for start in range(1, TRIES + 1):
            self.starts = start
            ended = self.start()
            if ended == "done" or (claims in FEED_STOPS and ended == "stopped for tonight"):
                break
            self.clock.sleep(AFTER_A_BAD_NIGHT.total_seconds())
            people.end_load(self)
        else:
            raise Stuck(f"the night does not end: {self.faults.told}")
        if claims in FEED_STOPS:
            self.seen.bad_nights.append((began, len(self.vendor.history), claims))
        self.claims = "usual"
        return self.starts

    def start(self) -> str:
        """One process; how it ended."""
        self._come_back()
        process, began = Process(), len(self.vendor.history)
        self.processes.append(process)
        try:
            self._run(process)
            process.ended = "done"
        except Died:
            self.deaths += 1
        except (ConnectorError, OperationalError) as error:
            self.stops += 1
            process.ended = "stopped for tonight" if isinstance(error, StopForTonight) else "stopped"
        process.lines = range(began, len(self.vendor.history))
        return process.ended

    def calm_down(self) -> None:
        """Faults are over; a day later nothing of them is in the air any more."""
        self.faults.draw = None
        self._come_back()
        if self.crm == "salesforce":
            self.vendor.records.locked.clear()
        self.clock.sleep(AFTER_A_BAD_NIGHT.total_seconds())
        people.end_load(self)

    def _run(self, process: Process) -> None:
        process.line = Line(self)
        parts = Parts(
            config=self.config,
            mapping=self.mapping,
            connect=partial(self._connect, process.line),
            store=self.store,
            clock=self.clock,
            rng=Random(7),
            log=silent,
        )
        with begin_run(parts, "nightly", self.today) as run:
            process.run = run.id
            run.__dict__["intake"] = self.ground.intakes[self.claims]  # read once for all worlds
            run.__dict__["kept"] = self.ground.kept[self.claims]  # and assessed once
            run.tally.update(job("nightly")(run))

    def _spend_quota(self) -> None:
        """Other applications leave nothing, or about as much as we must leave to them."""
        left = Random(f"{self.seed}-{self.faults.site}").choice((0, 0.15, 0.2, 0.22, 0.3))
        if self.crm == "hubspot":
            self.vendor.rates.spend(left)
        else:
            quota = self.vendor.org.quota
            quota.hours[int(self.clock.now().timestamp() // 3600)] += max(
                0, quota.left - round(quota.daily_calls * left)
            )

    def work_late(self, *, writing: bool) -> None:
        """Under a write that is on its way an edit may be lost: no CRM compares before it sets."""
        rng, began = Random(f"{self.seed}-{self.faults.site}"), len(self.vendor.history)
        with suppress(Refused):
            people.DEEDS[rng.choice(people.LATE)](self, rng)
        lines, line = range(began, len(self.vendor.history)), self.processes[-1].line
        if writing or (line and line.looked):
            self.seen.under_way.update(lines)
        elif line and line.accounts_read:
            self.seen.meanwhile.update(lines)

    def _overtake(self, line: Line) -> None:
        """Somebody took our lock's file away, and another process does the whole night while we wait for an answer."""
        Path(f"{self.file}.{self.crm}.lock").unlink(missing_ok=True)
        line.overtaken = self.processes[-1].overtaken = True
        process = Process()
        self.processes.insert(-1, process)
        self.faults.quiet = True
        try:
            with suppress(ConnectorError):
                self._run(process)
                process.ended = "done"
        finally:
            self.faults.quiet = False

    def _begin_a_second(self) -> None:
        """A second scheduler's process: it must find the CRM held, and ask nothing of it."""
        before, process = len(self.wire.calls), Process(ended="refused")
        self.faults.quiet = True
        try:
            self._run(process)
        except TryAgain:
            pass
        finally:
            self.faults.quiet = False
        if process.run is not None or len(self.wire.calls) > before:
            self.processes.insert(0, Process(process.run, "ran beside another"))

    def _die(self) -> None:
        self.audit_size = self.audit.stat().st_size if self.audit.exists() else 0

    def _come_back(self) -> None:
        """What a process wrote down after it was gone never happened."""
        self.faults.dead = False
        if self.audit_size is not None and self.audit.exists():
            os.truncate(self.audit, self.audit_size)
        self.audit_size = None

    def _connect(self, line: Line, *, meter: Meter, keep: Keep) -> Crm:
        """Without the store's keep: a login shared by processes would be one call that faults can no longer strike."""
        adapter = {"salesforce": adapters.salesforce, "hubspot": adapters.hubspot}[self.crm]
        found: Crm = adapter.connect(
            settings_of(self.config.value.connection(self.crm), adapter.Settings),
            reading(self.mapping.value),
            clock=self.clock,
            meter=meter,
            transport=RequestsLine(line) if self.crm == "salesforce" else PoolLine(line),
        )
        return found

    # What the vendor's end of the wire needs

    @contextmanager
    def pages_of(self, rows: int | None) -> Iterator[None]:
        holder = self.vendor.org if self.crm == "salesforce" else self.vendor
        usual = holder.page_size
        holder.page_size = rows or usual
        try:
            yield
        finally:
            holder.page_size = usual

    def lock_rows(self, body: bytes) -> bool:
        """Half of the records named in the body; whether the vendor knows locks of single rows."""
        if self.crm == "hubspot":
            return False
        times = Random(f"{self.seed}-{self.faults.site}").choice((1, 2, 6, 6))
        for id_ in sorted(dict(rows_of(json.loads(body))))[::2]:
            self.vendor.lock(id_, times)
        return True

    def look_at_rows(self, body: bytes, line: Line) -> None:
        look_at_rows(self, dict(rows_of(json.loads(body))), line)

    # Days

    def live(self, deeds: Sequence[str], seed: int) -> None:
        """A day passes, in which people do this, one after the other."""
        self._come_back()
        self.faults.quiet = True
        self.pass_day()
        for number, deed in enumerate(deeds):
            with suppress(Refused):  # the validation rule stands in a person's way too
                people.DEEDS[deed](self, Random(f"{seed}-{number}-{deed}"))
        self.faults.quiet = False
        self.clock.sleep(Random(f"{seed}-evening").choice((3600, 60)))

    def pass_day(self) -> None:
        self.today += timedelta(days=1)
        self.clock.sleep(23 * 3600)
        people.end_load(self)

    def keep_copy(self) -> None:
        """The administrator's copy of the store; not of the audit log, which is in a place of its own."""
        self._come_back()
        self.database.engine.dispose()
        self.file.with_suffix(".copy").write_bytes(self.file.read_bytes())

    def put_copy_back(self) -> None:
        copy = self.file.with_suffix(".copy")
        if copy.exists():
            self._come_back()
            self.database.engine.dispose()
            self.file.write_bytes(copy.read_bytes())
            self.restored, self.restored_on = True, self.clock.now().date()


@contextmanager
def world(ground: Ground, crm: str, folder: Path, knobs: Knobs | None = None) -> Iterator[World]:
    clock, chosen = StillClock(datetime.combine(TODAY, time(7), UTC)), knobs or Knobs()
    given = {"now": clock.now, "page_size": chosen.page_size, "daily_calls": chosen.daily_calls}
    if crm == "hubspot":
        given["search_lag"] = timedelta(minutes=chosen.search_lag)
    vendor = {"salesforce": Salesforce, "hubspot": HubSpot}[crm](ground.people, **given)
    if isinstance(vendor, Salesforce):
        vendor.policy.purges = (
            False  # here a night may be struck for weeks, and what is purged meanwhile is told to nobody
        )
    if chosen.poisoned:
        poisoned, until = ground.people.providers[POISONED].npi, clock.now() + timedelta(days=chosen.poisoned)
        vendor.rules.append(
            lambda record: "Ask Dana first." if record.get("NPI__c") == poisoned and clock.now() < until else None
        )
    database = open_database(f"sqlite:///{ground.new_store(folder)}")
    made = World(ground, crm, clock, vendor, Wire(vendor), database, chosen, Faults(crm))

    @event.listens_for(database.engine, "commit")
    def _(connection: Connection) -> None:
        _commit(made, connection)

    try:
        yield made
    finally:
        database.engine.dispose()


def _commit(made: World, connection: Connection) -> None:
    kind = made.faults.at("commit", "commit")
    if kind == "person_meanwhile":
        made.work_late(writing=False)
    size = made.audit.stat().st_size if made.audit.exists() else 0
    if kind == "die_writing" and size > made.anchored:
        os.truncate(made.audit, Random(f"{made.seed}-{made.faults.site}").randrange(made.anchored, size))
    if kind in ("die_before_commit", "die_writing"):
        raise made.faults.die()
    if kind in ("locked", "disk_full"):
        said = "database is locked" if kind == "locked" else "database or disk is full"
        raise OperationalError("COMMIT", {}, Exception(said))
    made.anchored = size
    if kind in ("die_after_commit", "lost_commit"):
        connection.connection.dbapi_connection.execute("COMMIT")  # type: ignore[union-attr]
        if kind == "die_after_commit":
            raise made.faults.die()
        raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))
