"""What we are called: `web.public_url`, or a loopback name. Nothing that a request says of itself is believed.

A proxy's X-Forwarded headers are read nowhere: who sends them is not known. The address that others call is written in
the config, with the path under which a proxy or several teams in one installation have it.

Errors   NeedsHuman: pages that would be open to all, or a login that would travel in clear
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urlsplit

from flask import request
from werkzeug.exceptions import BadRequest

from connector.errors import NeedsHuman
from connector.host.web.site import Site
from connector.serving import LOOPBACK

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BY_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


@dataclass(frozen=True)
class Address:
    site: Site

    @cached_property
    def public(self) -> SplitResult | None:
        told = self.site.settings.public_url
        return urlsplit(told.rstrip("/")) if told else None

    @property
    def local(self) -> bool:
        return self.site.settings.login is None

    @property
    def secure(self) -> bool:
        return self.public is not None and self.public.scheme == "https"

    @property
    def origin(self) -> str:
        """Of the request that is answered; its Host has been checked."""
        if self.public and not self.local:
            return f"{self.public.scheme}://{self.public.netloc}"
        return f"{request.scheme}://{request.host}"

    @property
    def cookie(self) -> str:
        """Of this team alone, where several are mounted under one address."""
        name = "__Host-callplan" if self.secure and not self.local else "callplan"
        return "-".join([name, *([quote(request.root_path.strip("/"), safe="")] if request.root_path else [])])

    def demand_ours(self) -> None:
        """A page of another site must not reach us under a name of its own."""
        if self.local:
            self._demand_this_machine()
        elif self.public and request.host.lower() != self.public.netloc.lower():
            raise BadRequest("These pages have another address.")
        elif not self.public and _name(request.host) not in LOOPBACK:
            raise BadRequest("Write `public_url` under `web:` to be reached under a name.")

    def _demand_this_machine(self) -> None:
        if _name(request.host) not in LOOPBACK:
            raise BadRequest("Without `web.login` these pages are for this machine: open http://localhost.")
        if not (request.remote_addr or "").startswith(("127.", "::1", "::ffff:127.")):
            raise BadRequest("Without `web.login` these pages are for this machine alone.")
        if any(name in request.headers for name in BY_A_PROXY):
            raise BadRequest("A proxy asks, so that others could: add `login:` under `web:` in the config.")

    def mounted(self, app: WSGIApplication) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
        """Links and redirects begin with the path of `public_url`, whether or not the proxy takes it away."""
        path = self.public.path if self.public else ""

        def under_its_path(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            above, rest = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
            if path and not above and f"{rest}/".startswith(f"{path}/"):
                environ["PATH_INFO"] = rest.removeprefix(path) or "/"
            environ["SCRIPT_NAME"] = path if path.endswith(above) else path + above
            if self.secure and not self.local:
                environ["wsgi.url_scheme"] = "https"
            return app(environ, start)

        return under_its_path


def stop_if_open_to_all(site: Site) -> None:
    at, settings = site.config.at, site.settings
    if settings.login is None and settings.host not in LOOPBACK:
        raise NeedsHuman(
            f"Pages without `web.login` are for this machine alone, and `web.host` is {settings.host}.",
            where=at("web", "host"),
            next_step="Add `login:` under `web:`, or listen at 127.0.0.1.",
        )
    if settings.login is None:
        return
    if settings.public_url is None and settings.host not in LOOPBACK:
        raise NeedsHuman(
            "A login needs to know the address that others call, and there is no `web.public_url`.",
            where=at("web", "login"),
            next_step="Write `public_url: https://...` under `web:`, as the identity provider has it.",
        )
    public = urlsplit(settings.public_url or "")
    if public.scheme == "http" and public.hostname not in LOOPBACK:
        raise NeedsHuman(
            "A login at an address without https would show every password's worth to the network.",
            where=at("web", "public_url"),
            next_step="Put a proxy with a certificate in front, and write https://.",
        )


def _name(host: str) -> str:
    """Without the port: localhost, 127.0.0.1, ::1."""
    return (urlsplit(f"//{host}").hostname or "") if host else ""
