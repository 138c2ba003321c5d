"""`callplan territories` after a night: side by side, a proposal, and the proposal in use."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adapters.memory import Settings, connect
from adapters.memory.org import Org
from callplan.model import Tier
from connector.config import read_config
from connector.contract import Field, FieldType
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.discover import job
from connector.host.log import silent
from connector.host.open import Parts, begin_run, open_store
from connector.mapping import read_mapping, reading
from connector.store.journal import Tally
from connector.sync.territories import read_territories
from tests.conftest import TODAY, StillClock
from tests.connector.samples import npi, written

KIM, LEE = "kim@example.com", "lee@example.com"
WEST, EAST = ("50309", "50010"), ("52401", "52240")  # Des Moines and Ames; Cedar Rapids and Iowa City
OWNERS = dict(zip((*WEST, *EAST), (KIM, LEE, KIM, LEE), strict=True))  # who cross each other
CONFIG = """
crm: {memory: {mapping: memory.yaml}}
claims: [{path: claims.csv, columns: {npi: npi, code: code, volume: volume, specialty: specialty}}]
assess:
  families: [{name: rhythm, codes: ["33249"]}]
reps: [{email: kim@example.com, home_zip: "50309"}]
"""
TWO_A_REP = """
tiers: {a_accounts: 2, b_accounts: 6, band: 0, dwell_days: 0, max_changes: 1}
guards: {max_tier_moves: 1, max_territory_moves: 1, max_a_loss: 1}
"""
MAPPING = """
crm: memory
account: {object: account, npi: npi, zip: zip}
interactions: [visits]
fields: {tier: {field: tier}}
"""


@dataclass(frozen=True)
class Crm:
    folder: Path
    org: Org

    def configured(self, more: str) -> None:
        (self.folder / "config.yaml").write_text(CONFIG + more)

    def night(self) -> Tally:
        """Without the push, which is not of interest here."""
        loaded = read_config(self.folder / "config.yaml", {"memory": Settings})
        mapping, clock = read_mapping(self.folder / "memory.yaml"), StillClock()
        way = partial(connect, Settings(), reading(mapping.value), clock=clock, transport=self.org)
        parts = Parts(loaded, mapping, way, open_store(loaded, "memory"), clock, Random(1), silent)
        with begin_run(parts, "nightly", TODAY) as run:
            for name in ("pull", "refresh_tiers", "flag_cold", "build_call_lists"):
                run.tally.update(job(name)(run))
            return dict(run.tally)

    def of_tier_a(self) -> list[str]:
        loaded = read_config(self.folder / "config.yaml", {"memory": Settings})
        plan = open_store(loaded, "memory").plan.assignments()
        return [npi_ for npi_, assignment in plan.items() if assignment.tier is Tier.A]

    def callplan(self, *words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--config", str(self.folder / "config.yaml")])

    def told(self, *words: str) -> Any:
        done = self.callplan("territories", *words, "--json")
        assert done.exception is None, done.exception
        return json.loads(done.stdout)["memory"]


@pytest.fixture(scope="module")
def after_a_night(tmp_path_factory: pytest.TempPathFactory) -> Crm:
    """Two accounts in each town."""
    folder, org = tmp_path_factory.mktemp("territories"), Org(StillClock())
    org.add_fields(*(Field(name, FieldType.TEXT, writable=True) for name in ("npi", "zip", "tier")))
    zips = [zip_code for zip_code in OWNERS for _ in range(2)]
    for at, zip_code in enumerate(zips):
        org.add_account(OWNERS[zip_code], npi=npi(at), zip=zip_code)
    rows = [(npi(at), "33249", 50 + at, "Cardiology") for at in range(len(zips))]
    written(folder / "claims.csv", ("npi", "code", "volume", "specialty"), *rows)
    (folder / "memory.yaml").write_text(MAPPING)
    crm = Crm(folder, org)
    crm.configured("")
    crm.night()
    return crm


@pytest.fixture
def crm(after_a_night: Crm, tmp_path: Path) -> Crm:
    """A copy, to go on with."""
    shutil.copytree(after_a_night.folder, tmp_path / "copy")
    return Crm(tmp_path / "copy", after_a_night.org)


def test_territories_are_shown_side_by_side(after_a_night: Crm) -> None:
    kim, lee = after_a_night.told()["territories"]

    assert (kim["rep"], kim["accounts"], kim["A"], kim["volume"]) == (KIM, 4, 4, 50 + 51 + 54 + 55)
    assert (lee["rep"], lee["needs_a_week"], lee["capacity"]) == (LEE, round(4 * 7 / 30, 3), 10.2)
    assert kim["drive_minutes"] > 60
    said = after_a_night.callplan("territories").stdout
    assert "estimated (great circle x 1.3)" in said
    assert "9%" in said  # four visits in thirty days of what she can hold


def test_a_proposal_is_shown_beside_today(after_a_night: Crm) -> None:
    found = after_a_night.told("suggest")

    assert found["within_tolerance"]
    assert found["imbalance"] == {"present": 1.0, "proposed": 1.0}
    assert found["drive_minutes"]["proposed"] < 30 < found["drive_minutes"]["present"]
    assert [(move["from"], move["to"]) for move in found["changing_hands"]] == [(LEE, KIM)] * 2 + [(KIM, LEE)] * 2
    assert (
        "accounts changing hands                           4  (4 of them"
        in after_a_night.callplan("territories", "suggest").stdout
    )


@pytest.mark.parametrize("name", ["territories.csv", "territories.xlsx"])
def test_a_saved_proposal_is_in_use_when_the_config_names_it(crm: Crm, name: str) -> None:
    first = crm.callplan("territories", "suggest", "--out", str(crm.folder / name))
    crm.configured(f"territories: {{by: list, file: {name}}}")

    tally = crm.night()

    assert first.exit_code == 0
    assert (tally["of_another_owner"], tally["in_no_territory"]) == (4, 0)
    stops = open_store(read_config(crm.folder / "config.yaml", {"memory": Settings}), "memory").plan.call_list()
    assert {npi_: stop.rep for npi_, stop in stops.items()} == {npi(at): KIM if at < 4 else LEE for at in range(8)}
    assert {account.owner for account in crm.org.accounts.values()} == {KIM, LEE}  # the CRM is as it was
    shown = crm.told()
    assert [row["volume"] for row in shown["territories"]] == [50 + 51 + 52 + 53, 54 + 55 + 56 + 57]
    assert {one["npi"] for one in shown["of_another_owner"]} == {npi(at) for at in (2, 3, 4, 5)}


def test_a_new_account_in_a_new_zip_falls_where_its_neighbours_are(crm: Crm) -> None:
    crm.callplan("territories", "suggest", "--out", str(crm.folder / "territories.csv"))
    crm.configured("territories: {by: list, file: territories.csv}")

    found = read_territories(read_config(crm.folder / "config.yaml", {"memory": Settings}))

    assert [found.at(npi(99), zip_code) for zip_code in ("50319", "52499", "60601")] == [KIM, LEE, ""]


def test_tiers_are_cut_among_the_accounts_of_a_territory(crm: Crm) -> None:
    crm.callplan("territories", "suggest", "--out", str(crm.folder / "territories.csv"))
    crm.configured("territories: {by: list, file: territories.csv}\n" + TWO_A_REP)

    crm.night()

    assert crm.of_tier_a() == [npi(at) for at in (2, 3, 6, 7)]  # by owner it would be 4, 5, 6 and 7


def test_accounts_in_no_territory_are_counted_and_stay_with_their_owner(crm: Crm) -> None:
    crm.configured('territories: {by: list, list: [{name: West, rep: kim@example.com, counties: ["Polk, IA"]}]}')

    tally = crm.night()

    assert (tally["of_another_owner"], tally["in_no_territory"]) == (0, 6)
    assert tally["reps"] == 2
    assert "50010 (2), 52401 (2), 52240 (2)" in crm.callplan("territories").stdout


def test_a_mistake_in_the_list_stops_the_night_before_it_begins(crm: Crm) -> None:
    crm.configured('territories: {by: list, list: [{name: West, rep: kim@example.com, counties: ["Pollk, IA"]}]}')

    with pytest.raises(NeedsHuman, match=r'config.yaml:7:.*no county "Pollk, IA"'):
        crm.night()


def test_a_proposal_for_nobody_or_for_too_many_is_refused(crm: Crm) -> None:
    many = crm.callplan("territories", "suggest", "--reps", "5")
    picture = crm.callplan("territories", "suggest", "--out", "territories.png")

    assert "5 reps, and accounts in 4 places" in str(many.exception)
    assert "ends in .csv or .xlsx" in str(getattr(picture.exception, "next_step", ""))
