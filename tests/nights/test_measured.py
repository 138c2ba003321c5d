"""How far the call plan was carried out, over whole nights: what a record says, and what a manager is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from callplan.model import Measured, Npi
from connector.contract import CrmId, Interaction, Kind, Result
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.report.reported import Report
from connector.host.report.stored import Wanted, report_crms
from connector.host.report.told import say_report
from connector.store.flags import TOUCHED, WITHDRAWN, End, Raised
from connector.store.slots import COMMITTED, MOVED, SlotEvent
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, npi
from tests.nights.desk import Desk

LEE = npi(7)  # of another rep
KIM, OTHER = "kim@example.com", "lee@example.com"
CONFIG = """
ready_made: {path: tiers.csv}
cycle: {length: 8 weeks, starts: 2026-11-23}
week: {holidays: null}
reps:
  - {email: kim@example.com, manager: pat@example.com}
  - {email: lee@example.com, leave: [{since: 2026-11-23, until: 2026-12-04}]}
"""
CYCLE = ("cycle_goal", "cycle_calls", "cycle_remaining")


class Team(Desk):
    def opened(self) -> tuple[CrmId, ...]:
        """Kim's A, B and C and one without a tier, and an A of Lee, who is on leave for the first ten of forty days."""
        self.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},B", f"{CASTILLO},C", f"{LEE},A")
        kims = self.has(ADEYEMI, BRANDT, CASTILLO)
        found = (*kims, self.org.add_account(OTHER, npi=LEE), *self.has(npi(8)))
        self.night()
        return found

    def met(self, account: CrmId, day: int, by: str = KIM, *, noted: bool | None = None, late: int = 0) -> None:
        """So many days after the first night, logged so many days later."""
        at = datetime(2026, 11, 23, 18, tzinfo=self.clock.now().tzinfo) + timedelta(days=day)
        id_, created = CrmId(f"{account}{day}{by}"), at + timedelta(days=late)
        done = Interaction(id_, account, Kind.VISIT, at, at, Result.DONE, owner=by, created=created, noted=noted)
        self.org.log(done)

    def later(self, days: int) -> date:
        self.clock.sleep(days * 24 * 3600)
        return TODAY + timedelta(days=days)

    def report(self, *, cycle: str | None = None, rep: str | None = None, manager: str | None = None) -> Report:
        wanted = Wanted(self.folder / "config.yaml", cycle=cycle, rep=rep, manager=manager)
        (found,) = report_crms(wanted, self.clock.now())
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Team:
    return Team(tmp_path, CONFIG, "notes: {Task: [Notes]}\n")


def group(report: Report, name: str) -> Measured:
    return next(one for one in report.measured if one.name == name)


def test_a_target_says_what_the_cycle_asks_for_and_what_it_has_had(desk: Team) -> None:
    adeyemi, brandt, castillo, *_ = desk.opened()
    before = desk.says(adeyemi, *CYCLE), desk.says(brandt, *CYCLE), desk.says(castillo, *CYCLE)
    for day in (1, 2, 3):
        desk.met(adeyemi, day)

    desk.night(desk.later(4))

    assert before == ((2, 0, 2), (1, 0, 1), (None, None, None))  # 56 days: of 30 two, of 90 one
    assert desk.says(adeyemi, *CYCLE) == (2, 3, 0)


def test_the_fields_move_with_a_touch_and_with_the_cycle_and_at_no_other_time(desk: Team) -> None:
    adeyemi, *_ = desk.opened()
    desk.met(adeyemi, 1)
    desk.night(desk.later(2))
    quiet = desk.night(TODAY + timedelta(days=3))["written"]

    desk.later(60)
    desk.night(TODAY + timedelta(days=62))

    assert quiet == 0
    assert desk.says(adeyemi, *CYCLE) == (2, 0, 2)


def test_the_fields_are_part_of_what_can_be_selected(desk: Team) -> None:
    *_, lee, _ = desk.opened()
    desk.org.edit(lee, cycle_goal=9, tier_reason="mine")

    desk.night(name="pull")
    with desk.run() as run:
        chosen = run.but(selection=type(run.selection)(job=("measure",))).diff()

    assert [change.after for change in chosen.differences] == [{"cycle_goal": 2}]


def test_a_manager_hears_how_her_reps_carried_out_their_plan(desk: Team) -> None:
    adeyemi, brandt, castillo, lee, stranger = desk.opened()
    for account, day in ((adeyemi, 1), (brandt, 2), (castillo, 2)):
        desk.met(account, day, noted=account == adeyemi, late=3 * (account == brandt))
    desk.met(lee, 3)  # by Kim, while Lee is away
    desk.met(stranger, 4)
    desk.night(desk.later(14), name="pull")

    report = desk.report()

    kim, other = group(report, KIM), group(report, OTHER)
    assert (kim.attainment.targets, kim.attainment.goal, kim.attainment.calls) == (2, 3, 2)
    assert (kim.adherence.on_target, kim.adherence.calls) == (3, 5)  # two are no targets
    assert (kim.attainment.due, other.attainment.due) == (0.25 * 3, 0)  # ten of forty days; Lee was on leave for them
    assert (other.attainment.reach, other.adherence.adherence) == (1.0, None)
    assert (kim.logging.soon, kim.logging.complete) == (4 / 5, 1 / 3)
    assert group(report, "pat@example.com").attainment == kim.attainment
    assert group(report, "Tier A").coverage.coverage == 1.0


def test_what_is_told_aloud_names_the_cycle_and_what_is_not_known(desk: Team) -> None:
    adeyemi, *_ = desk.opened()
    desk.met(adeyemi, 1)
    desk.night(desk.later(7), name="pull")
    desk.store.flags.keep_gaps({OTHER: date(2026, 11, 20)}, date(2026, 11, 27))

    said = "\n".join(say_report(desk.report()))

    assert said.startswith("Call plan 23 Nov 2026 to 17 Jan 2027, memory.\nThe cycle runs from 23 Nov 2026")
    assert "; 5 of its 40 working days have passed." in said
    assert f"{OTHER} logged nothing after 20 Nov 2026 up to now: a logging gap" in said
    assert "Reach 33.3 %: 1 of 3 targets had a qualifying touch." in said
    earlier = "\n".join(desk.report(cycle="2026-Q4").about)
    assert "kept this CRM's plan since 23 Nov 2026: tiers before are not known" in earlier


def test_a_report_of_one_manager_or_one_rep_is_of_theirs_alone(desk: Team) -> None:
    desk.opened()

    managed, own = desk.report(manager="pat@example.com"), desk.report(rep=OTHER)

    assert {target.rep for target in managed.targets} == {KIM}
    assert [one.name for one in own.measured] == [OTHER, "Tier A", "Tier B"]
    assert [one.attainment.targets for one in own.measured] == [1, 1, 0]
    with pytest.raises(NeedsHuman, match=r"No rep has the manager .*nearest is .pat@example.com"):
        desk.report(manager="pet@example.com")


def test_flags_and_slots_of_the_cycle_are_followed_to_the_visit(desk: Team) -> None:
    adeyemi, *_ = desk.opened()
    with desk.run() as run:
        slots = [SlotEvent(Npi(ADEYEMI), KIM, TODAY, COMMITTED, TODAY + timedelta(days=2), 600, "Due.")]
        slots += [SlotEvent(Npi(LEE), OTHER, TODAY, COMMITTED, TODAY + timedelta(days=1), 600, "Due.")]
        slots += [SlotEvent(Npi(LEE), OTHER, TODAY, MOVED, TODAY + timedelta(days=1), 600, "", TODAY, 700)]
        desk.store.slots.log(run.id, slots)
        raised = [Raised(Npi(one), TODAY, KIM, "", "", "", None, date(2026, 10, 1)) for one in (ADEYEMI, LEE, BRANDT)]
        desk.store.flags.begin(run.id, raised)
    one, _, brandt = desk.store.flags.all()
    desk.store.flags.end([End(one.id, TODAY, TOUCHED, ""), End(brandt.id, TODAY, WITHDRAWN, "")])
    desk.met(adeyemi, 4)
    desk.night(desk.later(7), name="pull")

    found = group(desk.report(), "everybody")

    assert found.flags
    assert (found.flags.raised, found.flags.recovered, found.flags.median_days) == (2, 1, 4.0)
    assert (found.flags.decided, found.flags.truly_cold) == (2, 1)  # Lee's 60 days were over on 30 November
    assert found.slots
    assert (found.slots.kept, found.slots.moved, found.slots.with_reason) == (1, 1, 0)


def test_before_the_first_night_there_is_nothing_to_report(desk: Team) -> None:
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A")
    desk.loaded()

    done = CliRunner().invoke(cli, ["report", "-c", str(desk.folder / "config.yaml")])

    assert "there is no plan yet" in str(done.exception)
