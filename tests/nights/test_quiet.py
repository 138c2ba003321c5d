"""Who is quiet by its own rhythm, in whole nights: what the CRM says, and what is said where there is no rhythm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from connector.contract import CrmId, Direction, Interaction, Kind, Result
from connector.errors import NeedsHuman
from tests.connector.samples import ADEYEMI, BRANDT, npi
from tests.nights.desk import Desk

CONFIG = "ready_made: {path: tiers.csv}\ncold: {relationship: {model: MODEL}}\n"


def wrote(desk: Desk, account: CrmId, *days_ago: int) -> None:
    for ago in days_ago:
        at = desk.clock.now() - timedelta(days=ago)
        mail = Interaction(CrmId(f"m{account}{ago}"), account, Kind.EMAIL, at, at, Result.DONE, Direction.INBOUND)
        desk.org.log(mail)


def told(folder: Path, model: str, others: int = 130) -> tuple[list[object], object]:
    """Of Dr. Adeyemi, weekly until 60 days ago, and Dr. Brandt, yearly until 120 days ago; and what was announced."""
    desk, names = Desk(folder, CONFIG.replace("MODEL", model)), [npi(100 + at) for at in range(others)]
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},A", *(f"{name},C" for name in names))
    adeyemi, brandt, *rest = desk.has(ADEYEMI, BRANDT, *names)
    wrote(desk, adeyemi, *range(60, 425, 7))
    wrote(desk, brandt, 120, 485, 850, 1215)
    for account, days in zip(rest, lives(), strict=False):
        wrote(desk, account, *days)
    desk.night()
    announced = [facts["what"] for event, facts in desk.told if event == "announced" and "BG/NBD" in str(facts)]
    return [desk.says(one, "relationship")[0] for one in (adeyemi, brandt)], announced


def lives() -> Iterator[list[int]]:
    """The days before today on which accounts wrote, three times or more, at a rate of their own until they left."""
    rng = np.random.default_rng(8)
    while True:
        rate, leaves, day, days = rng.gamma(1, 1 / 60), rng.beta(0.8, 3), rng.uniform(400, 800), list[int]()
        while day > 0:
            days.append(int(day))
            day -= rng.exponential(1 / rate) if rng.random() > leaves else 1000
        if len(set(days)) >= 3:
            yield sorted({*days})[:30]


@pytest.mark.parametrize(("model", "states"), [("bg_nbd", ["quiet", "warm"]), ("recency", ["warm", "quiet"])])
def test_the_config_says_what_tells_of_silence(tmp_path: Path, model: str, states: list[str]) -> None:
    assert told(tmp_path, model) == (states, [])


def test_a_night_without_enough_accounts_goes_by_plain_recency_and_says_so(tmp_path: Path) -> None:
    states, announced = told(tmp_path, "bg_nbd", others=20)

    assert states == ["warm", "quiet"]
    assert announced == [
        "BG/NBD wants 100 accounts heard of on 3 days, and there are 22. "
        "So plain recency tells who is quiet tonight (`cold.relationship.model`)."
    ]


def test_one_mail_is_no_rhythm_and_the_config_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path, CONFIG.replace("MODEL", "bg_nbd, least: 1"))

    with pytest.raises(
        NeedsHuman, match=r"one touch has no rhythm that bg_nbd could tell of. Write `least: 2` or more\."
    ):
        desk.loaded()
