"""The command: the key from the environment, and how it ends where it cannot go on."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from tests.conformance.hubspot.conform import SCOPES, STOPPED, conform
from tests.conformance.hubspot.portal import CannotRun, Portal

HUBSPOT = "https://api.hubapi.com"


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def main(words: Sequence[str], about: str | None) -> int:
    scopes = "\n".join(["Scopes of the key:", *(f"  {scope}" for scope in SCOPES)])
    kind = argparse.RawDescriptionHelpFormatter
    told = argparse.ArgumentParser(description=about, epilog=scopes, formatter_class=kind, allow_abbrev=False)
    told.add_argument("--url", default=HUBSPOT, help="HubSpot, or a sandbox on this machine")
    given, others = told.parse_known_args(words)
    if others:  # not repeated: one of them could be a key
        return _stop("There is no argument but --url. The key is taken from HUBSPOT_KEY alone.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it otherwise leaves nothing behind either
    try:
        portal = Portal(given.url, os.environ.get("HUBSPOT_KEY", "").strip(), RealClock())
        return conform(portal, secrets.token_hex(4), partial(print, flush=True))
    except CannotRun as why:
        return _stop(str(why))
    except KeyboardInterrupt:
        return STOPPED


def _stop(why: str) -> int:
    print(why, file=sys.stderr)
    return STOPPED
