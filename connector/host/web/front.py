"""One door for several organisations: a request goes to the application of its host, or of its path, and to no other.

Whoever asks for anything else learns nothing: neither who is served here nor who is not.

Source   PEP 3333: what an application is mounted at is SCRIPT_NAME, the rest is PATH_INFO
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from connector.host.log import said_with
from connector.host.web.app import make_app
from connector.host.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIVES, READY = "/healthz", "/readyz"  # of the process; each organisation has its own under its address


class Front:
    """`broken` are those whose config does not open: their place is kept, and says nothing of why."""

    def __init__(self, sites: Mapping[str, Site], broken: Collection[str]) -> None:
        self._apps: dict[str, WSGIApplication] = {name: _app(name, site) for name, site in sites.items()}
        self._apps |= dict.fromkeys(broken, Response("Not available at the moment.\n", 503))
        self._hosts = {host: name for name, site in sites.items() if (host := _host_of_its_own(site))}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if name := self._hosts.get(environ.get("HTTP_HOST", "").lower()):
            return self._apps[name](environ, start)
        name = path.split("/", 2)[1] if path.startswith("/") else ""
        if name in self._apps and name not in self._hosts.values():
            return self._apps[name](_mounted(environ, name, path), start)
        if path == LIVES:
            return Response("lives\n")(environ, start)
        if path == READY:
            return self._readiness()(environ, start)
        return Response("There is nothing here.\n", 404)(environ, start)

    def _readiness(self) -> Response:
        """As long as anybody can be served, requests are sent here: one whose store is away keeps out nobody else."""
        asked = EnvironBuilder(READY, base_url="http://localhost").get_environ()
        ready = any(int(run_wsgi_app(app, asked)[1].split()[0]) < 500 for app in self._apps.values())
        return Response("ready\n" if ready else "not ready\n", 200 if ready else 503)


def _app(name: str, site: Site) -> WSGIApplication:
    """Its application, with its name on each line that is logged meanwhile."""
    app = make_app(site)

    def whose(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with said_with(tenant=name):
            return app(environ, start)

    return whose


def _mounted(environ: WSGIEnvironment, name: str, path: str) -> WSGIEnvironment:
    at = f"/{name}"
    return {**environ, "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + at, "PATH_INFO": path[len(at) :] or "/"}


def _host_of_its_own(site: Site) -> str:
    """Where the public address has no path: https://acme.example.com."""
    parts = urlsplit(site.settings.public_url or "")
    return parts.netloc.lower() if not parts.path.strip("/") else ""
