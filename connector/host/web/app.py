"""The application, of which each part is a blueprint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, send_from_directory
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from connector.host.web import failures, health, login, webhooks
from connector.host.web.api import blueprint as api
from connector.host.web.door import Door
from connector.host.web.opening import opening
from connector.host.web.pages import blueprint as pages
from connector.host.web.shown import FILTERS, SHOWN
from connector.host.web.site import MOST_BYTES, Site
from connector.host.web.who import Role, allowed, viewer

HOME = Path(__file__).parent
DAY = 24 * 60 * 60


class NpiConverter(BaseConverter):
    regex = r"[0-9]{10}"


class NumberConverter(IntegerConverter):
    """A key of the store: a longer number is none of ours."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


def make_app(site: Site) -> Flask:
    app = Flask("callplan", static_folder=None, template_folder=str(HOME / "templates"))
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BYTES)
    app.url_map.converters.update(npi=NpiConverter, number=NumberConverter, int=NumberConverter)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(SHOWN)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    door = app.extensions["door"] = Door(site)
    app.extensions["site"] = site
    app.extensions["limits"] = door.limits
    door.set_up(app)
    failures.set_up(app)
    app.register_blueprint(webhooks.routes(site, door.limits))
    app.register_blueprint(login.routes(site))
    app.register_blueprint(pages)
    app.jinja_env.globals["view_functions"] = app.view_functions
    app.register_blueprint(api)
    app.register_blueprint(health.routes(site))

    @app.get("/static/<path:name>", endpoint="static.file")
    def file(name: str) -> Response:
        answer = send_from_directory(HOME / "static", name, max_age=DAY)
        answer.headers["Cache-Control"] = f"public, max-age={DAY}"
        return answer

    @app.get("/")
    @allowed(Role.REP)
    def home() -> Any:
        return redirect(opening(site, viewer()))

    return app
