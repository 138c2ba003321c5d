"""A portal into plain lists and back, so that it outlives the process."""

from __future__ import annotations

from typing import Any

from sandbox.hubspot import rollups
from sandbox.hubspot.links import Links
from sandbox.hubspot.records import Portal
from sandbox.hubspot.tables import Record, Table


def dump(portal: Portal) -> dict[str, Any]:
    return {
        "records": {kind: table.dump() for kind, table in portal.tables.items() if table.rows},
        "links": portal.links.dump(),
        "survivors": [[*key, id_] for key, id_ in portal.survivors.items()],
        "last_ids": dict(portal.last_ids),
        "schema": portal.schema.dump(),
        "types": portal.types.dump(),
    }


def load(portal: Portal, kept: dict[str, Any]) -> None:
    portal.schema.load(kept["schema"])
    portal.types.load(kept["types"])
    portal.survivors = {(kind, old): id_ for kind, old, id_ in kept["survivors"]}
    portal.last_ids, portal.links = dict(kept["last_ids"]), Links()
    portal.tables, portal.due = {}, []
    for kind, rows in kept["records"].items():
        portal.tables[kind] = Table()
        for row in rows:
            portal.tables[kind].add(Record(**row))
    for one, id_, other, to, keys in kept["links"]:
        for category, number in keys:
            found = portal.types.find((one, other), category, number)
            assert found, (one, other, category, number)
            portal.links.add((one, id_), (other, to), found)
    for kind in rollups.ACCOUNTS:
        for account in portal.all(kind):
            rollups.count_anew(portal, account)
