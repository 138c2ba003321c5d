"""`callplan check`: all that can be known to be wrong before the night, without writing anything.

Errors   NeedsHuman for the first part that fails; what came before it was said
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from callplan.model import Over
from connector.config import Config
from connector.contract import Crm, Shape
from connector.engine.source import Laid
from connector.errors import NeedsHuman
from connector.host.discover import finder, job_names
from connector.host.find import stop_at_problems
from connector.host.log import silent
from connector.host.open import (
    WallClock,
    Way,
    chosen_crms,
    first_day,
    located,
    metered,
    open_config,
    open_store,
    way_to,
)
from connector.host.roads import about_roads
from connector.host.weeks import leave_of, say_idle, say_strangers, say_weeks
from connector.intake import Intake, read_access, read_inputs, read_registries
from connector.mapping import Mapping, check_notes
from connector.mapping import check as check_mapping
from connector.market import read_market, sources_of
from connector.run import intake_of, warehouse_of
from connector.sync.territories import read_territories
from connector.yamlfile import Loaded, nearest


def check_all(path: Path, only: str | None, way: Way | None = None) -> Iterator[str]:
    config = open_config(path)
    stop_at_jobs_that_are_none(config)
    yield f"ok  {config.path}"
    brought, base = config.value.ready_made, config.path.parent
    warehouse = warehouse_of(config.value, base)
    intake = intake_of(warehouse) if warehouse else read_inputs(config.value, base=base, log=silent)
    rows, rejected = sum(file.rows for file in intake.files), sum(file.rejected for file in intake.files)
    what = "tiers" if brought else "claims"
    yield f"ok  {what}: {len(intake.claims.npi):,} providers from {rows:,} rows, {rejected:,} rows rejected"
    if brought and config.value.claims:
        yield f"    claims are not read: tiers are those of {brought.path}"
    for file in intake.files:
        yield f"    {file.path.name}: {file.layout}, {file.used:,} of {file.rows:,} rows used"
    for rejection in intake.rejected[:5]:
        yield f"    {rejection.file}:{rejection.line}: {rejection.reason}"
    yield from _filter(config, intake, Laid(config.value.engine, warehouse))
    yield from _access(config.value, base)
    if config.value.registries:
        registries = read_registries(config.value.registries, base=config.path.parent, log=silent, only=())
        yield f"ok  registries: {len(registries.files):,} files"
        for file in registries.files:
            yield f"    {file.path.name}: {file.layout}, {file.used:,} of {file.rows:,} rows used"
    territories = read_territories(config)
    if not territories.by_owner:
        yield f"ok  territories: {len(territories.names()):,}"
    leave, today = leave_of(config.value, base), first_day(WallClock().now(), config.value.time_zone)
    yield from say_weeks(config, today, leave)
    for name in chosen_crms(config, only):
        mapping, connect = way_to(config, name, way)
        with located(config, name):
            store = open_store(config, name)
            crm = connect(meter=metered(store, WallClock(), config), keep=store.keep)
            shape = crm.describe(mapping.value.account.object)
        yield f"ok  {name}: login, {shape.object} with {len(shape.fields):,} fields"
        roster = store.mirror.roster()
        if leave:
            yield from say_strangers(leave, config.value, roster.owner.tolist())
        if owners := roster.owner.tolist():
            yield from _strangers_told_of(config.value, owners)
        yield from say_idle(config, territories.align(roster).rep.tolist())
        stop_at_wrong_mapping(config.value, mapping, shape, crm.describe)
        yield f"ok  {mapping.path}: {len(mapping.value.fields)} fields to write, all writable"
        yield from say_permissions(config.value, name, crm)
    yield f"ok  roads: {about_roads(config.value, base)}"
    yield f"ok  store {config.value.store.split('@')[-1]}"


def stop_at_wrong_mapping(
    config: Config, mapping: Loaded[Mapping], shape: Shape, describe: Callable[[str], Shape]
) -> None:
    """Everything that is wrong with it at once, by what the CRM says of its objects and sources of what they carry."""
    parts: tuple[Callable[[], None], ...] = (
        lambda: check_mapping(mapping, shape),
        lambda: check_notes(mapping, describe),
        lambda: stop_at_what_nobody_carries(config, mapping),
    )
    problems = list[str]()
    for part in parts:
        try:
            part()
        except NeedsHuman as error:
            problems.append(str(error))
    if problems:
        raise NeedsHuman("\n".join(problems))


def say_permissions(config: Config, name: str, crm: Crm) -> Iterator[str]:
    """What else this login may do, and how much of the day is left; nothing is written for it."""
    yield from _appointments(config, name, crm)
    yield from _tasks(config, name, crm)
    told = list(crm.first_contact())  # first: a CRM says how many calls are left with an answer
    yield f"ok  {name}: {_calls_left(crm)}"
    yield from (f"    {line}" for line in told)


def stop_at_jobs_that_are_none(config: Loaded[Config]) -> None:
    names = job_names()
    wrong = [
        f'{config.at("schedule", name)}: there is no job "{name}". {nearest(name, names)}'
        for name in config.value.schedule
        if name not in names
    ]
    if wrong:
        raise NeedsHuman("\n".join(wrong))


def _strangers_told_of(config: Config, owners: list[str]) -> Iterator[str]:
    known = {email.lower() for email in (*owners, *(rep.email for rep in config.reps))}
    for email in sorted({email.lower() for one in config.tell for email in one.of} - known):
        yield f"    {email}, whom `of` under `tell` names, owns no account: nothing is told of them"


def stop_at_what_nobody_carries(config: Config, mapping: Loaded[Mapping]) -> None:
    sources = (config.ready_made,) if config.ready_made else config.claims
    given = sorted({name for source in sources for name in source.carry})
    wrong = [
        f'{mapping.at("carry", name)}: no source carries "{name}". {nearest(name, given) if given else ""}'.strip()
        for name in mapping.value.carry
        if name not in given
    ]
    if wrong:
        raise NeedsHuman("\n".join(wrong), next_step="Name it under `carry:` of a source in the config.")


def _appointments(config: Config, name: str, crm: Crm) -> Iterator[str]:
    """Booking none at all finds out whether it could be done."""
    if config.week.appointments:
        for _ in crm.book(()):
            pass
        yield f"ok  {name}: visits can be booked"


def _tasks(config: Config, name: str, crm: Crm) -> Iterator[str]:
    if config.cold.flag.tasks:
        for _ in crm.remind(()):
            pass
        yield f"ok  {name}: tasks can be made"


def _access(config: Config, base: Path) -> Iterator[str]:
    closures = read_access(config.assess.closed if config.assess else (), config.access, base=base, log=silent)
    if closures:
        today = first_day(WallClock().now(), config.time_zone)
        ended = [one for one in closures if one.until and one.until < today]
        yield f"ok  access: {len(closures):,} entries, of which {len(ended):,} have ended"


def _filter(config: Loaded[Config], intake: Intake, over: Over) -> Iterator[str]:
    """How many the plan's filter leaves, if it has one."""
    where = config.value.where
    if where and not config.value.ready_made:
        market = read_market(intake, where, sources_of(config.value, config.path.parent, silent, over))
        found = finder()(where.filter(), market, config.value.assess_rules())
        stop_at_problems(found, config)
        yield f"ok  filter: {len(found.npi):,} of {found.providers:,} providers are inside it"


def _calls_left(crm: Crm) -> str:
    left, day = crm.limits.calls_left, crm.limits.calls_per_day
    if left is None or day is None:
        return "the CRM does not say how many calls are left"
    return f"{left:,} of {day:,} calls left today"
