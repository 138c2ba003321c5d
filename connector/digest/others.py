"""A letter by whatever else apprise reaches: Teams, Google Chat, a text message. It comes with the extra `notify`.

Errors   NeedsHuman: apprise is not installed, or cannot read the address; Unanswered: it could not say that it was sent
"""

from __future__ import annotations

import logging
from typing import Any

from connector.digest.letter import Letter
from connector.digest.text import as_text
from connector.digest.unanswered import Unanswered
from connector.errors import NeedsHuman


def send(letter: Letter, address: str) -> None:
    there = _apprise().Apprise()
    if not there.add(address):
        raise NeedsHuman(
            "apprise cannot read this address.", next_step="Write it as apprise's own list of services does."
        )
    if not there.notify(title=letter.subject, body=as_text(letter), body_format="text"):
        raise Unanswered("apprise could not deliver it.", next_step="Try the same address with apprise's own command.")


def _apprise() -> Any:
    try:
        import apprise
    except ImportError:
        what = "An `apprise` entry under `tell:` needs apprise, which is not installed."
        raise NeedsHuman(what, next_step='Run `pip install "callplan[notify]"`.') from None
    logging.getLogger("apprise").disabled = True  # what it logs may hold addresses
    return apprise
