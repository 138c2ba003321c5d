"""Which account an interaction is with, when Salesforce has not worked it out itself.

Salesforce fills AccountId of a task or an event from what it is related to, or from its contact. Where it did not, or
where the mapping's object is a contact or a custom object, the record behind WhatId or WhoId tells.

Source   Object Reference v67.0, Task: AccountId, WhatId, WhoId
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adapters.salesforce.interactions import Row
from adapters.salesforce.reader import rows_by_ids
from adapters.salesforce.wire import Wire
from connector.contract import CrmId

CONTACT = "003"  # the key prefix of contacts, in every org
PART = 500  # ids in one query, whose URL must stay short


class Parties:
    def __init__(self, wire: Wire, object: str, describe: Callable[[str], dict[str, Any]]) -> None:
        self._wire, self._object, self._prefix = wire, object, str(describe(object).get("keyPrefix") or "")

    def behind(self, rows: Sequence[Row], names: Sequence[str]) -> dict[str, CrmId]:
        """Interaction to account, for those that have one."""
        found: dict[str, CrmId] = {}
        through: dict[str, str] = {}
        for row in rows:
            ids = [str(row[name]) for name in names if row.get(name)]
            own = next((id_ for id_ in ids if id_.startswith(self._prefix)), None)
            contact = next((id_ for id_ in ids if id_.startswith(CONTACT)), None)
            if own:
                found[row["Id"]] = CrmId(own)
            elif contact and self._object == "Account":
                through[row["Id"]] = contact
        accounts = dict(self._accounts_of(sorted(set(through.values()))))
        return found | {row: accounts[contact] for row, contact in through.items() if contact in accounts}

    def _accounts_of(self, contacts: Sequence[str]) -> Iterator[tuple[str, CrmId]]:
        for at in range(0, len(contacts), PART):
            for row in rows_by_ids(self._wire, "Contact", ("Id", "AccountId"), contacts[at : at + PART]):
                if row["AccountId"]:
                    yield row["Id"], CrmId(row["AccountId"])
