"""Who is told, as the config says it: what cannot work is told at its line, before a night has run."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import read_config
from connector.errors import NeedsHuman
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
