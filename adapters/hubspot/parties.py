"""Which account an interaction is with: by its associations, or by those of the contact that it was logged on.

HubSpot keeps no account in an engagement. Where it is associated with several, the one with the lowest id is taken, so
that the answer is the same every night. One that is associated with people only is with the first company of the first
of them, their primary one if HubSpot says which that is.

Source   developers.hubspot.com, "Associations": up to 1,000 in a call; toObjectId is a number; 1 is the primary company
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.hubspot.interactions import Row
from adapters.hubspot.reader import read
from adapters.hubspot.wire import Wire
from connector.contract import CrmId

PART = 1000  # inputs in one call
PRIMARY = ("HUBSPOT_DEFINED", 1)  # from a contact to its primary company; a portal's own labels begin at 1 too
Link = dict[str, Any]


class Parties:
    def __init__(self, wire: Wire, object: str) -> None:
        self._wire, self._object = wire, object

    def behind(self, rows: Sequence[Row], kind: str) -> dict[str, CrmId]:
        """Interaction to account, for those that have one."""
        live = [str(row["id"]) for row in rows if not row.get("archived")]
        found = {id_: CrmId(_lowest(links)) for id_, links in self._linked(kind, self._object, live)}
        alone = [id_ for id_ in live if id_ not in found]
        if self._object != "companies" or not alone:
            return found
        through = {id_: _lowest(links) for id_, links in self._linked(kind, "contacts", alone)}
        accounts = dict(self._accounts_of(sorted(set(through.values()))))
        return found | {row: accounts[contact] for row, contact in through.items() if contact in accounts}

    def _accounts_of(self, contacts: Sequence[str]) -> Iterator[tuple[str, CrmId]]:
        for id_, links in self._linked("contacts", "companies", contacts):
            yield id_, CrmId(_lowest([link for link in links if _is_primary(link)] or links))

    def _linked(self, kind: str, to: str, ids: Sequence[str]) -> Iterator[tuple[str, list[Link]]]:
        for at in range(0, len(ids), PART):
            body = {"inputs": [{"id": id_} for id_ in ids[at : at + PART]]}
            answer = read(self._wire, "POST", "associations", kind=kind, to=to, body=body)
            for row in answer["results"]:
                if row["to"]:
                    yield str(row["from"]["id"]), row["to"]


def _is_primary(link: Link) -> bool:
    return PRIMARY in {(kind.get("category"), kind.get("typeId")) for kind in link["associationTypes"]}


def _lowest(links: Sequence[Link]) -> str:
    return min((str(link["toObjectId"]) for link in links), key=int)
