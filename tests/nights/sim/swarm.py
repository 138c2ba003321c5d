"""Many worlds, each of a seed that draws its own story, kinds of fault and rates.

Of sixteen seeds, two have no faults, two a pair of them in one night, two people who work at night, and ten a swarm.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.nights.sim import people
from tests.nights.sim.faults import KINDS, WRITES, kinds_at
from tests.nights.sim.ground import Ground, Knobs
from tests.nights.sim.story import Ended, Luck, Night, Story, tell
from tests.nights.sim.world import World

CRMS = ("salesforce", "hubspot")
RATES = {"call": (0.05, 0.3, 0.7), "commit": (0.01, 0.06, 0.2)}  # of the sites that a fault strikes, by seed
HOT = 0.5  # of the calls that write, and of the commits that announce and settle them
PEOPLE, BUSY = {"call": "person", "commit": "person_meanwhile"}, 0.15
PAIR_WITHIN = 70  # sites of a night
PATIENT, PATIENT_WRITE = 24, 28  # starts of one night after which luck turns
COMMIT = re.compile(r"^commit$")


def mode(seed: int) -> str:
    return ("quiet", "pair", "swarm", "people", "swarm", "swarm", "swarm", "swarm")[seed // 2 % 8]


def story_of(seed: int, crm: str | None = None) -> Story:
    """Without its faults."""
    rng = Random(f"story-{seed}")
    copies = _copies(rng, count := rng.choice((3, 4, 5)))
    nights = tuple(
        Night(
            deeds=tuple(rng.sample(people.DAILY, rng.randint(4, len(people.DAILY)))) if number else (),
            claims=_claims(rng) if number else "usual",
            copy=copies.get(number, ""),
        )
        for number in range(count)
    )
    crm = crm or CRMS[seed % 2]
    return Story(crm, seed * 100, Knobs.of(seed, crm), nights)


def _copies(rng: Random, count: int) -> dict[int, str]:
    """Now and then a copy of the store is made, and put back some nights later."""
    if rng.random() > 0.08:
        return {}
    kept = rng.randrange(1, count - 1)
    return {kept: "keep", rng.randrange(kept + 1, count): "restore"}


def _claims(rng: Random) -> str:
    return rng.choices(("usual", "fresh", "cut", "flipped"), (70, 14, 8, 8))[0]


def luck_of(seed: int) -> Luck | None:
    rng = Random(f"luck-{seed}")
    if mode(seed) == "quiet":
        return None
    return {"pair": _pair, "people": _people, "swarm": _swarm}[mode(seed)](rng)


def _pair(rng: Random) -> Luck:
    """Two faults in the second night, wherever they fit."""
    sites = {rng.randrange(PAIR_WITHIN), rng.randrange(PAIR_WITHIN)}

    def luck(place: World) -> Callable[[str, str], str | None]:
        second = place.today.toordinal() % 2 == 0  # the second of every two

        def draw(what: str, name: str) -> str | None:
            return rng.choice(kinds_at(place.crm, what, name)) if second and place.faults.site in sites else None

        return draw

    return luck


def _people(rng: Random) -> Luck:
    """Nothing breaks, but people work all night."""

    def luck(place: World) -> Callable[[str, str], str | None]:
        return lambda what, _name: PEOPLE[what] if place.starts <= PATIENT and rng.random() < BUSY else None

    return luck


def _swarm(rng: Random) -> Luck:
    """Some of the kinds, each seed its own, at a rate of its own; writes are struck most, by all kinds."""
    some = set(rng.sample(sorted(KINDS), rng.randint(2, len(KINDS))))
    rate = {what: rng.choice(rates) for what, rates in RATES.items()}

    def luck(place: World) -> Callable[[str, str], str | None]:
        def draw(what: str, name: str) -> str | None:
            hot = WRITES.search(name) is not None or (what == "commit" and place.announcing)
            if place.starts > (PATIENT_WRITE if hot else PATIENT) or rng.random() >= (HOT if hot else rate[what]):
                return None
            possible = kinds_at(place.crm, what, name)
            of_writes = [kind for kind in possible if KINDS[kind].where is WRITES]
            wanted = possible + 3 * of_writes if hot else [kind for kind in possible if kind in some]
            return rng.choice(wanted) if wanted else None

        return draw

    return luck


def live_through(ground: Ground, seed: int, folder: Path, crm: str | None = None) -> Ended:
    return tell(ground, story_of(seed, crm), folder / str(seed), luck_of(seed))
