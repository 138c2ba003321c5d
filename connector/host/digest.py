"""What the morning's messages would say, without sending one.

Errors   NeedsHuman: the config tells nobody, or not who is asked for; several letters, where one page is wanted
"""

from __future__ import annotations

import json
from pathlib import Path

from connector.config import Config
from connector.digest.letter import Letter
from connector.digest.page import as_html
from connector.digest.text import as_text
from connector.errors import NeedsHuman
from connector.host.discover import digest
from connector.host.open import Options, chosen_crms, open_config, open_run
from connector.telling import Recipient
from connector.yamlfile import Loaded

Digests = dict[str, list[Letter]]  # by CRM


def read_digests(path: Path, log: str, crm: str | None, to: str | None) -> Digests:
    config = open_config(path)
    wanted = {one.id for one in _asked_for(config, to)}
    found: Digests = {}
    for name in chosen_crms(config, crm):
        with open_run(Options(path, log), config, name, "digest") as run:
            found[name] = [letter for letter in digest()(run) if letter.to.id in wanted]
    return found


def _asked_for(config: Loaded[Config], to: str | None) -> list[Recipient]:
    everybody = config.value.tell
    if not everybody:
        what = "The config tells nobody: it has no `tell`."
        raise NeedsHuman(what, where=str(config.path), next_step="config.example.yaml shows how, at its end.")
    found = [one for one in everybody if not to or (one.email or "").lower() == to.lower()]
    if not found:
        emails = ", ".join(one.email for one in everybody if one.email) or "none with an e-mail"
        raise NeedsHuman(f"{to} is not told.", where=config.at("tell"), next_step=f"There are: {emails}.")
    return found


def say_digests(found: Digests) -> str:
    told = [_said(crm, letter) for crm, letters in found.items() for letter in letters]
    return "\n".join([*told, *(f"{crm}: nothing new, so nothing would be sent." for crm in found if not found[crm])])


def _said(crm: str, letter: Letter) -> str:
    return f"{crm}: to {name(letter.to)}\nSubject: {letter.subject}\n\n{as_text(letter)}"


def name(to: Recipient) -> str:
    """Without what is secret."""
    return to.email or to.id


def digest_as_json(found: Digests) -> str:
    return json.dumps(
        {
            crm: [
                {"to": name(letter.to), "id": letter.id, "subject": letter.subject, "text": as_text(letter)}
                for letter in letters
            ]
            for crm, letters in found.items()
        },
        indent=2,
        ensure_ascii=False,
    )


def write_page(found: Digests, path: Path) -> list[Path]:
    letters = [letter for several in found.values() for letter in several]
    if len(letters) > 1:
        what = f"{len(letters)} messages would be sent, and a page holds one."
        raise NeedsHuman(what, next_step="Say whose with --to, and with --crm of which CRM.")
    for letter in letters:
        path.write_text(as_html(letter), encoding="utf-8")
    return [path] if letters else []
