"""`callplan digest` and the others on the command line; what was told, in the store."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from connector.contract import Secret
from connector.digest import others
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.show import status_as_json
from connector.store import Database
from connector.store.messages import Told
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI
from tests.digest.morning import PAT, ROBIN, Mornings
from tests.digest.post_office import PostOffice
from tests.digest.test_letters import letter

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def typed(desk: Mornings, *words: str) -> str:
    desk.loaded()
    done = CliRunner().invoke(cli, [*words, "--config", str(desk.folder / "config.yaml")], catch_exceptions=False)
    return done.output


def test_what_would_be_sent_is_shown_and_not_sent(desk: Mornings, office: PostOffice) -> None:
    desk.goes_cold(ADEYEMI)
    page = desk.folder / "pat.html"

    shown = typed(desk, "digest", "--to", PAT.upper(), "--html", str(page))
    for_machines = json.loads(typed(desk, "digest", "--json"))
    sent = desk.digest()

    assert f"to {PAT}\nSubject: 1 account is going cold: Dr. Adeyemi\n" in shown
    assert "<h2" in page.read_text()
    assert [told["to"] for told in for_machines["memory"]] == [PAT, ROBIN]
    assert len(sent) == len(office.received) == 2
    assert "memory: nothing new, so nothing would be sent." in typed(desk, "digest", "--to", PAT)


def test_somebody_who_is_not_told_is_said_to_be_nobody(desk: Mornings) -> None:
    with pytest.raises(NeedsHuman, match=r"lee@example.com is not told.\nThere are: pat@example.com, robin@"):
        typed(desk, "digest", "--to", "lee@example.com")


def test_a_digest_after_the_night_hides_none_of_its_refusals(desk: Mornings) -> None:
    desk.refused("a000001")
    desk.digest()

    refused = json.loads(status_as_json(desk.folder / "config.yaml", None))["memory"]["refused"]

    assert [row["record"] for row in refused] == ["a000001"]


def test_without_apprise_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(NeedsHuman, match=r"not installed.\nRun `pip install \"callplan\[notify\]\"`."):
        others.send(letter("Dr. Adeyemi"), Secret("json://localhost").reveal())


def test_what_was_told_is_kept_until_it_is_known_that_it_was_not(database: Database) -> None:
    messages, other = database.store("salesforce").messages, database.store("hubspot").messages
    changes = [("flag", "1"), ("refused", "a1")]
    messages.intend("email 1", "first", changes, TODAY, NOW)
    other.intend("email 1", "first", changes, TODAY, NOW)

    messages.settle("email 1", "first", NOW)
    messages.intend("email 1", "second", [("flag", "2")], TODAY, NOW)
    messages.take_back("email 1", "second")
    messages.forget("refused", ["a2"])

    assert messages.told("email 1") == {("flag", "1"): Told("first", sent=True)}
    assert other.told("email 1") == dict.fromkeys(changes, Told("first", sent=False))
