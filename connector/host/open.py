"""From a config file to a Run: everything that can be checked is checked before the first call.

Errors   NeedsHuman: config, mapping, login, fields that the CRM lacks; TryAgain: another run is going
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from connector.config import Config, read_config, settings_of
from connector.contract import Clock, Crm, Keep, Limits, Meter, Reading
from connector.errors import ConnectorError, NeedsHuman
from connector.host.discover import adapters
from connector.host.log import bars, make_log, said_with
from connector.host.stopping import Stop, StoppingClock
from connector.mapping import Mapping, check, read_mapping, reading
from connector.run import Log, Progress, Run
from connector.store import Database, Store, open_database
from connector.store.journal import Tally
from connector.sync.budget import Budget
from connector.sync.patience import Patience
from connector.sync.select import Selection
from connector.sync.territories import read_territories
from connector.yamlfile import Loaded

EVERYTHING = Selection()
MANY_THINGS = (100_000, 50, 100)  # a night makes many that stay; to look for rings among them is for nothing
TELLING = ("send_digest", "digest", "purge")  # from the store alone: also when the CRM does not answer, and just then


class WallClock(StoppingClock):
    """Of a command that nobody asks to stop."""

    def __init__(self) -> None:
        super().__init__(Stop())


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about every run."""

    config: Path
    log: str = "text"
    today: date | None = None
    approve: str | None = None
    selection: Selection = EVERYTHING
    stop: Stop = field(default_factory=Stop, compare=False)


def open_config(path: Path) -> Loaded[Config]:
    return read_config(path, {name: adapter.Settings for name, adapter in adapters().items()})


def chosen_crms(config: Loaded[Config], only: str | None) -> list[str]:
    names = list(config.value.crm)
    if only and only not in names:
        raise NeedsHuman(f'The config has no CRM "{only}".', next_step=f"It has: {', '.join(names)}.")
    return [only] if only else names


def open_store(config: Loaded[Config], crm: str) -> Store:
    return open_base(config).store(crm)


def open_base(config: Loaded[Config]) -> Database:
    return open_database(config.value.store, config.path.parent / config.value.audit)


def first_day(now: datetime, zone: str) -> date:
    """The first day that can still be planned: today before noon where the territory is, else tomorrow."""
    local = now.astimezone(ZoneInfo(zone))
    return local.date() + timedelta(days=local.hour >= 12)


class Connect(Protocol):
    """The way to one CRM; every call is told to the meter before it is made."""

    def __call__(self, *, meter: Meter, keep: Keep) -> Crm: ...


class Way(Protocol):
    """How a CRM of a config is connected to, with what is to be read of it."""

    def __call__(self, config: Loaded[Config], crm: str, wanted: Reading, /) -> Connect: ...


def way_to(
    config: Loaded[Config], crm: str, way: Way | None = None, clock: Clock | None = None
) -> tuple[Loaded[Mapping], Connect]:
    """The mapping, and how to connect to the CRM that it is for; nothing is sent yet."""
    mapping = read_mapping(mapping_file(config, crm))
    stop_at_foreign(mapping, config, crm)
    return mapping, (way or partial(link, clock=clock))(config, crm, reading(mapping.value))


def mapping_file(config: Loaded[Config], crm: str) -> Path:
    return config.path.parent / config.value.connection(crm).mapping


def stop_at_foreign(mapping: Loaded[Mapping], config: Loaded[Config], crm: str) -> None:
    if mapping.value.crm != crm:
        raise NeedsHuman(
            f'this mapping is for "{mapping.value.crm}", not for "{crm}".',
            where=mapping.at("crm"),
            next_step=f"Name the right file in {config.at('crm', crm, 'mapping')}.",
        )


def link(config: Loaded[Config], crm: str, wanted: Reading, /, clock: Clock | None = None) -> Connect:
    adapter = adapters()[crm]
    settings = settings_of(config.value.connection(crm), adapter.Settings)
    return partial(adapter.connect, settings, wanted, clock=clock or WallClock())


def metered(store: Store, clock: Clock, config: Loaded[Config]) -> Budget:
    """Counts each call in the store before it is made; a run that was taken over can make none."""
    return Budget(store.meter.count, clock, config.value.guards)


def stoppable(meter: Meter, stop: Stop) -> Meter:
    """A run that is to stop makes no further call, and none is counted."""

    def told(limits: Limits) -> None:
        stop.demand()
        meter(limits)

    return told


@contextmanager
def located(config: Loaded[Config], crm: str) -> Iterator[None]:
    """An error that an adapter's setting is to blame for gets the line on which it stands."""
    try:
        yield
    except ConnectorError as error:
        if error.setting and not error.where:
            error.where = config.at("crm", crm, error.setting)
        raise


@contextmanager
def open_run(options: Options, config: Loaded[Config], crm: str, job: str, log: Log | None = None) -> Iterator[Run]:
    """A run of one job for one CRM, as the command line wants it."""
    options.stop.demand()
    store, clock = open_store(config, crm), StoppingClock(options.stop)
    mapping, connect = way_to(config, crm, clock=clock)
    today = options.today or first_day(clock.now(), config.value.time_zone)
    rng = Random(os.urandom(16))  # noqa: S311  (jitter, not secrecy)
    with ExitStack() as stack:
        stack.callback(store.database.engine.dispose)  # or a worker would keep the connections of each night
        progress = stack.enter_context(bars(options.log == "text" and log is None))  # first: it moves the log's lines
        make = log or make_log(options.log, crm=crm)
        parts = Parts(config, mapping, connect, store, clock, rng, make, progress, options.stop)
        yield stack.enter_context(begin_run(parts, job, today, options.selection, options.approve))


@dataclass(frozen=True)
class Parts:
    """What a run is made of. A simulation brings its own clock, CRM, store and randomness."""

    config: Loaded[Config]
    mapping: Loaded[Mapping]
    connect: Connect
    store: Store
    clock: Clock
    rng: Random
    log: Log
    progress: Progress = lambda _what, _more: None
    stop: Stop = field(default_factory=Stop)


@contextmanager
def begin_run(
    parts: Parts, job: str, today: date, selection: Selection = EVERYTHING, approve: str | None = None
) -> Iterator[Run]:
    """A run on record: how it ended is in the store, whatever ended it. No other has this CRM meanwhile."""
    store, clock = parts.store, parts.clock
    gc.set_threshold(*MANY_THINGS)
    with store.alone():
        number = store.journal.begin_run(job, today, clock.now(), f"{version('callplan')} {parts.config.value.rules()}")

        def log(event: str, /, **facts: object) -> None:
            parts.log(event, run=number, **facts)

        ours, tally = store.fenced(number), Tally()
        whose = said_with(crm=store.crm, run=number)
        with whose, _on_record(number, job, ours, clock, log, tally), located(parts.config, store.crm):
            run = Run(
                id=number,
                config=parts.config.value,
                base=parts.config.path.parent,
                mapping=parts.mapping,
                store=ours,
                crm=parts.connect(meter=stoppable(metered(ours, clock, parts.config), parts.stop), keep=ours.keep),
                clock=clock,
                patience=Patience(clock, parts.rng, log=log),
                today=today,
                log=log,
                progress=parts.progress,
                territories=read_territories(parts.config),
                selection=selection,
                approve=approve,
                tally=tally,
                go_on=parts.stop.demand,
            )
            if job not in TELLING:
                check(run.mapping, run.shape)
            yield run


@contextmanager
def _on_record(number: int, job: str, store: Store, clock: Clock, log: Log, tally: Tally) -> Iterator[None]:
    ended = store.journal.end_run
    try:
        yield
    except ConnectorError as error:
        log("stopped", job=job, exit_code=error.exit_code)
        ended(number, "stopped", tally, clock.now(), str(error))
        raise
    except BaseException as error:
        log("failed", job=job, error=type(error).__name__)
        ended(number, "failed", tally, clock.now(), type(error).__name__)
        raise
    ended(number, "done", tally, clock.now())
