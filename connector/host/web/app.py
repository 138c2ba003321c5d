"""The application, of which each part is a blueprint."""

from __future__ import annotations

from flask import Flask

from connector.host.web import webhooks
from connector.host.web.site import MOST_BYTES, Site


def make_app(site: Site) -> Flask:
    app = Flask("callplan", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.register_blueprint(webhooks.routes(site))
    return app
