"""A house with a provider at which its people log in: on one clock, for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import StillClock
from tests.web.house import TEAM, House, house
from tests.web.idp import SECRET, Idp, idp


@contextmanager
def place(folder: Path) -> Iterator[tuple[House, Idp]]:
    clock = StillClock()
    with pytest.MonkeyPatch.context() as patch, idp(clock) as provider:
        patch.setenv("OIDC_SECRET", SECRET)
        told = TEAM.replace("http://127.0.0.1:1/idp", provider.issuer)
        told = told.replace("client_id: callplan", 'client_id: callplan\n    client_secret: "${ENV:OIDC_SECRET}"')
        with house(folder, told, clock=clock) as made:
            provider.redirect_uri = f"{made.url}/login/callback"
            yield made, provider
