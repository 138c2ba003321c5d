"""Plan: what tonight would write, before and after, why a guard would stop it, and the approval to carry it out.

A worker makes it, which takes as long as a night without its writes. Whoever approves types the plan's hash; of a plan
that a guard would stop it is not who had it made, where another admin has ever come in. The night that carries it out
makes the plan again and writes it only if it is still the same.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, Forbidden

from connector.host.open import first_day
from connector.host.web.here import Here, here, number
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.pages.runs import ask
from connector.host.web.pages.undo import asked_for, lines_of_draft, standing
from connector.host.web.sheets import as_csv
from connector.host.web.who import Role, Stale, allowed
from connector.store.reads import plan as reads
from connector.store.reads import runs
from connector.store.reads.paging import LOOKED
from connector.store.reads.plan import Draft, Wanted

COLUMNS = ("record", "npi", "field", "before", "after")


@blueprint.get("/<crm>/plan")
@allowed(Role.ADMIN)
def plan(crm: str) -> Response:
    at, wanted = here(crm), Wanted(*(request.args.get(name, "").strip() for name in ("who", "field", "move")))
    with at.reading() as connection:
        draft = reads.newest(connection, crm, "plan")
        night = runs.open_night(connection, crm, ["plan", f"apply {draft.hash}"] if draft else ["plan"])
        after = request.args.get("after", -1, number)
        page = reads.rows_of(connection, crm, draft.id, wanted, after) if draft else None
    if request.headers.get("HX-Request"):
        return asked_for(at, night)
    shown = {"draft": draft, "page": page, "wanted": wanted, "looked": LOOKED, "tiers": _crosses(draft)}
    return at.page("plan.html", **shown, **standing(at, night), **_judged(at, draft))


@blueprint.post("/<crm>/plan")
@allowed(Role.ADMIN)
def make_plan(crm: str) -> Any:
    at = here(crm)
    ask(at, "plan")
    return at.back("pages.plan", "A worker makes the plan: it reads the CRM and the claims. Nothing is written.")


@blueprint.post("/<crm>/plan/approve")
@allowed(Role.ADMIN)
def approve(crm: str) -> Any:
    at = here(crm)
    with at.reading() as connection:
        draft = reads.newest(connection, crm, "plan")
    if not draft or str(draft.id) != request.form.get("draft"):
        raise Stale
    if request.form.get("typed", "").strip() != draft.hash:
        raise BadRequest("This is not the hash of the plan that is shown. Nothing was done.")
    judged = _judged(at, draft)
    if judged["done"] or judged["stale"]:
        raise Stale
    if judged["needs_another"]:
        raise Forbidden("A guard would stop this plan: another admin than the one who had it made approves it.")
    ask(at, f"apply {draft.hash}", "plan approved", plan=draft.hash, made_by=draft.by, over=draft.told["would_stop"])
    return at.back("pages.plan", f"Plan {draft.hash} is approved. A worker carries it out, if it is still what it was.")


@blueprint.get("/<crm>/plan.csv")
@allowed(Role.ADMIN)
def plan_all(crm: str) -> Response:
    return as_csv("plan.csv", COLUMNS, lines_of_draft(here(crm), "plan"))


def _judged(at: Here, draft: Draft | None) -> dict[str, Any]:
    """Whether it can be carried out: done already, of another day, or for another to approve."""
    if not draft:
        return {"done": None, "stale": False, "needs_another": False}
    with at.reading() as connection:
        others = at.site.settings.login is not None and reads.another_admin(connection, at.viewer.email)
    return {
        "done": at.store.journal.carried_out(draft.hash),
        "stale": draft.today != first_day(at.now, at.config.time_zone),
        "needs_another": bool(draft.told["would_stop"]) and draft.by == at.viewer.email and others,
    }


def _crosses(draft: Draft | None) -> tuple[list[str], list[str], dict[str, int]]:
    """Of tiers, those that accounts leave, those that they get, and how many by "A > B"."""
    moves: dict[str, int] = draft.told["moves"] if draft else {}
    pairs = [move.split(" > ") for move in moves]
    return sorted({pair[0] for pair in pairs}), sorted({pair[-1] for pair in pairs}), moves
