"""Whether the process lives, whether it can do its work, and what its runs came to: for whoever keeps it running.

/healthz   the process answers; nothing else is asked. Restart it where this fails
/readyz    the store answers within a second and is of our version, and each part that this process is to have lives.
           503 names the parts that do not, and no more: whoever asks is not known
/metrics   for Prometheus; with a token, unless `web.metrics` is open
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from connector.errors import ConnectorError
from connector.host.web.api.bearer import by_token
from connector.host.web.api.problems import Refused, problem
from connector.host.web.metrics import Runs
from connector.host.web.site import Site
from connector.store import Database

SECOND = 1.0
PLAIN = "text/plain; charset=utf-8"


@dataclass
class Asked:
    """One question to the store in a thread of its own: a database that hangs holds none of the server's."""

    database: Database
    thread: threading.Thread | None = None
    fits: bool = False

    def answers(self) -> bool:
        if not self.thread or not self.thread.is_alive():
            self.fits = False
            self.thread = threading.Thread(target=self._ask, name="readiness", daemon=True)
            self.thread.start()
        self.thread.join(SECOND)
        return self.fits and not self.thread.is_alive()

    def _ask(self) -> None:
        try:
            self.fits = self.database.is_newest()
        except (ConnectorError, SQLAlchemyError):
            self.fits = False


def routes(site: Site) -> Blueprint:
    found, store, registry = Blueprint("health", __name__), Asked(site.database), CollectorRegistry()
    registry.register(Runs(site))

    @found.get("/healthz")
    def healthz() -> Response:
        return Response("lives\n", content_type=PLAIN)

    @found.get("/readyz")
    def readyz() -> Response:
        missing = [*([] if store.answers() else ["store"]), *site.pulse.silent(site.clock.now())]
        if missing:
            return Response(f"not ready: {', '.join(missing)}\n", 503, content_type=PLAIN)
        return Response("ready\n", content_type=PLAIN)

    @found.get("/metrics")
    def metrics() -> Response:
        if site.settings.metrics != "open":
            by_token()
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    found.register_error_handler(Refused, problem)
    return found
