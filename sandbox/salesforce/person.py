"""What people do in the org at its screen, without a call: make, edit, log, merge, delete, undelete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.salesforce import merges, seed
from sandbox.salesforce.calls import Org
from sandbox.salesforce.errors import Refused, unknown_reference
from sandbox.salesforce.records import Records, Write
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.values import Record, stamp
from sandbox.world import Touch


class Person:
    records: Records
    org: Org

    @property
    def history(self) -> list[Write]:
        return self.records.history

    def add_account(self, npi: str | None, name: str, owner_email: str | None = None, **fields: Any) -> str:
        owner = seed.owner_id(self.records, owner_email)
        values = seed.named(self.records, {"NPI__c": npi, "Name": name, "OwnerId": owner, **fields})
        return self.records.create(self.records.kinds["Account"], values, "person")

    def add(self, kind: str, **fields: Any) -> str:
        """A record of any object, with the fields that its form asks for."""
        made = self.records.create(self.records.kind_named(kind), fields, "person")
        self.records.roll_up()
        return made

    def record(self, id: str) -> Record:
        return dict(self._get(id))

    def find(self, npi: str) -> str | None:
        found = self.records.find("Account", "NPI__c", npi)
        return str(found["Id"]) if found else None

    def edit(self, id: str, **fields: Any) -> None:
        self.records.update(self._kind(id), id, fields, "person")
        self.records.roll_up()

    def merge(self, loser: str, winner: str, *more_losers: str) -> str:
        """Three records at most; the winner stays."""
        losers, stays = [self._get(one) for one in (loser, *more_losers)], self._get(winner)
        merges.merge(self.records, losers, stays, "person")
        self.records.roll_up()
        return str(stays["Id"])

    def delete(self, id: str) -> None:
        self.records.delete(self._kind(id), id, "person")
        self.records.roll_up()

    def undelete(self, id: str) -> None:
        """Out of the recycle bin, where a record lies 15 days."""
        merges.undelete(self.records, self._kind(id), self._get(id), "person")
        self.records.roll_up()

    def log_touch(self, account_id: str, touch: Touch) -> str:
        account = str(self._get(account_id)["Id"])
        made = seed.add_touch(self.records, account, touch, "person", None)
        self.records.roll_up()
        return made

    def backdate(self, id: str, modified: datetime) -> None:
        """Stamp a record as a long transaction does, which commits after the moment that it writes down."""
        self._get(id).update(SystemModstamp=stamp(modified), LastModifiedDate=stamp(modified))

    @property
    def long_transaction(self) -> datetime | None:
        return self.org.long_transaction

    @long_transaction.setter
    def long_transaction(self, began: datetime | None) -> None:
        self.org.long_transaction = began

    def commit(self, id: str, **fields: Any) -> None:
        """The open long transaction ends: its edit appears, stamped with the moment at which it began."""
        began = self.org.long_transaction
        if began is None:
            raise Refused("INVALID_OPERATION", "No long transaction is open")
        self.edit(id, **fields)
        self.backdate(id, began)
        self.org.long_transaction = None

    def _kind(self, id: str) -> Kind:
        kind = self.records.kind_of(id)
        if kind is None:
            raise unknown_reference()
        return kind

    def _get(self, id: str) -> Record:
        record = self.records.get(id)
        if record is None:
            raise unknown_reference()
        return record
