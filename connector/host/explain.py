"""`callplan explain`: why one account has its tier, its place in the week, its flag; what of its log counted.

Errors   NeedsHuman: no plan knows the NPI
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from callplan.model import Npi
from connector.contract import Clock
from connector.errors import NeedsHuman
from connector.host.discover import says_instead
from connector.host.logged import Judge, as_data, logged_of, say_logged
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.host.show import as_iso, say_value
from connector.host.week.visits import KINDS, clock, day_and_month
from connector.mapping import CARRY
from connector.store import Store
from connector.store.sides import SMALLEST
from connector.store.slots import MOVED
from connector.sync.territories import read_territories

WALL: Clock = WallClock()


def explanations(config: Path, crm: str | None, npi: str, clock: Clock = WALL) -> dict[str, dict[str, Any]]:
    """What is planned for one NPI and logged of it, by CRM."""
    loaded, found = open_config(config), dict[str, dict[str, Any]]()
    for name in chosen_crms(loaded, crm):
        store = open_store(loaded, name)
        if told := explanation(store, Npi(npi)):
            thin = bool(told["touch"]) and says_instead(told["touch"]["reason"])
            judge = Judge(loaded.value, told["assignment"]["tier"], clock.now(), instead_of_visits=thin)
            entries = logged_of(store, Npi(npi), read_territories(loaded), judge)
            found[name] = told | {"interactions": as_data(entries)}
    if not found:
        raise NeedsHuman(
            f"No account with NPI {npi} has a plan.",
            next_step="`callplan status` lists accounts that cannot be matched; `callplan nightly` makes the plan.",
        )
    return found


def explanation(store: Store, npi: Npi) -> dict[str, Any] | None:
    assignment = store.plan.assignment(npi)
    if not assignment:
        return None
    coverage, stop = store.plan.covered(npi), store.plan.stop(npi)
    touch, unplaced = store.plan.lighter_touch(npi), store.plan.left_out(npi)
    became = store.slots.of(npi, stop.week) if stop else []
    return {
        "fields": store.sides.planned(npi),
        "assignment": asdict(assignment) | {"volume": _shown(assignment.volume)},
        "coverage": asdict(coverage) if coverage else None,
        "flag": _last_flag(store, npi),
        "stop": asdict(stop) if stop else None,
        "became": [asdict(event) for event in became if event.event == MOVED],
        "unplaced": asdict(unplaced) if unplaced else None,
        "touch": asdict(touch) if touch else None,
    }


def _last_flag(store: Store, npi: Npi) -> dict[str, Any] | None:
    """The one that is open, or else the last that has ended."""
    found = store.flags.of(npi)
    return asdict(found[-1]) if found else None


def _shown(volume: float | None) -> float | None:
    """A count from 1 to 10 may point at patients."""
    return volume if volume is not None and volume >= SMALLEST else None


def explain_as_json(config: Path, crm: str | None, npi: str, clock: Clock = WALL) -> str:
    return json.dumps(explanations(config, crm, npi, clock), indent=2, default=as_iso)


def say_explain(config: Path, crm: str | None, npi: str, clock: Clock = WALL) -> str:
    found = explanations(config, crm, npi, clock)
    return "\n\n".join("\n".join(_explained(name, npi, told)) for name, told in found.items())


def _explained(crm: str, npi: str, told: dict[str, Any]) -> Iterator[str]:
    assignment, coverage, stop = told["assignment"], told["coverage"], told["stop"]
    yield f"{crm}: NPI {npi}"
    yield f"  {assignment['reason']}"
    if assignment["rank"]:
        yield f"  {say_rank(assignment)}"
    before = f", before that {assignment['previous_tier']}" if assignment["previous_tier"] else ""
    made = f"vintage {assignment['vintage']}, rules {assignment['rules']}"
    yield f"  Tier {assignment['tier']} since {assignment['since']}{before}; {made}."
    carried = {name: value for name, value in told["fields"].items() if name.startswith(CARRY)}
    if carried:
        yield "  Carried: " + ", ".join(f"{n.removeprefix(CARRY)} {say_value(v)}" for n, v in carried.items()) + "."
    if coverage:
        yield from say_states(coverage, told["flag"])
    if stop:
        yield from say_place(stop, told["became"])
    elif missed := told["unplaced"]:
        yield f"  Due, and on no day of {missed['rep']}'s week of {missed['week']}: {missed['reason']}"
    else:
        yield "  Not in this week's call list."
    if touch := told["touch"]:
        yield f"  Next touch by {touch['channel']}, due {touch['due_on']}: {touch['reason']}"
    yield from say_logged(told["interactions"])


def say_states(coverage: dict[str, Any], flag: dict[str, Any] | None) -> Iterator[str]:
    """Its three states; whether it is flagged, why not, and how its last flag ended."""
    last = f"last counted touch {coverage['last_touch']}" if coverage["last_touch"] else "no counted touch yet"
    due = f", due from {coverage['due_on']}" if coverage["due_on"] else ""
    yield f"  {coverage['state'].replace('_', ' ').capitalize()}: {last}{due}."
    heard = f", last heard from on {coverage['last_inbound']}" if coverage["last_inbound"] else ""
    said = f": {coverage['activity_said']}" if coverage["activity_said"] else ""
    related, active = (coverage[name].replace("_", " ") for name in ("relationship", "activity"))
    yield f"  Relationship {related}{heard}; activity {active}{said}."
    ended = flag and flag["ended"]
    if coverage["flagged"] and not ended:
        yield f"  Going cold since {coverage['cold_since']}: {coverage['reason']}"
    elif coverage["paused"]:
        yield f"  To be flagged as going cold, and not flagged: {coverage['paused']}."
    if flag and ended:
        yield f"  Its flag of {flag['raised']} ended on {ended}, {say_ending(flag)}"


def say_ending(flag: dict[str, Any]) -> str:
    by = f" by {flag['by']}" if flag["by"] else ""
    until = f", not to be raised before {flag['snoozed_until']}" if flag["snoozed_until"] else ""
    return f"{flag['how']}{by}{until}: {str(flag['said']).removesuffix('.')}."


def say_place(stop: dict[str, Any], became: list[dict[str, Any]]) -> Iterator[str]:
    """Where it stands in the week, what kind of slot that is, and why it is no longer where it was."""
    drive = f", {stop['drive_minutes']:.0f} minutes' drive ({stop['roads']})" if stop["drive_minutes"] else ""
    hours = f", {clock(stop['starts'])} to {clock(stop['starts'] + stop['minutes'])}" if stop["minutes"] else ""
    kind = f": {KINDS.get(stop['kind'], stop['kind'])}" if stop["kind"] else ""
    day = f"{stop['day']:%A} {day_and_month(stop['day'], whole=True)}"
    yield f"  Stop {stop['slot']} of {stop['rep']}'s week of {stop['week']}, on {day}{hours}{drive}{kind}."
    for event in became:
        yield f"  Moved from {event['day']:%A} {clock(event['starts'])}: {event['reason']}"


def say_rank(assignment: dict[str, Any]) -> str:
    """Where it stands: these move with other accounts too, so that they are not in the reason."""
    told = f"Rank {assignment['rank']:,} of its rep's accounts"
    if not assignment["decile"]:
        return f"{told}."
    return f"{told}; decile {assignment['decile']} of the specialty's volume, where 10 is the few with the most."
