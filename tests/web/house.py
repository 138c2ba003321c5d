"""A web server of ours over a team's store, and the people who come to its door.

Kim, Lee and Ash are reps; Pat is manager of Kim and Lee, Sam of Ash; Robin and Alex are
admins. Accounts are those of `TIERS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from callplan.model import Npi
from connector.contract import CrmId
from connector.host.web import Serving, Site, make_app, start
from connector.host.web.door import Door, named
from connector.host.web.who import Role
from connector.store import Store
from connector.store.sessions import Session
from tests.conftest import TODAY, StillClock
from tests.nights.desk import Desk

KIM, LEE, ASH = "kim@example.com", "lee@example.com", "ash@example.com"
PAT, SAM, ROBIN, ALEX = "pat@example.com", "sam@example.com", "robin@example.com", "alex@example.com"
ROLES = {KIM: Role.REP, LEE: Role.REP, ASH: Role.REP, PAT: Role.MANAGER, SAM: Role.MANAGER, ROBIN: Role.ADMIN}
ROLES[ALEX] = Role.ADMIN
ADEYEMI, BRANDT, CASTILLO, DIAZ = map(Npi, ("1000000004", "1000000012", "1000000020", "1000000038"))
TIERS = ((ADEYEMI, "A", KIM), (BRANDT, "A", LEE), (CASTILLO, "A", ASH), (DIAZ, "B", KIM))
NAMES = {ADEYEMI: "Adaeze Adeyemi", BRANDT: "Bea Brandt", CASTILLO: "Carlos Castillo", DIAZ: "Dana Diaz"}
TEAM = f"""
ready_made: {{path: tiers.csv, columns: {{npi: NPI, tier: Tier}}}}
reps:
  - {{email: {KIM}, manager: {PAT}}}
  - {{email: {LEE}, manager: {PAT}}}
  - {{email: {ASH}, manager: {SAM}}}
web:
  login:
    issuer: http://127.0.0.1:1/idp
    client_id: callplan
    groups: {{admin: [ops], manager: [managers], rep: [reps]}}
"""


@dataclass
class House:
    """`desk` is the team's folder, its CRM in a dictionary and its clock; the CRM is called memory."""

    desk: Desk
    site: Site
    serving: Serving
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.serving.port}"

    @property
    def store(self) -> Store:
        return self.site.database.store("memory")

    def account(self, npi: Npi) -> CrmId:
        return self.store.books.all()[npi].record

    def session(self, who: str) -> tuple[str, Session]:
        """A login of this person, and the key that their browser holds."""
        login = self.site.settings.login
        kept = {"issuer": login.issuer, "groups": named(ROLES[who], login)} if login else {}
        return Door(self.site).sessions.begin(who, who, ROLES[who].name, self.site.clock.now(), kept)

    def get(self, path: str, who: str | None = None, **headers: str) -> tuple[int, str]:
        key = self.session(who)[0] if who else ""
        answer = self.ask("GET", path, {"Cookie": f"callplan={key}", **headers})
        return answer.status, answer.read().decode(errors="replace")

    def post(self, path: str, who: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """As a browser sends a form of a page that this person has loaded."""
        key, session = self.session(who)
        body = urlencode({"csrf": session.csrf, **(form or {})})
        sent = {"Cookie": f"callplan={key}", "Content-Type": "application/x-www-form-urlencoded", **headers}
        answer = self.ask("POST", path, sent, body)
        return answer.status, answer.read().decode(errors="replace")

    def ask(self, method: str, path: str, headers: dict[str, str], body: str = "") -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.serving.port, timeout=10)
        connection.request(method, path, body, headers)
        return connection.getresponse()


@contextmanager
def house(folder: Path, more: str = TEAM, *, night: bool = True, clock: StillClock | None = None) -> Iterator[House]:
    """With accounts, a night behind it, and Tier A accounts that nobody has seen for four months."""
    desk = Desk(folder, more, reads="name: name, city: city, state: state", clock=clock or StillClock())
    desk.write("tiers.csv", "NPI,Tier", *(f"{npi},{tier}" for npi, tier, _ in TIERS))
    _fill(desk)
    if night:
        desk.night(TODAY)
    config, _ = desk.loaded()
    log: list[dict[str, Any]] = []
    site = Site(
        config,
        desk.store.database,
        desk.clock,
        lambda event, /, **facts: log.append({"event": event, **facts}),
        desk.way,
    )
    serving = start(make_app(site), "127.0.0.1", 0)
    try:
        yield House(desk, site, serving, log)
    finally:
        serving.stop()
        desk.store.database.engine.dispose()


def _fill(desk: Desk) -> None:
    from connector.contract import Field as CrmField
    from connector.contract import FieldType

    desk.org.add_fields(*(CrmField(name, FieldType.TEXT, True, 255) for name in ("name", "city", "state")))
    for npi, _, rep in TIERS:
        told = {"npi": npi, "name": f"Dr. {NAMES[npi]}", "city": "Des Moines", "state": "IA"}
        desk.visited(desk.org.add_account(rep, **told), days_ago=120)
    for rep in (KIM, LEE, ASH):
        desk.at_work(rep)
