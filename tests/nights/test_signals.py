"""Two vintages, in the memory CRM: what the second night says has moved, and what no other night does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from shutil import copytree

import numpy as np
import pytest
from click.testing import CliRunner, Result

import adapters.memory
from adapters.memory.org import Org
from callplan.model import Event, Npi
from connector.contract import Field, FieldType
from connector.errors import StopForTonight
from connector.host.cli import cli
from connector.host.log import silent
from connector.host.open import Parts, begin_run, open_base, open_config
from connector.mapping import read_mapping, reading
from connector.run import Run
from connector.store import Store
from jobs.find_signals import look
from jobs.nightly import nightly, rehearse
from tests.conftest import TODAY, StillClock
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, npi, written
from tests.connector.test_registries import NPPES, enumerated, gone

CLAIMS = ("Rndrng_NPI", "Rndrng_Prvdr_Type", "Rndrng_Prvdr_Zip5", "HCPCS_Cd", "Tot_Benes", "Tot_Srvcs")
OTHERS = [npi(at) for at in range(5)]
CONFIG = """
store: sqlite:///callplan.db
crm: {memory: {mapping: memory.yaml}}
claims: [{path: "claims/*.csv"}]
registries: [{path: "registries/*.csv"}]
assess: {families: [{name: rhythm, codes: ["33249"]}]}
guards: {max_tier_moves: 1, max_territory_moves: 1, max_a_loss: 1, min_input_share: 0.5}
"""
MAPPING = """
crm: memory
account: {object: account, npi: NPI, latitude: Lat, longitude: Lon}
interactions: [visits]
fields: {tier: {field: Tier, policy: ours}}
"""


@dataclass
class Office:
    """A folder with its config and files, and a CRM; the tiers hold all accounts, so none moves but by a gate."""

    folder: Path
    org: Org
    day: int = 0

    def __post_init__(self) -> None:
        self.config = open_config(self.folder / "config.yaml")
        self.database = open_base(self.config)

    def receive(self, year: int, volumes: dict[str, int], *, moved: str = "503091234", off: str = "") -> None:
        """The next year's claims and registry, in place of the last."""
        for old in self.folder.glob("*/*.csv"):
            old.unlink()
        rows = [
            (one, "Cardiology", "50309", "33249", 20, n) for one, n in (dict.fromkeys(OTHERS, 50) | volumes).items()
        ]
        written(self.folder / f"claims/MUP_PHY_D{year}_Prov_Svc.csv", CLAIMS, *rows)
        listed = [enumerated(ADEYEMI), enumerated(CASTILLO, zip_code=moved)]
        brandt = gone(BRANDT, off) if off else enumerated(BRANDT)
        stranger = enumerated(npi(99))
        written(self.folder / "registries/npidata_pfile_20050523-20261108.csv", NPPES, brandt, stranger, *listed)

    def rewrite(self, old: str, new: str) -> None:
        file = self.folder / "config.yaml"
        file.write_text(file.read_text().replace(old, new))
        self.config = open_config(file)

    @property
    def store(self) -> Store:
        return self.database.store("memory")

    @contextmanager
    def run(self) -> Iterator[Run]:
        mapping, settings = read_mapping(self.folder / "memory.yaml"), adapters.memory.Settings()
        clock, wanted = self.org.clock, reading(mapping.value)
        connect = partial(adapters.memory.connect, settings, wanted, clock=clock, transport=self.org)
        parts = Parts(self.config, mapping, connect, self.store, clock, Random(7), silent)
        with begin_run(parts, "nightly", TODAY + timedelta(days=self.day)) as run:
            yield run

    def night(self) -> dict[str, int]:
        with self.run() as run:
            return nightly(run)

    def told(self, *words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--config", str(self.folder / "config.yaml")])

    def open(self) -> list[tuple[str, Event]]:
        return [(kept.signal.npi, kept.signal.event) for kept in self.store.signals.open()]


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    for name, text in {"config.yaml": CONFIG, "memory.yaml": MAPPING}.items():
        (folder / name).write_text(text)
    for name in ("claims", "registries"):
        (folder / name).mkdir()
    place = Office(folder, Org(StillClock()))
    numbers = [Field(name, FieldType.NUMBER, False) for name in ("Lat", "Lon")]
    place.org.add_fields(Field("NPI", FieldType.TEXT, False), Field("Tier", FieldType.TEXT, True), *numbers)
    for one in (ADEYEMI, BRANDT, CASTILLO, *OTHERS):
        place.org.add_account("kim@example.com", NPI=one, Lat=41.6, Lon=-93.6)
    place.receive(23, {ADEYEMI: 40, BRANDT: 60, CASTILLO: 90})
    assert place.night()["signals"] == 0
    place.database.engine.dispose()
    return place


@pytest.fixture
def office(first_night: Office, tmp_path: Path) -> Office:
    """After a first night."""
    copytree(first_night.folder, tmp_path, dirs_exist_ok=True)
    return Office(tmp_path, deepcopy(first_night.org))


def test_the_second_vintage_says_what_moved_and_a_second_night_on_it_says_nothing(office: Office) -> None:
    office.receive(24, {ADEYEMI: 96, BRANDT: 60}, moved="616021234", off="11/10/2026")
    with office.run() as run:
        rehearse(run)
    assert office.open() == []

    first, kept = office.night(), office.store.signals.open()
    second, again = office.night(), office.store.signals.open()

    assert [(one.signal.npi, one.signal.event) for one in kept] == [
        (ADEYEMI, Event.VOLUME_UP),  # Brandt's has done what it had to say: the NPI is deactivated, and the gate shut
        (CASTILLO, Event.LEFT_CLAIMS),
        (CASTILLO, Event.PRACTICE_LOCATION_CHANGED),
    ]
    assert (first["signals"], first["signals_volume_up"], second["signals"]) == (4, 1, 0)
    assert again == kept
    with office.run() as run:
        _, hard = look(run).nominations(np.array([CASTILLO, BRANDT]))
    assert hard.tolist() == ["", ""]  # their tiers have moved since: the band holds them again
    brandt = office.store.plan.assignments()[Npi(BRANDT)]
    assert "before that A, no visits planned: its NPI is deactivated in the registry." in brandt.reason
    assert {file["layout"] for file in office.store.plan.last_vintage().files} == {"cms_provider_service", "nppes"}  # type: ignore[union-attr]


def test_the_job_that_decides_tiers_knows_tonights_signals_before_they_are_kept(office: Office) -> None:
    office.receive(24, {ADEYEMI: 96, BRANDT: 60, CASTILLO: 20}, off="11/10/2026")

    with office.run() as run:
        news, asked = look(run), run.intake.claims.npi
        nominated, hard = news.nominations(asked)

    told = dict(zip(asked.tolist(), zip(nominated.tolist(), hard.tolist(), strict=True), strict=True))
    assert told[ADEYEMI] == (1, "")
    assert told[BRANDT] == (-1, "NPI deactivated on 2026-11-10")
    assert told[CASTILLO] == (-1, "")
    assert set(asked[news.deactivated(asked)].tolist()) == {BRANDT}
    assert office.open() == []


def test_a_vintage_that_a_guard_refused_is_not_what_the_next_one_is_compared_with(office: Office) -> None:
    office.receive(24, {})
    for file in office.folder.glob("claims/*.csv"):
        file.write_text("\n".join(file.read_text().splitlines()[:3]))

    with pytest.raises(StopForTonight):
        office.night()

    assert office.open() == []
    office.receive(24, {ADEYEMI: 96, BRANDT: 60, CASTILLO: 90})
    office.night()
    assert office.open() == [(ADEYEMI, Event.VOLUME_UP)]


def test_a_signal_is_taken_back_dismissed_or_over(office: Office) -> None:
    office.receive(24, {ADEYEMI: 96, BRANDT: 120, CASTILLO: 20, OTHERS[0]: 100})
    office.night()
    number = next(kept.id for kept in office.store.signals.open() if kept.signal.npi == BRANDT)

    dismissed = office.told("signals", "dismiss", str(number), "--by", "M. Lee", "--reason", "locum until June")
    office.receive(25, {ADEYEMI: 45, BRANDT: 120, CASTILLO: 22, OTHERS[0]: 300})
    office.night()
    left = [kept.signal.text for kept in office.store.signals.open()]
    office.day = 91
    office.night()

    assert dismissed.output == f"memory: signal {number} is dismissed by M. Lee. The next night acts on it.\n"
    assert '"reason": "locum until June"' in (office.folder / "callplan.audit.jsonl").read_text()
    assert left == [
        "volume up from 100 to 300 procedures a year",  # and no more from 50 to 100
        "volume down from 90 to 20 procedures a year",
    ]
    assert office.open() == []


def test_a_nomination_ends_when_the_tier_moves_that_way(office: Office) -> None:
    office.receive(24, {ADEYEMI: 5, BRANDT: 60, CASTILLO: 90})  # below the floor

    tally = office.night()
    office.day = 30
    office.receive(25, {ADEYEMI: 5, BRANDT: 5, CASTILLO: 90})
    office.night()
    office.day = 60
    office.receive(26, {ADEYEMI: 5, BRANDT: 5, CASTILLO: 90}, off="11/10/2026")
    office.night()

    assert (tally["signals_volume_down"], tally["signals_open"]) == (1, 0)
    assert office.open() == [(BRANDT, Event.DEACTIVATED)]  # her tier had moved before


def test_the_command_says_it_in_sentences_and_for_machines(office: Office) -> None:
    office.receive(24, {ADEYEMI: 96, BRANDT: 60, CASTILLO: 20})
    office.night()

    said, data = office.told("signals", "--npi", CASTILLO), json.loads(office.told("signals", "--json").output)

    assert (
        f"NPI {CASTILLO}: volume down from 90 to 20 procedures a year; nominated for B. Until 2027-02-21."
        in said.output
    )
    assert ADEYEMI not in said.output
    assert [(one["npi"], one["says"], one["nominates"]) for one in data["memory"]["signals"]] == [
        (ADEYEMI, "volume up from 40 to 96 procedures a year; already Tier A.", "up"),
        (CASTILLO, "volume down from 90 to 20 procedures a year; nominated for B.", "down"),
    ]
    assert "2 signals wait for review" in office.told("status").output


def test_last_years_file_that_was_left_in_the_folder_is_noticed(office: Office) -> None:
    old = next(office.folder.glob("claims/*.csv")).read_text()
    office.receive(24, {ADEYEMI: 40, BRANDT: 60, CASTILLO: 90})
    (office.folder / "claims/MUP_PHY_D23_Prov_Svc.csv").write_text(old)

    office.night()

    assert office.open() == []
    assert "not compared: one counts 12 months and the other 24 months" not in office.told("signals").output
    assert "not compared: one counts 12 months and the other 24." in office.told("signals").output


def test_another_month_of_the_registry_is_another_vintage(office: Office) -> None:
    office.receive(23, {ADEYEMI: 40, BRANDT: 60, CASTILLO: 90}, moved="616021234")

    office.night()

    assert office.open() == [(CASTILLO, Event.PRACTICE_LOCATION_CHANGED)]


def test_other_families_in_the_config_bring_no_signal_and_take_none_back(office: Office) -> None:
    office.receive(24, {ADEYEMI: 96, BRANDT: 60, CASTILLO: 90})
    office.night()
    office.rewrite('codes: ["33249"]', 'codes: ["33249"], weight: 0.5')  # 96 count as 48, which is not up from 40
    office.night()
    same_vintage = office.open(), office.store.facts.unlike()

    office.rewrite("weight: 0.5", "weight: 0.4")
    office.receive(25, {ADEYEMI: 96, BRANDT: 61, CASTILLO: 90})
    office.night()
    office.org.add_account("kim@example.com", NPI=npi(50), Lat=41.6, Lon=-93.6)
    office.night()

    assert same_vintage == ([(ADEYEMI, Event.VOLUME_UP)], "")
    assert office.open() == [(ADEYEMI, Event.VOLUME_UP)]
    assert "not compared: the families under `assess` have changed" in office.told("signals").output


def test_registries_are_looked_at_beforehand_as_claims_are(office: Office) -> None:
    looked, checked = office.told("intake").output, office.told("check").output

    assert "npidata_pfile_20050523-20261108.csv: nppes, registry" in looked
    assert "ok  registries: 1 files\n    npidata_pfile_20050523-20261108.csv: nppes, 4 of 4 rows used\n" in checked
