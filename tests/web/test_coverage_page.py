"""The page of coverage: what nights have counted, for whom it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from connector.host.web.door import Door
from connector.store.reads.coverage import weeks
from connector.store.reads.sees import EVERYTHING, Sees
from tests.conftest import TODAY
from tests.web.house import ADEYEMI, ASH, KIM, LEE, PAT, ROBIN, SAM, TEAM, House, house

COVERAGE = "/memory/coverage"
MANAGER = {"issuer": "http://127.0.0.1:1/idp", "groups": ["managers"]}


def counted(home: House, sees: Sees) -> list[dict[tuple[str, str], int]]:
    """By week."""
    with home.site.database.reading() as connection:
        return [week.numbers for week in weeks(connection, "memory", sees, TODAY - timedelta(weeks=9))]


def test_a_week_is_counted_once_and_a_later_one_beside_it(home: House) -> None:
    [first] = counted(home, EVERYTHING)
    home.desk.night()
    home.desk.visited(home.account(ADEYEMI), days_ago=0)
    home.desk.night(TODAY + timedelta(days=7))

    [again, second] = counted(home, EVERYTHING)

    assert first == again
    assert first["A", "lost_contact"] == 3
    assert (second["A", "lost_contact"], second["A", "on_track"], second["", "ended"]) == (2, 1, 1)


def test_a_flag_that_ended_after_the_last_night_of_its_week_is_counted_in_it(home: House) -> None:
    flag = home.store.flags.open()[ADEYEMI]
    form = {"reason": "On leave"}
    assert home.post(f"/memory/cold/{flag.id}/snooze", PAT, form)[0] == 303

    home.desk.night(TODAY + timedelta(days=7))

    assert [week.get(("", "ended"), 0) for week in counted(home, EVERYTHING)] == [1, 0]


def test_who_sees_all_reps_but_some_sees_what_the_others_have(shared: House) -> None:
    everything, theirs, ours = (
        counted(shared, sees)[0] for sees in (EVERYTHING, Sees(frozenset({ASH})), Sees(frozenset({KIM, LEE})))
    )

    but = counted(shared, Sees(but=frozenset({ASH})))[0]

    assert {key: number for key, number in but.items() if number} == {
        key: number for key, number in ours.items() if number
    }
    assert {key: theirs.get(key, 0) + ours.get(key, 0) for key in everything} == everything


def test_who_sees_all_reps_but_some_is_not_told_of_all_under_the_name_of_everybody(tmp_path: Path) -> None:
    with house(tmp_path, f"{TEAM}cold: {{flag: {{manager: boss@example.com}}}}\n") as home:
        boss = Sees(but=frozenset({KIM, LEE, ASH}))
        key, _ = Door(home.site).sessions.begin("boss", "boss@example.com", "MANAGER", home.desk.clock.now(), MANAGER)

        answers = [home.ask("GET", f"{COVERAGE}{asked}", {"Cookie": f"callplan={key}"}) for asked in ("", "?rep=*")]

        assert [answer.status for answer in answers] == [200, 404]
        assert counted(home, Sees(frozenset({"*"}))) == []
        assert not any(number for week in counted(home, boss) for number in week.values())


def test_a_manager_sees_the_numbers_of_her_team_alone(shared: House) -> None:
    pages = {who: shared.get(COVERAGE, who)[1] for who in (PAT, SAM, ROBIN)}

    shown = {who: [rep for rep in (KIM, LEE, ASH) if f"rep={rep}" in page] for who, page in pages.items()}
    assert shown == {PAT: [KIM, LEE], SAM: [ASH], ROBIN: [KIM, LEE, ASH]}
    assert shared.get(f"{COVERAGE}?rep={ASH}", PAT)[0] == shared.get(f"{COVERAGE}?team={SAM}", PAT)[0] == 404
    assert shared.get(COVERAGE, KIM)[0] == 403
    assert f"rep={KIM}" not in shared.get(f"{COVERAGE}?team={SAM}", ROBIN)[1]
