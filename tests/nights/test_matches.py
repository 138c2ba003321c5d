"""The unmatched queue in whole nights: suggested, decided by a person, and true as long as the CRM lets it be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from callplan.model import Sort
from connector.contract import CrmId, Interaction, Kind, Result
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.matches import Wanted, decisions_in, list_matches
from connector.store.matches import Decision, Kept
from connector.store.plan import Stop
from connector.store.standing import ACCEPTED, LAPSED, REJECTED
from jobs.nightly import rehearse
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO
from tests.nights.desk import Desk

MISTYPED = "2000000100"  # Dr. Adeyemi's, two digits swapped
KIM, PAT = "kim@example.com", "Pat"
CONFIG = """
claims: [{path: claims.csv}, {path: volumes.csv}]
assess: {families: [{name: rhythm, codes: ["33249"]}]}
time_zone: America/Chicago
"""
GUARDS = "guards: {min_matched_share: 0, max_match_drop: 1, max_tier_moves: 1, max_a_loss: 1}\n"
READS = "name: name, city: city, state: state, zip: zip"


class Queue(Desk):
    def opened(self) -> None:
        """The claims know Dr. Adeyemi, Dr. Brandt and Dr. Castillo, all in Des Moines."""
        people = ((ADEYEMI, "Fola Adeyemi"), (BRANDT, "Bo Brandt"), (CASTILLO, "Ana Castillo"))
        self.write(
            "claims.csv",
            "npi,name,specialty,city,state,zip5",
            *(f"{npi},{name},Cardiology,Des Moines,IA,50309" for npi, name in people),
        )
        self.write("volumes.csv", "npi,hcpcs,services", *(f"{npi},33249,{60}" for npi, _ in people))
        for name in ("name", "city", "state"):
            self.org.add_fields(type(self.org.shape.fields["zip"])(name, self.org.shape.fields["zip"].type, True))

    def opens(self, npi: str | None, name: str = "", **more: str) -> CrmId:
        return self.org.add_account(
            KIM, npi=npi, name=name, **{"city": "Des Moines", "state": "IA", "zip": "50309", **more}
        )

    def logs(self, id_: str, account: CrmId | None, at: datetime) -> None:
        self.org.log(Interaction(CrmId(id_), account, Kind.VISIT, at, at, Result.DONE, owner=KIM))

    def found(self, sort: Sort, state: str = "") -> list[Kept]:
        return self.store.matches.all(state, sort)

    def decides(self, state: str, *found: Kept) -> None:
        self.store.matches.decide([Decision(one.id, state, PAT, "knows them") for one in found], self.clock.now())


@pytest.fixture
def desk(tmp_path: Path) -> Queue:
    desk = Queue(tmp_path, CONFIG, reads=READS, guards=GUARDS)
    desk.opened()
    return desk


def test_a_mistyped_npi_is_suggested_and_does_something_only_while_somebody_has_accepted_it(desk: Queue) -> None:
    account = desk.opens(MISTYPED, "Dr. Adeyemi, F., MD")

    desk.night()
    (found,) = desk.found(Sort.NPI)
    before = desk.says(account, "tier")
    desk.decides(ACCEPTED, found)
    desk.night()

    assert (found.record, found.to, found.own, found.confidence) == (account, ADEYEMI, MISTYPED, 99)
    assert "same last name, first name agrees by its initial, same ZIP, 2000000100 is nearly that NPI" in found.evidence
    assert (before, desk.says(account, "tier", "volume", "npi")) == ((None,), ("A", 60, MISTYPED))
    desk.decides(REJECTED, found)  # somebody takes it back
    desk.night()
    assert desk.says(account, "tier", "tier_reason", "volume", "touch_state") == (None,) * 4


def test_an_accepted_match_goes_on_with_the_survivor_of_a_merge(desk: Queue) -> None:
    account, survivor = desk.opens(MISTYPED, "Fola Adeyemi"), desk.opens(None, "Walk-in")
    desk.logs("v1", account, desk.clock.now() - timedelta(days=9))
    desk.night()
    desk.decides(ACCEPTED, *desk.found(Sort.NPI))
    desk.night()

    desk.org.merge(account, survivor)
    desk.night()

    assert desk.says(survivor, "tier", "last_visit") == ("A", "2026-11-14")
    assert [(one.record, one.state) for one in desk.found(Sort.NPI)] == [(survivor, ACCEPTED)]


def test_matches_of_two_accounts_go_on_when_one_is_merged_into_the_other_and_that_into_a_third(desk: Queue) -> None:
    first, second, third = desk.opens(MISTYPED, "F. Adeyemi"), desk.opens("", "Bo Brandt"), desk.opens(None, "Walk-in")
    desk.night()
    desk.decides(ACCEPTED, *desk.found(Sort.NPI))

    desk.org.merge(second, third)
    desk.org.merge(first, second)
    desk.night()

    told = {one.to: (one.record, one.state, one.reason) for one in desk.found(Sort.NPI)}
    assert told[ADEYEMI] == (third, ACCEPTED, "knows them")
    assert told[BRANDT] == (second, LAPSED, f"account {third} stands for NPI {ADEYEMI}")


def test_a_rehearsal_in_which_a_match_would_lapse_says_nothing_of_it_in_the_audit_log(desk: Queue) -> None:
    account = desk.opens(MISTYPED, "Fola Adeyemi")
    desk.night()
    desk.decides(ACCEPTED, *desk.found(Sort.NPI))
    desk.org.edit(account, npi=ADEYEMI)
    audit = Path(f"{desk.folder}/callplan.db.audit.jsonl")
    before = audit.read_text()

    with desk.run(name="plan") as run:
        rehearse(run)

    assert [one.state for one in desk.found(Sort.NPI)] == [ACCEPTED]
    assert audit.read_text() == before


def test_what_else_an_account_could_be_is_not_asked_once_it_counts_for_another(desk: Queue) -> None:
    desk.opens(None, "Fola Adeyemi"), desk.opens(None, "Fola Adeyemi")
    desk.night()
    (found,) = desk.found(Sort.DUPLICATE)
    asked = {one.record for one in desk.found(Sort.NPI, "proposed")}

    desk.decides(ACCEPTED, found)
    desk.night()

    assert asked == {found.record, found.to}
    assert [one.record for one in desk.found(Sort.NPI, "proposed")] == [found.to]


@pytest.mark.parametrize(("corrected", "why"), [(BRANDT, f"has NPI {BRANDT}"), (ADEYEMI, "says so itself")])
def test_a_match_lapses_that_night_when_the_crm_is_corrected(desk: Queue, corrected: str, why: str) -> None:
    account = desk.opens(MISTYPED, "Fola Adeyemi")
    desk.night()
    desk.decides(ACCEPTED, *desk.found(Sort.NPI))
    desk.night()

    desk.org.edit(account, npi=corrected)
    desk.night()

    assert list(desk.store.plan.assignments()) == [corrected]
    assert [(one.state, why in (one.reason or "")) for one in desk.found(Sort.NPI)] == [(LAPSED, True)]


def test_of_a_doubled_npi_the_account_that_was_kept_is_planned_and_has_the_visits_of_both(desk: Queue) -> None:
    worked, empty = desk.opens(ADEYEMI, "Fola Adeyemi"), desk.opens(ADEYEMI, "F. Adeyemi")
    desk.logs("v1", worked, desk.clock.now() - timedelta(days=40))
    desk.logs("v2", worked, desk.clock.now() - timedelta(days=30))
    desk.logs("v3", empty, desk.clock.now() - timedelta(days=2))
    desk.night()
    (found,) = desk.found(Sort.KEEP)

    desk.decides(ACCEPTED, found)
    desk.night()

    assert (found.record, found.to, found.confidence) == (worked, ADEYEMI, 60)
    assert "this one has 2 of their 3 interactions, the last on 2026-10-24" in found.evidence
    assert desk.says(worked, "tier", "last_visit") == ("A", "2026-11-21")
    assert desk.says(empty, "tier", "last_visit") == (None, None)
    desk.org.merge(empty, worked)
    desk.night()
    assert desk.says(worked, "tier", "last_visit") == ("A", "2026-11-21")
    assert [one.reason for one in desk.found(Sort.KEEP)] == ["the accounts are merged in the CRM"]


def test_a_visit_on_no_account_that_was_planned_that_hour_ends_the_silence_once_it_is_accepted(desk: Queue) -> None:
    account = desk.opens(ADEYEMI, "Fola Adeyemi")
    desk.night()
    at = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)  # five past ten in Des Moines
    desk.store.plan.save_call_list([Stop(ADEYEMI, KIM, TODAY, at.date(), 501, None, "", 600, 45)])  # type: ignore[arg-type]
    desk.logs("lost", None, at)

    desk.night()
    (found,) = desk.found(Sort.VISIT)
    silent = desk.says(account, "last_visit")
    desk.decides(ACCEPTED, found)
    desk.night()

    assert (found.record, found.to, found.confidence) == ("lost", account, 88)
    assert (silent, desk.says(account, "last_visit")) == ((None,), ("2026-11-20",))
    desk.logs("lost", desk.opens(BRANDT, "Bo Brandt"), at)  # Kim puts it where it was
    desk.night()
    assert desk.says(account, "last_visit") == (None,)
    assert [one.state for one in desk.found(Sort.VISIT)] == [LAPSED]


def test_what_was_rejected_is_never_suggested_again(desk: Queue) -> None:
    account, survivor = desk.opens(MISTYPED, "Fola Adeyemi"), desk.opens("none", "Fola Adeyemi", zip="52101")
    desk.night()
    desk.decides(REJECTED, *(one for one in desk.found(Sort.NPI) if one.record == account))

    desk.opens(CASTILLO, "Ana Castillo")
    desk.night()
    desk.org.merge(account, survivor)
    desk.night()

    assert [(one.record, one.state) for one in desk.found(Sort.NPI)] == [(survivor, REJECTED)]


def test_two_accounts_never_stand_for_one_npi(desk: Queue) -> None:
    desk.opens(MISTYPED, "Fola Adeyemi"), desk.opens(None, "Adeyemi, Fola")
    desk.night()
    first, second = desk.found(Sort.NPI)
    desk.decides(ACCEPTED, first)

    with pytest.raises(
        NeedsHuman, match=f"Match {second.id} cannot be accepted: account {first.record} has NPI {ADEYEMI}"
    ):
        desk.decides(ACCEPTED, second)
    desk.night()

    assert [one.state for one in desk.found(Sort.NPI)] == [ACCEPTED, LAPSED]
    assert list(desk.store.plan.assignments()) == [ADEYEMI]


def test_accounts_that_are_one_or_several_and_npis_that_are_missing_are_told(desk: Queue) -> None:
    adeyemi, twin = desk.opens(ADEYEMI, "Fola Adeyemi"), desk.opens(None, "F. Adeyemi")
    both = desk.opens(f"{BRANDT} / {CASTILLO}", "Drs. Brandt & Castillo")
    closed = f'closed: [{{npi: "{ADEYEMI}", why: no reps}}], families'
    desk.config = CONFIG.replace("families", closed)

    desk.night()

    assert [(one.record, one.to) for one in desk.found(Sort.DUPLICATE)] == [(twin, adeyemi)]
    assert [(one.record, one.to, one.confidence) for one in desk.found(Sort.SEVERAL)] == [(both, BRANDT, 50)]
    assert [one.record for one in desk.found(Sort.ABSENT)] == [BRANDT, CASTILLO]
    told, perhaps = desk.found(Sort.ABSENT)[0].evidence, f"account {both}, without a usable NPI, is perhaps it"
    assert "60 procedures in 12 months" in told
    assert perhaps in told  # so that nobody makes a second one


def test_a_queue_that_breaks_stops_no_night(desk: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    account = desk.opens(ADEYEMI, "Fola Adeyemi")
    monkeypatch.setattr("jobs.find_matches.of_accounts", lambda _run: 1 / 0)

    tally = desk.night()

    assert (tally["matches_failed"], desk.says(account, "tier")) == (1, ("A",))
    assert desk.facts("matches_failed")["error"] == "ZeroDivisionError"


def test_a_night_on_which_nothing_changed_looks_at_no_account(desk: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.opens(MISTYPED, "Fola Adeyemi")
    desk.night()
    monkeypatch.setattr("jobs.find_matches.of_accounts", lambda _run: 1 / 0)

    tally = desk.night()

    assert (tally["matches"], tally["matches_open"]) == (0, 4)


def test_what_cannot_be_put_into_the_audit_log_is_not_decided(desk: Queue) -> None:
    desk.opens(MISTYPED, "Fola Adeyemi")
    desk.night()
    (desk.folder / "callplan.db.audit.jsonl").mkdir()

    with pytest.raises(NeedsHuman, match="audit log cannot be written"):
        desk.decides(ACCEPTED, *desk.found(Sort.NPI))

    assert [one.state for one in desk.found(Sort.NPI)] == ["proposed"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["7,accept", "7,reject"], "match 7 is decided 2 times"),
        (["9" * 5_000 + ",accept"], "is no decision"),
        (["²,accept"], "is no decision"),
        (["=1+1,accept"], "is no decision"),
        (["7,'=cmd()"], "is no decision"),
    ],
)
def test_a_file_that_says_two_things_of_a_match_or_nothing_that_can_be_read_decides_nothing(
    tmp_path: Path, lines: list[str], why: str
) -> None:
    file = tmp_path / "decided.csv"
    file.write_text("\n".join(["Number,Decision", *lines]))

    with pytest.raises(NeedsHuman, match=why):
        decisions_in(file, PAT)


def test_of_a_file_with_the_queues_of_two_crms_those_of_the_one_that_is_named_are_decided(tmp_path: Path) -> None:
    file = tmp_path / "decided.csv"
    file.write_text("Number,Decision,CRM\n7,accept,hubspot\n8,reject,salesforce\n")

    numbers = [[one.number for one in decisions_in(file, PAT, crm)] for crm in ("hubspot", "salesforce", None)]

    assert numbers == [[7], [8], [7, 8]]


def test_what_the_crm_calls_an_account_moves_no_cursor_and_makes_no_line(desk: Queue) -> None:
    desk.opens(MISTYPED, "Fola\x1b[2J\nAdeyemi\u202e")
    desk.night()
    desk.config += "store: sqlite:///callplan.db\n"
    desk.loaded()

    told = list(list_matches(desk.folder / "config.yaml", None, Wanted("proposed", "npi", 0), None, as_json=False))

    assert '("Fola [2J Adeyemi ")' in told[2]
    assert all(line.isprintable() for line in told)


def test_the_queue_is_worked_through_in_a_file_all_or_nothing(desk: Queue) -> None:
    desk.opens(MISTYPED, "Fola Adeyemi"), desk.opens("", "Castillo, Ana")
    desk.night()
    desk.config += "store: sqlite:///callplan.db\n"
    desk.loaded()
    first, second = desk.found(Sort.NPI)

    def callplan(*words: str) -> str:
        done = CliRunner().invoke(cli, ["matches", *words, "--config", str(desk.folder / "config.yaml")])
        return done.output if done.exception is None else str(done.exception)

    desk.write("wrong.csv", "Number,Decision", f"{first.id},accept", f"{second.id},perhaps", "999,accept")
    assert 'wrong.csv:3: "perhaps"' in callplan("accept", "--from", str(desk.folder / "wrong.csv"), "--by", PAT)
    assert "There is no match 999." in callplan("accept", "999", str(first.id), "--by", PAT)
    assert [one.state for one in desk.found(Sort.NPI)] == ["proposed"] * 2

    sheet = desk.folder / "matches.csv"
    assert "suggestions" in callplan("--sort", "npi", "--out", str(sheet))
    lines = sheet.read_text("utf-8-sig").splitlines()
    sheet.write_text("\n".join([lines[0], *(line.replace(",,", ",yes,", 1) for line in lines[1:])]))
    assert f"match {first.id} is accepted by {PAT}" in callplan("accept", "--from", str(sheet), "--by", PAT)
    assert {one.state for one in desk.found(Sort.NPI)} == {ACCEPTED}
    assert f'stands for NPI {CASTILLO} ("Castillo, Ana")' in callplan("list", "--state", "accepted")
    assert "It is not suggested again" in callplan("reject", str(second.id), "--by", PAT)
