"""A house with a provider at which its people log in: on one clock, for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from connector.host.web import make_app
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


def app_of(home: House, **settings: Any) -> Flask:
    """The same house, with another `web` in its config."""
    web = home.site.settings.model_copy(update=settings)
    changed = home.site.config.value.model_copy(update={"web": web})
    return make_app(replace(home.site, config=replace(home.site.config, value=changed)))
