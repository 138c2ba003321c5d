"""The page of challenges: a person's edit stays or goes back, as a manager of that team decides."""

from __future__ import annotations

from callplan.model import Npi
from tests.web.house import ADEYEMI, BRANDT, CASTILLO, KIM, PAT, ROBIN, SAM, House

TIERS = "/memory/challenges"


def challenged(home: House, *npis: Npi) -> list[int]:
    """Reps wrote Tier C where the plan says A; the numbers of their proposals."""
    home.desk.policies["tier"] = "challenge"
    for npi in npis:
        home.desk.org.edit(home.account(npi), tier="C")
    home.desk.night()
    found = {override.npi: override.id for override in home.store.overrides.newest().values()}
    return [found[npi] for npi in npis]


def test_a_challenge_of_another_team_is_neither_shown_nor_decided(home: House) -> None:
    theirs, ours = challenged(home, CASTILLO, ADEYEMI)
    form = {"decision": "accept", "reason": "x"}

    assert CASTILLO not in home.get(TIERS, PAT)[1]
    assert CASTILLO in home.get(TIERS, SAM)[1]
    assert home.post(f"{TIERS}/{theirs}", PAT, form)[0] == 404
    assert home.post(f"{TIERS}/{ours}", KIM, form)[0] == home.get(TIERS, KIM)[0] == 403
    assert {one.state for one in home.store.overrides.newest().values()} == {"proposed"}


def test_what_was_decided_or_written_over_meanwhile_is_not_decided_again(home: House) -> None:
    first, second = challenged(home, ADEYEMI, BRANDT)
    home.post(f"{TIERS}/{first}", PAT, {"decision": "reject", "reason": "x"})
    home.desk.org.edit(home.account(BRANDT), tier="B")
    home.desk.night()

    for number in (first, second):
        assert home.post(f"{TIERS}/{number}", ROBIN, {"decision": "accept", "reason": "y"})[0] == 409

    newest = home.store.overrides.newest().values()
    assert sorted((one.state, one.edited) for one in newest) == [("proposed", "B"), ("rejected", "C")]


def test_a_decision_needs_a_reason_and_a_day_that_is_to_come(home: House) -> None:
    [number] = challenged(home, ADEYEMI)

    for more in ({"reason": " "}, {"until": "2020-01-01"}, {"until": "soon"}, {"decision": "lapsed"}):
        form = {"decision": "accept", "reason": "x", **more}
        assert home.post(f"{TIERS}/{number}", PAT, form)[0] == 400

    assert home.store.overrides.newest().popitem()[1].state == "proposed"
