"""Mornings after nights on a desk: three accounts in Des Moines, rep Kim, her manager Pat, and Robin, the admin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from callplan.model import Npi
from connector.contract import CrmId, Field, FieldType, Outcome, Verdict
from connector.errors import StopForTonight
from connector.store import Store, open_database
from connector.store.flags import DISMISSED, TOUCHED, End, Raised
from connector.store.journal import Difference
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO
from tests.digest.post_office import PostOffice
from tests.nights.desk import Desk, empty_store

KIM, PAT, ROBIN = "kim@example.com", "pat@example.com", "robin@example.com"
PEOPLE = {ADEYEMI: "Dr. Adeyemi", BRANDT: "Dr. Brandt", CASTILLO: "Dr. Castillo"}
TELL = f"[{{email: {PAT}}}, {{email: {ROBIN}, admin: true}}]"
WHY = "No counted visit since 14 Sep 2026; Tier A is seen every 30 days. Next step: book a visit."


@cache
def after_a_night() -> bytes:
    """Played once: the accounts of every desk have the same ids."""
    with TemporaryDirectory() as folder:
        desk = FirstNight(Path(folder), "").opened()
        desk.night()
        desk.store.database.engine.dispose()
        return (desk.folder / "callplan.db").read_bytes()


@dataclass
class Mornings(Desk):
    port: int = 25
    office: PostOffice | None = None
    smtp: str = "tls: none"
    read: dict[str, Any] = field(default_factory=dict)  # configs that were read before

    def opened(self) -> Mornings:
        self.org.add_fields(*(Field(name, FieldType.TEXT, True) for name in ("name", "city")))
        self.org.opens_at = "https://crm.example.com/accounts"
        self.write("tiers.csv", "NPI,Tier", *(f"{npi},A" for npi in PEOPLE))
        for npi, name in PEOPLE.items():
            self.org.add_account(KIM, npi=npi, name=name, city="Des Moines")
        self.reads = "name: name, city: city"
        self.say_whom()
        return self

    @cached_property
    def store(self) -> Store:
        """After one night."""
        file = self.folder / "callplan.db"
        if not file.exists():
            file.write_bytes(after_a_night())
        return open_database(f"sqlite:///{file}").store("memory")

    def loaded(self) -> Any:
        if self.config not in self.read:
            self.read[self.config] = super().loaded()
        return self.read[self.config]

    def say_whom(self, tell: str = TELL) -> None:
        self.config = (
            "ready_made: {path: tiers.csv}\n"
            "time_zone: America/Chicago\n"
            'schedule: {nightly: "0 0 * * *"}\n'
            f'reps: [{{email: {KIM}, home_zip: "50309", manager: {PAT}}}]\n'
            f"smtp: {{host: 127.0.0.1, port: {self.port}, from: callplan@example.com, {self.smtp}}}\n"
            f"tell: {tell}\n"
        )

    def goes_cold(self, *npis: str, at_risk: float | None = 412, **other: Any) -> None:
        told = {"rep": KIM, "manager": PAT, "reason": WHY, "next_step": "Book a visit.", **other}
        flags = [Raised(Npi(npi), TODAY, at_risk=at_risk, last_touch=date(2026, 9, 14), **told) for npi in npis]
        self.store.flags.begin(1, flags)

    def is_seen(self, npi: str) -> None:
        flag = self.store.flags.open()[Npi(npi)]
        self.store.flags.end([End(flag.id, TODAY, TOUCHED, "visited on 23 Nov 2026")])

    def is_dismissed(self, npi: str, why: str) -> None:
        flag = self.store.flags.open()[Npi(npi)]
        self.store.flags.end([End(flag.id, TODAY, DISMISSED, why, "Pat", date(2026, 12, 23))])

    def stopped_night(self, today: date) -> None:
        """A night that a guard has stopped."""
        try:
            with self.run(today):
                raise StopForTonight("A third of Tier A would go.", next_step="Look at `callplan plan`.")
        except StopForTonight:
            return

    def refused(self, record: str) -> None:
        """A row that the CRM would not take."""
        change, now = Difference(CrmId(record), ADEYEMI, {}, {"tier": "A"}), self.clock.now()
        numbers = self.store.journal.intend(1, [change], now)
        no = Outcome(CrmId(record), Verdict.REFUSED, "BAD_VALUE", "It does not take this.")
        self.store.journal.settle(1, numbers, [change], [no], now)

    def digest(self, days: int = 0) -> list[EmailMessage]:
        """What arrives in the morning after so many days."""
        assert self.office
        before = len(self.office.received)
        self.clock.sleep(days * 24 * 3600)
        self.night(TODAY + timedelta(days=days), "send_digest")
        return self.office.received[before:]


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


class FirstNight(Mornings):
    @cached_property
    def store(self) -> Store:
        file = self.folder / "callplan.db"
        file.write_bytes(empty_store())
        return open_database(f"sqlite:///{file}").store("memory")
