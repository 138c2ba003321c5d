"""`callplan tokens`: made, listed and revoked by whoever runs Callplan, and on record."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from connector.host.cli import cli
from tests.web.house import KIM, House
from tests.web.programs import ask


def tokens(home: House, *words: str) -> str:
    told = CliRunner().invoke(cli, ["tokens", *words, "--config", str(home.desk.folder / "config.yaml")])
    assert told.exit_code == 0, told.output
    return told.stdout.strip()


def test_a_token_is_shown_once_and_passes_until_it_is_revoked(home: House) -> None:
    home.desk.clock.sleep(7 * 24 * 60 * 60)  # the command looks at the real clock; it is later there
    key = tokens(home, "make", "airflow", "--role", "rep", "--email", KIM, "--days", "400")
    before = ask(home, "/api/v1/crms", key).status, tokens(home, "list")

    tokens(home, "revoke", "1")

    assert before[0] == 200
    assert "1  airflow, rep kim@example.com: until" in before[1]
    assert key not in before[1]
    assert ask(home, "/api/v1/crms", key).status == 401
    assert "revoked" in tokens(home, "list")
    audit = Path(home.desk.folder / "callplan.audit.jsonl").read_text()
    assert '"token made"' in audit
    assert '"token revoked"' in audit
    assert key not in audit


def test_a_reps_token_without_an_email_is_not_made(home: House) -> None:
    told = CliRunner().invoke(cli, ["tokens", "make", "x", "--role", "rep", "--config", str(home.desk.folder)])

    assert told.exit_code == 2
    assert "Whose accounts" in told.output
    assert home.site.database.tokens.all() == []
