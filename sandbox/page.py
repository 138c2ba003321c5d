"""The account as a manager would see it in the CRM: a plain page at the root of each sandbox CRM.

Server-rendered, one stylesheet of its own, nothing from outside, readable on a phone, in light and in dark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

from jinja2 import DictLoader, Environment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class View:
    """One account on the screen. `fields` are label and value in the order of the record page."""

    id: str
    name: str
    owner: str
    city: str
    tier: str
    order: str
    next_visit: str
    cold: bool
    cold_reason: str
    fields: tuple[tuple[str, str], ...]
    touches: tuple[str, ...]  # newest first, one line each


class Vendor(Protocol):
    def views(self) -> list[View]: ...

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]: ...


class Pages:
    """The vendor's application, with pages for people in front of it."""

    def __init__(self, vendor: Vendor, name: str, label: str) -> None:
        self._vendor, self._name, self._label = vendor, name, label

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/account/style.css":
            return _answer(start_response, "200 OK", STYLE, "text/css")
        if path == "/":
            asked = parse_qs(environ.get("QUERY_STRING", ""))
            return self._page(start_response, "list", **self._listed(asked.get("owner", [""])[0]))
        if path.startswith("/account/"):
            found = next((view for view in self._vendor.views() if view.id == path.split("/")[2]), None)
            return self._page(start_response, "account" if found else "missing", view=found)
        return self._vendor(environ, start_response)

    def _listed(self, owner: str) -> dict[str, object]:
        views = self._vendor.views()
        chosen = [view for view in views if not owner or view.owner == owner]
        chosen.sort(key=lambda v: (not v.cold, v.tier or "Z", v.next_visit or "9", _number(v.order), v.name))
        cold = sum(view.cold for view in chosen)
        return {"views": chosen, "owners": sorted({v.owner for v in views}), "owner": owner, "cold": cold}

    def _page(self, start_response: StartResponse, name: str, **given: object) -> Iterable[bytes]:
        text = PAGES.get_template(name).render(crm=self._name, label=self._label, **given)
        return _answer(start_response, "404 Not Found" if name == "missing" else "200 OK", text, "text/html")


def _number(order: str) -> float:
    try:
        return float(order)
    except ValueError:
        return float("inf")


def _answer(start_response: StartResponse, status: str, text: str, kind: str) -> Iterable[bytes]:
    body = text.encode()
    headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))]
    headers.append(("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'"))
    start_response(status, headers)
    return [body]


FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}Accounts{% endblock %} - {{ crm }} sandbox</title>
<link rel="stylesheet" href="/account/style.css"></head>
<body><header><a href="/">{{ crm }} sandbox</a> <span class="label">{{ label }}</span></header>
<main>{% block main %}{% endblock %}</main></body></html>"""

LIST = """{% extends "frame" %}{% block main %}
<h1>Accounts</h1>
<form><label>Owner <select name="owner"><option value="">Everybody</option>
{% for name in owners %}<option{% if name == owner %} selected{% endif %}>{{ name }}</option>{% endfor %}
</select></label> <button>Show</button></form>
<p>{{ views|length }} accounts, {{ cold }} Tier A going cold.</p>
<table><thead><tr><th>Account</th><th>Tier</th><th>Next visit</th><th>Stop</th><th>Owner</th></tr></thead><tbody>
{% for view in views %}<tr{% if view.cold %} class="cold"{% endif %}>
<td><a href="/account/{{ view.id }}">{{ view.name }}</a><small>{{ view.city }}</small>
{% if view.cold %}<small class="why">{{ view.cold_reason }}</small>{% endif %}</td>
<td><b class="tier tier-{{ view.tier or 'none' }}">{{ view.tier or '–' }}</b></td>
<td>{{ view.next_visit }}</td><td>{{ view.order }}</td><td>{{ view.owner }}</td></tr>
{% else %}<tr><td colspan="5">No account.</td></tr>{% endfor %}</tbody></table>{% endblock %}"""

ACCOUNT = """{% extends "frame" %}{% block title %}{{ view.name }}{% endblock %}{% block main %}
<h1>{{ view.name }} <b class="tier tier-{{ view.tier or 'none' }}">{{ view.tier or '–' }}</b></h1>
<p>{{ view.city }}, owned by {{ view.owner }}</p>
{% if view.cold %}<p class="banner"><strong>Going cold.</strong> {{ view.cold_reason }}</p>{% endif %}
<dl>{% for name, value in view.fields %}<div><dt>{{ name }}</dt><dd>{{ value or '–' }}</dd></div>{% endfor %}</dl>
<h2>Interactions</h2>
<ul>{% for touch in view.touches %}<li>{{ touch }}</li>{% else %}<li>None logged.</li>{% endfor %}</ul>{% endblock %}"""

MISSING = (
    """{% extends "frame" %}{% block main %}<h1>No such account</h1><p><a href="/">All accounts</a></p>{% endblock %}"""
)

STYLE = """
:root { color-scheme: light dark; --ink: #17202a; --paper: #fff; --line: #d5dbe1; --soft: #5c6b7a; --cold: #b3261e;
  --cold-paper: #fdecea; --a: #0b6e4f; --b: #1f5fa8; --c: #6b7785; --link: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --paper: #14181c; --line: #353d45; --soft: #9aa7b3;
  --cold: #ff8a80; --cold-paper: #3a1d1b; --a: #2e9e77; --b: #4a8fdc; --c: #7b8794; --link: #7db4f0; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header { padding: .75rem 1rem; border-bottom: 1px solid var(--line); }
header a { font-weight: 600; }
a { color: var(--link); text-decoration: none; } a:hover, a:focus { text-decoration: underline; }
.label { margin-left: .5rem; padding: .1rem .5rem; border: 1px solid var(--line); border-radius: 1rem;
  color: var(--soft); font-size: .85rem; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); }
td:nth-child(3) { white-space: nowrap; }
th { color: var(--soft); font-size: .85rem; font-weight: 600; }
small { display: block; color: var(--soft); font-size: .85rem; } small.why { color: var(--cold); }
.tier { display: inline-block; min-width: 1.7rem; padding: 0 .45rem; border-radius: .3rem; color: #fff;
  text-align: center; background: var(--c); }
.tier-A { background: var(--a); } .tier-B { background: var(--b); }
.banner { padding: .75rem 1rem; border-left: .3rem solid var(--cold); background: var(--cold-paper); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: .25rem 1.5rem; margin: 1rem 0; }
dl div { border-bottom: 1px solid var(--line); padding: .3rem 0; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; overflow-wrap: anywhere; }
select, button { font: inherit; padding: .25rem .5rem; }
@media (max-width: 40rem) { th:nth-child(5), td:nth-child(5) { display: none; } }
"""

PAGES = Environment(
    loader=DictLoader({"frame": FRAME, "list": LIST, "account": ACCOUNT, "missing": MISSING}), autoescape=True
)
