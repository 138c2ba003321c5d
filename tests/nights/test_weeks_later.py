"""Weeks without a night: what was deleted and purged meanwhile is told by nobody any more, and counts no more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from sandbox.salesforce import Salesforce
from tests.nights.sim import people
from tests.nights.sim.ground import lay_ground
from tests.nights.sim.laws.follows import no_interaction_is_lost_or_doubled
from tests.nights.sim.laws.said import the_crm_says_the_plan
from tests.nights.sim.world import world


def test_what_was_deleted_and_purged_while_no_night_ran_counts_no_more(tmp_path: Path) -> None:
    with world(lay_ground(tmp_path / "ground"), "salesforce", tmp_path) as place:
        assert isinstance(place.vendor, Salesforce)
        place.vendor.policy.purges = True
        assert place.start() == "done"
        for seed in range(3):
            people.unlog(place, Random(seed))
            people.delete(place, Random(seed))
        place.clock.sleep(timedelta(days=16).total_seconds())

        assert place.start() == "done"

        assert list(no_interaction_is_lost_or_doubled(place)) == []
        assert list(the_crm_says_the_plan(place)) == []
