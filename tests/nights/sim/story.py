"""A story: what people and fortune do to one CRM over some nights; told again, it ends in the same way.

A story that breaks a law is shrunk to the shortest that breaks the same one, and kept in stories.jsonl for ever.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from connector.mapping import Policy
from tests.nights.sim import laws
from tests.nights.sim.ground import Ground, Knobs
from tests.nights.sim.laws.history import state
from tests.nights.sim.truth import A_LOOK_COMES_WITHIN
from tests.nights.sim.world import AFTER_A_BAD_NIGHT, Stuck, World, world

CALM_NIGHTS = 2
Luck = Callable[[World], Callable[[str, str], str | None]]  # what strikes at a site of this world


@dataclass(frozen=True)
class Night:
    """What people did on the day before, which claims are there, and which fault strikes at which site."""

    deeds: tuple[str, ...] = ()
    claims: str = "usual"
    copy: str = ""  # keep, or restore: the administrator's copy of the store
    faults: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    crm: str
    seed: int  # of what people choose
    knobs: Knobs
    nights: tuple[Night, ...]

    def as_json(self) -> str:
        knobs = {**vars(self.knobs), "policy": self.knobs.policy.value}
        nights = [
            {name: value for name, value in vars(night).items() if value and value != "usual"} for night in self.nights
        ]
        return json.dumps({"crm": self.crm, "seed": self.seed, "knobs": knobs, "nights": nights})

    @classmethod
    def of_json(cls, text: str) -> Story:
        told = json.loads(text)
        knobs = Knobs(**{**told["knobs"], "policy": Policy(told["knobs"]["policy"])})
        nights = tuple(
            Night(
                tuple(night.get("deeds", ())),
                night.get("claims", "usual"),
                night.get("copy", ""),
                {int(site): kind for site, kind in night.get("faults", {}).items()},
            )
            for night in told["nights"]
        )
        return cls(told["crm"], told["seed"], knobs, nights)


@dataclass
class Ended:
    """How a story ended: with the faults that struck in it, and the laws that it broke."""

    story: Story
    violations: list[tuple[str, str]] = field(default_factory=list)  # law, what it says
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)  # site and kind
    passed: set[tuple[str, str]] = field(default_factory=set)  # call or commit, and the site's name
    met: Counter[str] = field(default_factory=Counter)
    sites: list[tuple[str, str]] = field(default_factory=list)  # of the last night with faults, in order
    state: dict[str, dict[str, Any]] = field(default_factory=dict)  # what the CRM holds in the end
    starts: int = 0
    deaths: int = 0
    stops: int = 0
    trace: str = ""


def tell(ground: Ground, story: Story, folder: Path, luck: Luck | None = None, calm_nights: int = CALM_NIGHTS) -> Ended:
    """Nights with faults, then some without; what the laws say."""
    folder.mkdir(parents=True)
    ended, told = Ended(story), []
    with world(ground, story.crm, folder, story.knobs) as place:
        try:
            for number, night in enumerate(story.nights):
                place.seed = story.seed + number
                told.append(night)
                _pass_the_day(place, night, first=number == 0)
                place.faults.draw = luck(place) if luck else None
                try:
                    place.night(night.faults, night.claims)
                finally:
                    told[-1] = replace(night, faults=dict(place.faults.told))
                    ended.passed.update(place.faults.passed)
                    ended.sites = place.faults.passed
            ended.starts = len(place.processes)
            rest(place, calm_nights)
            ended.violations = list(judge(place))
        except Stuck as stuck:
            ended.violations.append(("every_night_ends", str(stuck)))
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            ended.violations.append(("nothing_breaks", text))
        ended.story = replace(story, nights=(*told, *story.nights[len(told) :]))
        _tell_the_numbers(place, ended)
    shutil.rmtree(folder)
    return ended


def _pass_the_day(place: World, night: Night, *, first: bool) -> None:
    if not first:
        place.live(night.deeds, place.seed)
    if night.copy == "keep":
        place.keep_copy()
    if night.copy == "restore":
        place.put_copy_back()


def rest(place: World, nights: int = CALM_NIGHTS) -> None:
    """Undisturbed nights, a day apart; each must end at its first start."""
    place.calm_down()
    if place.crm == "hubspot" and any(place.vendor.portal.all("meetings", archived=True)):
        place.clock.sleep(A_LOOK_COMES_WITHIN.total_seconds())
    for _ in range(nights):
        place.faults.begin()
        place.quiet_since = len(place.wire.calls)
        if place.start() != "done":
            raise Stuck("an undisturbed night did not end")
        place.clock.sleep(AFTER_A_BAD_NIGHT.total_seconds())


def judge(place: World) -> Iterator[tuple[str, str]]:
    for law in laws.LAWS:
        yield from ((law.__name__, text) for text in law(place))


def _tell_the_numbers(place: World, ended: Ended) -> None:
    ended.struck, ended.met = place.faults.struck, place.met
    ended.state = state(place)
    ended.deaths, ended.stops = place.deaths, place.stops
    ended.trace = hashlib.sha256(repr((place.vendor.history, place.wire.calls)).encode()).hexdigest()


KEPT = Path(__file__).with_name("stories.jsonl")


def kept() -> list[tuple[str, str, Story]]:
    """Stories that once broke a law: what was wrong, which law, the story."""
    lines: list[Any] = (
        [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()] if KEPT.exists() else []
    )
    return [(line["why"], line["law"], Story.of_json(json.dumps(line["story"]))) for line in lines]
