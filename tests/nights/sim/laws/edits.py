"""What people set in fields that they may keep is not written over."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from connector.mapping import Policy
from connector.store.tables import changes, overrides
from tests.nights.sim.laws.history import told
from tests.nights.sim.rows import as_text
from tests.nights.sim.world import World


def a_persons_edit_is_kept(world: World) -> Iterator[str]:
    """Under `theirs` for good, under `challenge` until a manager has said no: we never write over it."""
    if world.knobs.policy is Policy.OURS or world.restored:
        return
    field, ours, theirs, rejected = world.owned()["tier"], dict[str, str](), dict[str, str](), _rejected(world)
    for line, who, record, name, after in told(world):
        if name != field:
            continue
        if line in world.seen.under_way:
            theirs.pop(record, None)
            continue
        if who == "person" and record in ours and after != ours[record]:
            theirs[record] = after
            world.met["a_persons_edit_is_kept"] += 1
        elif who == "person":
            theirs.pop(record, None)
        else:
            if after != theirs.get(record, after) and (record, theirs[record]) not in rejected:
                yield f"{record}: a person's {theirs[record]} became {after}"
            ours[record] = after
            theirs.pop(record, None)


def an_edit_in_the_night_is_kept(world: World) -> Iterator[str]:
    """What a person sets between our reading and our last look is not written over by the same process."""
    if world.knobs.policy is Policy.OURS:
        return
    field = world.owned()["tier"]
    for process in world.processes:
        edits, believed = dict[str, str](), _believed(world, process.run, field)
        for line in process.lines if not process.overtaken else ():
            _, who, record, name, _, after = world.vendor.history[line]
            if name != field:
                continue
            if who == "person" and line in world.seen.meanwhile:
                world.met["an_edit_in_the_night_is_kept"] += 1
                edits[record] = as_text(after)
            elif who == "person":
                edits.pop(record, None)
            elif record in edits and edits[record] not in (believed.get(record), as_text(after)):
                yield f"{record}: a person's {edits[record]} became {after} in the same night"


def _believed(world: World, run: int | None, field: str) -> dict[str, str]:
    """What a run took to be there, by record: an edit to that very value cannot be told from none."""
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(changes.c.record, changes.c.before).where(changes.c.run == run)).all()
    return {record: as_text(before[field]) for record, before in rows if field in before}


def _rejected(world: World) -> set[tuple[str, str]]:
    """Edits that a manager has said no to: record, and what the person wrote."""
    c = overrides.c
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(c.record, c.edited).where(c.state != "proposed")).all()
    return {(record, as_text(edited)) for record, edited in rows}
