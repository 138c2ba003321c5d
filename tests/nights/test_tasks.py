"""One open task for each flag: made once, closed with its flag, and left to whoever has taken it in hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from callplan.model import Npi
from connector.contract import CrmId, Field, FieldType, Interaction, Kind
from connector.store.flags import TOUCHED, End, Flag, Raised
from tests.conftest import TODAY
from tests.nights.desk import Desk

ADEYEMI = Npi("1003000126")
CONFIG = """
ready_made: {path: tiers.csv, columns: {npi: npi, tier: tier}}
cold: {flag: {tasks: true}, touches: [{kind: visit}, {kind: task}]}
"""
LOST = 3  # as often as one is sent in one night


class Killed(BaseException):
    """Our process ended here."""


class Team(Desk):
    def flagged(self, today: date = TODAY) -> Flag:
        """By hand, where no night has raised it."""
        if ADEYEMI not in self.store.flags.open():
            raised = Raised(ADEYEMI, today, "kim@example.com", "", "Silent.", "Visit.", 400.0, None)
            self.store.flags.begin(self.begun(), [raised])
        return self.store.flags.open()[ADEYEMI]

    def begun(self) -> int:
        return self.store.journal.begin_run("nightly", TODAY, self.clock.now())

    def ended(self, today: date = TODAY) -> None:
        flag = self.store.flags.open()[ADEYEMI]
        self.store.flags.end([End(flag.id, today, TOUCHED, "A visit.")])

    def opened(self, today: date = TODAY) -> dict[str, int]:
        """Of the job alone: what it did."""
        return {name: number for name, number in self.night(today, "open_tasks").items() if number}

    def tasks(self) -> list[Interaction]:
        return [one for one in self.org.interactions.values() if one.kind is Kind.TASK]

    def person(self, **changed: object) -> None:
        """Somebody's hand on the only task."""
        [task] = self.tasks()
        self.org.log(replace(task, **changed))  # type: ignore[arg-type]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Dr. Adeyemi, Tier A of Kim's, whom nobody has seen for two hundred days."""
    team = Team(tmp_path, CONFIG, "task: {object: Task, key: key}\n", reads="name: name")
    team.write("tiers.csv", "npi,tier", f"{ADEYEMI},A")
    team.org.add_fields(Field("name", FieldType.TEXT, True))
    account = team.org.add_account("kim@example.com", npi=ADEYEMI, name="Dr. Adeyemi")
    team.visited(account, 200)
    team.night(name="pull")
    team.flagged()
    return team


def test_over_whole_nights_a_flag_has_one_task_which_is_closed_with_it_and_is_no_touch(team: Team) -> None:
    team.night(TODAY)
    [made] = team.tasks()
    team.night(TODAY + timedelta(days=1))
    [quiet] = team.tasks()
    account = CrmId(str(made.account))
    team.visited(account, 100)
    team.ended()
    team.clock.sleep(8 * 24 * 3600)
    team.night(TODAY + timedelta(days=8))
    team.night(TODAY + timedelta(days=9))

    [closed] = [one for one in team.tasks() if one.id == made.id]
    assert (made.owner, made.result, made.at.date()) == ("kim@example.com", "planned", TODAY + timedelta(days=7))
    assert (quiet, closed.result) == (made, "done")
    assert team.says(account, "last_visit") == ((TODAY - timedelta(days=100)).isoformat(),)
    kept = next(iter(team.store.todos.all().values()))
    assert (kept.subject, kept.done, kept.state) == ("Going cold: Dr. Adeyemi", True, "written")


def test_a_night_without_news_asks_the_crm_nothing(team: Team) -> None:
    team.opened()
    before = team.org.calls_left

    assert team.opened() == {}
    assert before - team.org.calls_left == 1  # the fields of the account, as of every run


@pytest.mark.parametrize("hand", [{"result": "done"}, {"gone": True}])
def test_a_task_that_a_person_has_ended_is_not_made_again_for_its_flag_but_for_the_next(
    team: Team, hand: dict[str, object]
) -> None:
    team.opened()
    team.person(**hand)
    [account] = team.org.accounts
    team.org.give(account, "pat@example.com")  # a reason to write to it
    team.night(name="pull")

    told, again = team.opened(), team.opened()
    team.ended()
    team.flagged(TODAY + timedelta(days=40))
    next_one = team.opened()

    assert (list(told), again) == (["tasks_gone" if "gone" in hand else "tasks_left"], {})
    assert next_one == {"tasks_made": 1}
    assert len(team.tasks()) == 2


def test_a_task_goes_to_whoever_has_the_account(team: Team) -> None:
    team.opened()
    [account] = team.org.accounts
    team.org.give(account, "pat@example.com")
    team.night(name="pull")

    told = team.opened()

    assert told == {"tasks_made": 1}
    assert [(one.owner, one.result) for one in team.tasks()] == [("pat@example.com", "planned")]


def test_lost_answers_make_no_second_task(team: Team) -> None:
    team.org.lose_answers = LOST

    lost, found, quiet = team.opened(), team.opened(), team.opened()

    assert (lost, found, quiet) == ({"tasks_unknown": 1}, {"tasks_made": 1}, {})
    assert len(team.tasks()) == 1


def test_a_process_killed_between_the_answer_and_the_settling_leaves_one_task(team: Team) -> None:
    engine, dies = team.store.database.engine, [True]

    @event.listens_for(engine, "commit")
    def _(_connection: Connection) -> None:
        if dies and team.org.booked:
            raise Killed

    with pytest.raises(Killed):
        team.opened()
    dies.clear()
    states = [(one.state, one.record) for one in team.store.todos.all().values()]

    again, quiet = team.opened(), team.opened()

    assert states == [("intended", None)]
    assert (again, quiet) == ({"tasks_made": 1}, {})
    assert [one.state for one in team.store.todos.all().values()] == ["written"]
    assert len(team.tasks()) == 1


def test_the_next_flag_s_task_waits_until_the_last_one_is_closed(team: Team) -> None:
    team.opened()
    team.ended()
    team.flagged(TODAY + timedelta(days=40))
    team.org.lose_answers = LOST

    lost, there = team.opened(), len(team.tasks())
    after = team.opened()

    assert (lost, there) == ({"tasks_unknown": 1}, 1)
    assert after == {"tasks_ended": 1, "tasks_made": 1}
    assert sorted(one.result for one in team.tasks()) == ["done", "planned"]


def test_the_task_of_a_rep_who_has_left_is_closed_so_that_her_successor_gets_the_next(team: Team) -> None:
    team.opened()
    team.ended()
    team.org.strangers.add("kim@example.com")
    [account] = team.org.accounts
    team.org.give(account, "lee@example.com")
    team.night(name="pull")
    team.flagged(TODAY + timedelta(days=40))

    team.opened()

    assert sorted((one.result, one.owner) for one in team.tasks()) == [
        ("done", "kim@example.com"),
        ("planned", "lee@example.com"),
    ]


def test_a_refused_task_is_told_with_its_remedy_and_held_for_a_week(team: Team) -> None:
    team.org.strangers.add("kim@example.com")

    told = [team.opened(), team.opened()]
    team.clock.sleep(8 * 24 * 3600)
    told.append(team.opened())

    assert told == [{"tasks_refused": 1}, {}, {"tasks_refused": 1}]
    said = team.facts("task_refused")
    assert (said["code"], bool(said["remedy"])) == ("UNKNOWN_OWNER", True)


def test_it_is_off_unless_asked_for(team: Team) -> None:
    team.config = CONFIG.replace("flag: {tasks: true}, ", "")

    assert team.opened() == {}
    assert team.tasks() == []


def test_a_flag_from_before_tasks_were_switched_on_has_a_week_from_then(team: Team) -> None:
    [account] = team.org.accounts
    team.org.edit(account, name="")
    team.night(name="pull")
    team.clock.sleep(100 * 24 * 3600)

    team.opened(TODAY + timedelta(days=100))

    [kept] = team.store.todos.all().values()
    assert (kept.subject, kept.due) == (f"Going cold: NPI {ADEYEMI}", TODAY + timedelta(days=107))
