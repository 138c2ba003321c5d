"""What a page stands on: the CRM of its address, who asks, and whose accounts they see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection

from connector.config import Config
from connector.host.web.site import Site
from connector.host.web.who import Absent, Viewer, viewer
from connector.store import Store
from connector.store.reads.sees import Sees


@dataclass(frozen=True)
class Here:
    site: Site
    crm: str
    viewer: Viewer

    @property
    def config(self) -> Config:
        return self.site.config.value

    @property
    def sees(self) -> Sees:
        return self.viewer.sees(self.config)

    @property
    def store(self) -> Store:
        """For what is written, and for questions whose cost is known to be small."""
        return self.site.database.store(self.crm)

    @property
    def now(self) -> datetime:
        return self.site.clock.now()

    @property
    def today(self) -> date:
        """By the calendar where the team is."""
        return self.site.local(self.now).date()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.site.database.reading() as connection:
            yield connection

    def path(self, *parts: str | int, **words: str | None) -> str:
        """An address below the CRM's, where a list has too many of them for `url_for`."""
        said = urlencode({name: value for name, value in words.items() if value is not None})
        below = "/".join(quote(str(part), "") for part in (self.crm, *parts))
        return f"{request.script_root}/{below}" + (said and f"?{said}")

    def page(self, template: str, **words: Any) -> Response:
        return make_response(render_template(template, here=self, **words))

    def back(self, endpoint: str, said: str, **words: Any) -> Any:
        """After something was done: to a page, which says so once."""
        if self.viewer.session:
            sessions = current_app.extensions["door"].sessions
            sessions.keep(self.viewer.session, {**self.viewer.session.kept, "said": said})
        return redirect(url_for(endpoint, crm=self.crm, **words), 303)


def number(text: str) -> int:
    """Of a row, as an address tells it; ValueError where no row can have it, and the page begins anew."""
    found = int(text)
    if not -1 <= found < 2**63:
        raise ValueError("no number of a row")
    return found


def here(crm: str) -> Here:
    site: Site = current_app.extensions["site"]
    if crm not in site.config.value.crm:
        raise Absent
    return Here(site, crm, viewer())
