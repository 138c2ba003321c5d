"""Who is told, as the config says it: what cannot work is told at its line, before a night has run."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import read_config
from connector.errors import NeedsHuman
from connector.host.check import check_all
from tests.digest.morning import PAT

SMTP = "smtp: {host: mail.example.com, from: callplan@example.com}"
START = "crm: {}\nready_made: {path: tiers.csv}\n"


def problem(folder: Path, *lines: str) -> str:
    (folder / "config.yaml").write_text(START + "\n".join(lines))
    (folder / "hook").write_text("hooks.example.com/s3cret")
    with pytest.raises(NeedsHuman) as caught:
        read_config(folder / "config.yaml", {})
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([f"tell: [{{email: {PAT}, admin: true}}]"], "config.yaml:3:7: an e-mail needs a mail server. Add `smtp:"),
        (
            [SMTP, f"tell: [{{email: {PAT}}}]"],
            "config.yaml:4:7: entry 1 would hear of nobody: no rep has it",
        ),
        ([SMTP, "tell: [{email: pat at home, admin: true}]"], '"pat at home" is no e-mail address.'),
        ([SMTP, "tell: [{email: pat..lee@example.com, admin: true}]"], "is no e-mail address."),
        ([SMTP, f'tell: [{{email: "{PAT}\\r\\nBcc: x@example.com", admin: true}}]'], "is no e-mail address."),
        ([SMTP, f"tell: [{{email: {PAT}, admin: true}}, {{email: {PAT.upper()}, admin: true}}]"], "entry 2 goes where"),
        (["tell: [{slack: https://hooks.example.com/s3cret}]"], "config.yaml:3:16: a secret must not be written into"),
        (["tell: [{slack: '${FILE:hook}'}]"], "config.yaml:3:16: this is no address of a webhook."),
        (
            ["tell: [{admin: true}]"],
            "config.yaml:3:8: nothing says where it goes. Keep one",
        ),
        ([SMTP, f"tell: [{{email: {PAT}, apprise: '${{FILE:hook}}'}}]"], "email and apprise are both given."),
        (["smtp: {host: mail.example.com, from: a@example.com, user: me}"], "user and password go together."),
        (
            ["smtp: {host: mail.example.com, from: a@example.com, user: me, password: '${FILE:hook}', tls: none}"],
            "tls: none would send the password in the clear.",
        ),
        (
            ["smtp: {host: mail.example.com, from: a@example.com, tls: ssl}"],
            '"ssl" is not possible here. There are: none,',
        ),
        (["smtp: {host: mail.example.com, form: a@example.com}"], '"form" is not a key here. The nearest is "from".'),
    ],
)
def test_what_cannot_work_is_told_at_its_line(tmp_path: Path, lines: list[str], told: str) -> None:
    found = problem(tmp_path, *lines)

    assert told in found
    assert "s3cret" not in found


def test_what_is_wrong_with_the_mail_server_or_a_rep_is_told_once(tmp_path: Path) -> None:
    tell = f"tell: [{{email: {PAT}}}]"

    server = problem(tmp_path, "smtp: {host: mail.example.com, port: 0, from: callplan@example.com}", tell)
    rep = problem(tmp_path, SMTP, "reps: [{email: kim@example.com, manager: Pat}]", tell)

    assert server == "config.yaml:3:38: 0 is not possible here. Write a number of at least 1."
    assert rep == 'config.yaml:4:42: "Pat" is no e-mail address. Write one such as pat@example.com.'


def test_a_job_of_the_schedule_that_is_none_is_told_before_a_night_is_missed(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(START + 'schedule: {send_digst: "30 6 * * 1-5"}\n')

    with pytest.raises(NeedsHuman, match=r'yaml:3:24: there is no job "send_digst"\. The nearest is "send_digest"\.'):
        next(check_all(tmp_path / "config.yaml", None))
