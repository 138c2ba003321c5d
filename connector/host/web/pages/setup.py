"""Set-up: the mapping as a text, checked against what the CRM says of itself; saved when nothing is wrong with it.

The file is the one that the config names for this CRM: no request says which. Config itself is shown, and edited where
it lies.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from flask import Response, current_app, request
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO
from werkzeug.exceptions import BadRequest

from connector.config import Config
from connector.errors import ConnectorError, NeedsHuman
from connector.host.drafts import check_one, read_one, save, seen
from connector.host.open import mapping_file
from connector.host.suggest import Fitting, suggest
from connector.host.web.here import Here, here
from connector.host.web.live import Live
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Role, allowed
from connector.mapping import Mapping
from connector.store.database import NEWEST
from connector.yamlfile import Loaded

SHOWN = (
    "time_zone",
    "schedule",
    "tiers",
    "cadence",
    "cold",
    "cycle",
    "guards",
    "retention",
    "reps",
)  # no secret, no URL
OVERTAKEN = (
    "Somebody has changed the file since this page was made, and nothing was saved. Copy your text, then load anew."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong, what the CRM did not answer, and what could be added."""

    problems: tuple[str, ...] = ()
    unanswered: str = ""
    fitting: tuple[Fitting, ...] = ()
    fields: int = 0
    said: tuple[str, ...] = ()


@blueprint.get("/<crm>/setup")
@allowed(Role.ADMIN)
def setup(crm: str) -> Response:
    at = here(crm)
    file = seen(mapping_file(at.site.config, crm))
    return _page(at, file.text, file.hash, _look(at, file.text))


@blueprint.post("/<crm>/setup")
@allowed(Role.ADMIN)
def edit_setup(crm: str) -> Any:
    """Check it, save it, or ask the CRM anew; what was typed stays in the page where it is not saved."""
    at, act = here(crm), request.form.get("act")
    written = request.form.get("mapping", "").replace("\r\n", "\n")
    known = request.form.get("seen", "")
    if act not in ("check", "save", "look"):
        raise BadRequest("Press Check, Save or Look again.")
    if act == "look":
        _live(at).forget(crm)
    found = _look(at, written)
    if act != "save" or found.problems or found.unanswered:
        return _page(at, written, known, found, 422 if act == "save" else 200, checked=True)
    saved = save(mapping_file(at.site.config, crm), written, known)
    if not saved:
        return _page(at, written, known, Found((OVERTAKEN,)), 409, checked=True)
    hashes = {"before": saved.before, "after": saved.after, "diff": saved.diff}
    at.store.journal.note("mapping saved", at.now, by=at.viewer.email, **hashes)
    return at.back(
        "pages.setup", "The mapping is saved; what was there before lies beside it as .bak. The next night uses it."
    )


def _look(at: Here, written: str) -> Found:
    try:
        draft = read_one(at.site.config, at.crm, written)
    except NeedsHuman as error:
        return Found(tuple(str(error).splitlines()))
    try:
        return _against(at, draft)
    except NeedsHuman as error:
        return Found(tuple(str(error).splitlines()), fitting=_fitting(at, draft))
    except ConnectorError as error:
        return Found(unanswered=str(error))


def _against(at: Here, draft: Loaded[Mapping]) -> Found:
    shape = check_one(at.site.config, draft, _live(at).describe(at.crm, draft))
    said = _live(at).permissions(at.crm, draft)
    return Found((), "", tuple(suggest(draft.value, shape)), len(shape.fields), tuple(said))


def _fitting(at: Here, draft: Loaded[Mapping]) -> tuple[Fitting, ...]:
    """What would fit is told also where something is wrong, if the CRM knows the object."""
    try:
        return tuple(suggest(draft.value, _live(at).describe(at.crm, draft)(draft.value.account.object)))
    except ConnectorError:
        return ()


def _live(at: Here) -> Live:
    found: Live = current_app.extensions.setdefault("live", Live(at.site))
    return found


def _page(at: Here, text: str, known: str, found: Found, status: int = 200, *, checked: bool = False) -> Response:
    words = {"text": text, "seen": known, "found": found, "checked": checked, "asked": _live(at).asked(at.crm)}
    names = {"file": mapping_file(at.site.config, at.crm).name, "config": _shown(at.config), "versions": _versions()}
    answer = at.page("setup.html", **words, **names)
    answer.status_code = status
    return answer


def _shown(config: Config) -> str:
    """Of the config, what pages go by."""
    out, yaml = StringIO(), YAML()
    yaml.default_flow_style = False
    yaml.dump(config.model_dump(mode="json", include=set(SHOWN), exclude_none=True), out)
    return str(out.getvalue())


def _versions() -> dict[str, str]:
    return {"Callplan": version("callplan"), "store": NEWEST, "Python": platform.python_version()}
