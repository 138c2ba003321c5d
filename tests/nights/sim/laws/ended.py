"""How runs end: one at a time, each on record, and then nothing is left to do."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from connector.store.tables import runs
from tests.nights.sim import truth
from tests.nights.sim.laws.history import is_poisoned
from tests.nights.sim.world import World


def one_process_at_a_time(world: World) -> Iterator[str]:
    """A second one is turned away; one that was overtaken lands at most the batch that was under way."""
    for process in world.processes:
        world.met["one_process_at_a_time"] += process.overtaken
        if process.ended == "ran beside another":
            yield f"run {process.run} ran beside another"
        if process.line and process.line.late_calls:
            yield f"run {process.run} made {process.line.late_calls} calls after it was overtaken"
        if process.overtaken and process.ended == "done":
            yield f"run {process.run} was overtaken and ended as done"


def every_run_ends(world: World) -> Iterator[str]:
    """As done, stopped, failed or interrupted; and as done only where its process saw the end."""
    with world.database.engine.connect() as connection:
        ended = {row.id: row.state for row in connection.execute(select(runs.c.id, runs.c.state))}
    for run, said in ended.items():
        world.met["every_run_ends"] += 1
        if said == "running":
            yield f"run {run} is still running"
    for process in world.processes:
        if process.run and process.ended == "done" and not world.restored and ended.get(process.run) != "done":
            yield f"run {process.run} was done, and stands as {ended.get(process.run)}"


def a_night_after_nothing_does_nothing(world: World) -> Iterator[str]:
    """Two undisturbed nights are enough; the third has nothing to write, and reads no more than the last one wrote."""
    wrote, before = sum(call.rows or 0 for call in world.wire.calls[world.quiet_since :]), len(world.wire.calls)
    if world.start() != "done":
        yield "the third undisturbed night did not end"
    world.met["a_night_after_nothing_does_nothing"] += 1
    refused = sum(is_poisoned(world, account.npi) for account in truth.accounts(world))
    sent = [call for call in world.wire.calls[before:] if call.rows]
    if sum(call.rows or 0 for call in sent) > refused:
        yield ", ".join(f"{call.method} {call.path}" for call in sent)
    tally = world.store.journal.last_runs(1)[0].tally
    read, known = tally.get("accounts_read", 0) + tally.get("interactions_read", 0), wrote + truth.archived(world)
    if read > known:
        yield f"{read} rows were read anew, of {known} that may have been"
