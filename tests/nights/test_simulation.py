"""The simulation itself: a seed tells one story, what once went wrong stays right, a bug shrinks to a short story."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nights.sim import laws
from tests.nights.sim.bugs import BUGS, COVERED, PAIRS, ROOT, with_bug
from tests.nights.sim.faults import KINDS
from tests.nights.sim.ground import Ground, Knobs, lay_ground
from tests.nights.sim.shrink import shrink
from tests.nights.sim.story import Ended, Night, Story, kept, tell
from tests.nights.sim.swarm import CRMS, live_through, story_of
from tests.nights.sim.sweep import Caught, Tally, problems
from tests.nights.sim.world import World

SIMULATE = ROOT / "tools" / "simulate"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return lay_ground(tmp_path_factory.mktemp("ground"))


@pytest.mark.parametrize("crm", CRMS)
def test_a_seed_tells_the_same_story_under_any_hash_seed(crm: str) -> None:
    told = set()
    for hash_seed in ("0", "12345"):
        command = [sys.executable, str(SIMULATE), "2", "--first", "20", "--crm", crm, "--only", "swarm"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        told.add("".join(re.findall(r"trace \w+|[\d,]+ faults", done.stdout)))

    assert len(told) == 1
    assert "trace" in told.pop()


def test_a_story_survives_being_written_down(ground: Ground, tmp_path: Path) -> None:
    ended = live_through(ground, 5, tmp_path)

    again = tell(ground, Story.of_json(ended.story.as_json()), tmp_path / "again")

    assert ended.struck.total() > 10
    assert (again.story, again.trace, again.struck) == (ended.story, ended.trace, ended.struck)


@pytest.mark.parametrize(("law", "story"), [pytest.param(law, story, id=why) for why, law, story in kept()])
def test_what_once_went_wrong_stays_right(law: str, story: Story, ground: Ground, tmp_path: Path) -> None:
    ended = tell(ground, story, tmp_path / "story")

    assert ended.violations == []


def no_bad_feed(place: World) -> list[str]:
    return [feed for _, _, feed in place.seen.bad_nights]


def test_what_goes_wrong_is_told_in_few_words(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "LAWS", (no_bad_feed,))
    story = story_of(3, "salesforce")
    long = Story(story.crm, story.seed, story.knobs, (*story.nights, Night(claims="cut", deeds=("visit", "move"))))

    short = shrink(ground, long, "no_bad_feed", tmp_path)

    assert short == Story("salesforce", story.seed, Knobs(), (Night(claims="cut"),))


def test_a_passage_of_every_planted_bug_stands_in_the_code() -> None:
    for bug in (*BUGS, *COVERED):
        source = (ROOT / bug.file).read_text(encoding="utf-8")

        assert with_bug(bug, source) != source


def test_the_page_names_every_kind_of_fault_every_law_and_every_bug() -> None:
    page = (ROOT / "docs/why/simulation.md").read_text(encoding="utf-8")
    named = [*KINDS, *(law.__name__ for law in laws.LAWS), *(bug.name for bug in (*BUGS, *PAIRS))]

    assert [name for name in named if f"| {name} |" not in page] == []


def test_every_bug_names_a_law_and_at_least_thirty_are_planted() -> None:
    known = {law.__name__ for law in laws.LAWS} | {"every_night_ends"}

    assert {bug.law for bug in (*BUGS, *PAIRS)} <= known
    assert len(BUGS) + len(PAIRS) >= 30


def test_what_was_never_reached_fails_a_whole_simulation() -> None:
    tally = Tally(possible={("hubspot", "commit", kind) for kind in KINDS})
    tally.add(Ended(story_of(1)), [])

    found = list(problems(tally, [Caught(BUGS[0], "", 60.0)], enough=2000))

    assert "never reached: hubspot commit disk_full" in found
    assert "never met: the_crm_says_the_plan" in found
    assert any(line.startswith(f"planted: {BUGS[0].name}") for line in found)
