"""Days and nights in any order that Hypothesis thinks of, up to four faults a night; it shrinks what goes wrong."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from connector.mapping import Policy
from tests.nights.sim import people
from tests.nights.sim.faults import KINDS
from tests.nights.sim.ground import FEED_STOPS, Ground, Knobs, lay_ground
from tests.nights.sim.story import judge, rest
from tests.nights.sim.swarm import CRMS
from tests.nights.sim.world import World, world

FAULTS = st.dictionaries(st.integers(0, 75), st.sampled_from(sorted(KINDS)), max_size=4)


@cache
def ground() -> Ground:
    return lay_ground(Path(tempfile.mkdtemp(prefix="callplan-")) / "ground")


class Nights(RuleBasedStateMachine):
    place: World

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.opened, self.days = Path(tempfile.mkdtemp(prefix="callplan-")), ExitStack(), 0

    @initialize(crm=st.sampled_from(CRMS), policy=st.sampled_from(list(Policy)), page=st.sampled_from((4, 40)))
    def begin(self, crm: str, policy: Policy, page: int) -> None:
        self.place = self.opened.enter_context(world(ground(), crm, self.folder, Knobs(policy, page)))
        self.place.night()

    @rule(deeds=st.lists(st.sampled_from(people.DAILY), max_size=6), faults=FAULTS)
    def a_day_and_its_night(self, deeds: list[str], faults: dict[int, str]) -> None:
        self._pass(deeds)
        self.place.night(faults)

    @rule(feed=st.sampled_from(FEED_STOPS), faults=FAULTS)
    def a_night_with_a_bad_feed(self, feed: str, faults: dict[int, str]) -> None:
        self._pass([])
        self.place.night(faults, feed)

    @rule()
    def the_store_is_copied(self) -> None:
        self.place.keep_copy()

    @precondition(lambda self: self.place.file.with_suffix(".copy").exists())
    @rule()
    def the_copy_is_put_back(self) -> None:
        self.place.put_copy_back()

    def _pass(self, deeds: list[str]) -> None:
        self.days += 1
        self.place.seed = self.days
        self.place.live(deeds, self.days)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            rest(self.place)
            found = list(judge(self.place))
            self.opened.close()
            shutil.rmtree(self.folder)
            assert found == []


TestNights: Any = Nights.TestCase
TestNights.settings = settings(
    max_examples=8,
    stateful_step_count=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
