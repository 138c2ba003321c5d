"""`explain`, read aloud to somebody who has never seen the product, after two vintages of claims."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from shutil import copytree

import pytest

from connector.host.show import say_plan
from jobs.nightly import rehearse
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO
from tests.nights.test_signals import OTHERS, Office, first_night

__all__ = ["first_night"]

LEE = OTHERS[0]  # has an exclusive contract
RULES = (
    'assess: {families: [{name: rhythm, codes: ["33249"]}], '
    f'closed: [{{npi: "{LEE}", why: "exclusive contract with another maker, until 30 Jun 2027"}}]}}\n'
    "tiers: {a_accounts: 2, b_accounts: 2, band: 0.0, max_changes: 1.0}\n"
)


@pytest.fixture(scope="module")
def told(first_night: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two places of A and two of B. A year on, Brandt falls behind, and Castillo rises but not far enough."""
    folder = tmp_path_factory.mktemp("explain") / "office"
    office = _again(first_night, folder)
    others = dict.fromkeys(OTHERS, 20)
    office.receive(23, {ADEYEMI: 1214, BRANDT: 900, CASTILLO: 15, **others, OTHERS[1]: 300, OTHERS[2]: 250, LEE: 400})
    office.night()
    office.day = 100
    office.receive(24, {ADEYEMI: 1250, BRANDT: 280, CASTILLO: 96, **others, OTHERS[1]: 310, OTHERS[2]: 240, LEE: 400})
    office.night()
    said = {one: office.told("explain", one).output for one in (ADEYEMI, BRANDT, CASTILLO, LEE)}
    return {one: " ".join(text.split()) for one, text in said.items()}


def _again(first: Office, folder: Path, rules: str = RULES) -> Office:
    """The same office, before its first night, with rules of its own."""
    copytree(first.folder, folder, ignore=lambda _, names: [name for name in names if name.startswith("callplan.")])
    text = (folder / "config.yaml").read_text().splitlines(keepends=True)
    (folder / "config.yaml").write_text("".join(line for line in text if not line.startswith("assess:")) + rules)
    return Office(folder, deepcopy(first.org))


def test_a_tier_a_account_says_how_much_it_does_and_where_that_puts_it(told: dict[str, str]) -> None:
    said = "Tier A: 1,250 relevant procedures a year, most of them rhythm; nobody in Cardiology does more."

    assert said in told[ADEYEMI]
    assert "Rank 1 of its rep's accounts; decile 10 of the specialty's volume" in told[ADEYEMI]


def test_an_account_that_was_tier_a_says_since_when_it_is_not(told: dict[str, str]) -> None:
    assert "Tier B since 3 Mar 2027, before that A: 280 relevant procedures a year" in told[BRANDT]
    assert "Nominated" not in told[BRANDT]  # its signal has done what it had to say


def test_a_tier_c_account_that_is_nominated_says_for_what_and_why(told: dict[str, str]) -> None:
    assert "Tier C: 96 relevant procedures a year" in told[CASTILLO]
    assert "Nominated for B: volume up from 15 to 96 procedures a year." in told[CASTILLO]


def test_a_suppressed_account_says_what_keeps_a_rep_out(told: dict[str, str]) -> None:
    assert "Tier C, no visits planned: exclusive contract with another maker, until 30 Jun 2027." in told[LEE]
    assert "Rank" not in told[LEE]


def test_every_explanation_says_from_which_vintage_and_by_which_rules(told: dict[str, str]) -> None:
    for text in told.values():
        assert "vintage" in text
        assert "rules" in text


def test_what_does_not_fit_a_rep_is_said_before_the_week(first_night: Office, tmp_path: Path) -> None:
    rules = "assess: {families: [{name: rhythm, codes: ['33249']}]}\n"
    rules += "tiers: {visits_per_week: 1, a_accounts: 6, b_accounts: 0, band: 0, dwell_days: 0}\n"
    office = _again(first_night, tmp_path / "office", rules)
    office.receive(23, {ADEYEMI: 40, BRANDT: 45, CASTILLO: 90})
    office.night()
    office.receive(24, {ADEYEMI: 96, BRANDT: 97, CASTILLO: 90, OTHERS[3]: 98, OTHERS[4]: 99})

    with office.run() as run:
        said = say_plan("memory", rehearse(run), run)

    assert (
        "kim@example.com: 5 Tier A and 0 Tier B accounts take 1.2 visits a week" in said
    )  # one has left, none has come
    assert "A is seen effectively every 41 days, not 30" in said
    assert "more accounts are to change tier and wait their turn; at most 1 may within 28 days" in said
