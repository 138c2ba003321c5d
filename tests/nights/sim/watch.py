"""What can only be seen while a call is under way: whether it was announced, whether it is news, what it costs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.nights.sim.rows import as_text

if TYPE_CHECKING:
    from tests.nights.sim.wires import Line
    from tests.nights.sim.world import World

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Spent:
    """One call: on which day, and what its process had been told of the calls left, of how many."""

    day: date
    told: tuple[int, int] | None


@dataclass
class Seen:
    """What the laws ask for afterwards."""

    spent: list[Spent] = field(default_factory=list)
    rows: int = 0  # rows of writes that were looked at
    needless: list[str] = field(default_factory=list)  # values sent that the CRM had, and we could have known
    unannounced: list[str] = field(default_factory=list)  # rows sent before journal and audit log said so
    repeated: list[tuple[int, str, str, str]] = field(default_factory=list)  # line of the history; record, field, value
    meanwhile: set[int] = field(default_factory=set)  # ... between our reading and our last look
    under_way: set[int] = field(
        default_factory=set
    )  # lines of the CRM's history that people wrote under a write of ours
    bad_nights: list[tuple[int, int, str]] = field(default_factory=list)  # lines of the CRM's history, and the feed


def look_at_rows(world: World, rows: Rows, line: Line) -> None:
    """Just before the vendor has them."""
    world.seen.repeated += _repeated(world, rows)
    if line.overtaken:
        return  # another process has gone on meanwhile
    world.seen.rows += len(rows)
    world.seen.unannounced += _unannounced(world, rows)
    if not (world.restored or world.knobs.search_lag or world.loading):
        world.seen.needless += _needless(world, rows, line)  # else what the store knows may rightly be behind


def _repeated(world: World, rows: Rows) -> Iterator[tuple[int, str, str, str]]:
    """What is sent over an equal value: HubSpot keeps no line of it."""
    for id_, fields in rows.items():
        there = record_of(world, id_)
        for name, value in fields.items():
            if as_text(there.get(name)) == as_text(value):
                yield len(world.vendor.history), id_, name, as_text(value)


def _unannounced(world: World, rows: Rows) -> Iterator[str]:
    log, journal = _in_log(world), _in_journal(world)
    for id_, fields in rows.items():
        said = {name: as_text(value) for name, value in fields.items()}
        for where, announced in {"audit log": log, "journal": journal}.items():
            if announced.get(id_) != said:
                yield f"{id_} {said}: the {where} says {announced.get(id_)}"


def _in_log(world: World) -> dict[str, dict[str, str]]:
    """What was last said of each record; nothing once its outcome is known."""
    said: dict[str, dict[str, str]] = {}
    for line in world.audit.read_text(encoding="utf-8").splitlines() if world.audit.exists() else ():
        entry = _entry(line)
        if entry.get("event") == "intend":
            said[entry["record"]] = {name: as_text(after) for name, (_, after) in entry["fields"].items()}
        elif "record" in entry:
            said.pop(entry["record"], None)
    return said


def _entry(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}  # a torn line


def _in_journal(world: World) -> dict[str, dict[str, str]]:
    with closing(sqlite3.connect(world.file)) as connection:
        rows = connection.execute("SELECT record, after FROM changes WHERE state = 'intended' ORDER BY id").fetchall()
    return {record: {name: as_text(value) for name, value in json.loads(after).items()} for record, after in rows}


def _needless(world: World, rows: Rows, line: Line) -> Iterator[str]:
    """Is each value news to the vendor, or one whose first sending got no answer?"""
    last = {(record, name): who for _, who, record, name, *_ in world.vendor.history}
    volume = world.owned()["volume"]
    for id_, fields in rows.items():
        there = record_of(world, id_)
        for name, value in fields.items() if not _is_gone(world, id_) else ():
            known = as_text(there.get(name)) == as_text(value)
            if known and id_ not in line.unanswered and last.get((id_, name)) != "person":
                yield f"{id_}.{name} = {value!r}"
            unmoved = last.get((id_, name)) == "api" and id_ not in line.unanswered
            if name == volume and unmoved and _is_near(there.get(name), value):
                yield f"{id_}.{name} = {value!r} over {there.get(name)!r}, which is within the threshold"


def _is_near(held: Any, value: Any) -> bool:
    """By the mappings' `min_change_share`."""
    if held in (None, "") or value in (None, ""):
        return False
    return abs(float(held) - float(value)) < 0.05 * abs(float(held))


def _is_gone(world: World, id_: str) -> bool:
    """Deleted or merged a moment ago, which the CRM does not tell yet."""
    if world.crm == "hubspot":
        return world.vendor.portal.exact("companies", id_) is None
    return bool(record_of(world, id_).get("IsDeleted", True))


def record_of(world: World, id_: str) -> dict[str, Any]:
    """What the CRM holds under an id; nothing where it has no such record."""
    if world.crm == "hubspot":
        held = world.vendor.portal.held("companies", id_)
        return dict(held.properties) if held else {}
    return dict(world.vendor.records.get(id_) or {})
