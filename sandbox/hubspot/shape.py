"""A record as it goes over the wire. Without names of properties, a few are shown that depend on its type.

Source   developers.hubspot.com, "Objects": responses of list, read and create
"""

from __future__ import annotations

from typing import Any

from sandbox.hubspot.asking import Wanted
from sandbox.hubspot.kinds import created_name, modified_name
from sandbox.hubspot.lag import Values
from sandbox.hubspot.linktypes import LinkType, Pair
from sandbox.hubspot.records import Portal
from sandbox.hubspot.standard import SHOWN
from sandbox.hubspot.tables import SOURCES, Record


def shape(portal: Portal, record: Record, wanted: Wanted, values: Values | None = None) -> dict[str, Any]:
    """`values` are those that search holds, where they are older."""
    kind, held = record.kind, record.properties if values is None else values
    created, modified = created_name(kind), modified_name(kind)
    names = dict.fromkeys((*(wanted.properties or SHOWN.get(kind, ())), "hs_object_id", created, modified))
    told: dict[str, Any] = {
        "id": record.id,
        "properties": {name: held.get(name) for name in names if portal.schema.find(kind, name)},
        "createdAt": held[created],
        "updatedAt": held[modified],
        "archived": record.archived,
    }
    if record.archived:
        told["archivedAt"] = record.archived_at
    if wanted.history:
        known = [name for name in wanted.history if portal.schema.find(kind, name)]
        told["propertiesWithHistory"] = {name: _history(record, name) for name in known}
    if wanted.links:
        linked = {portal.schema.kinds[to].full_name: _linked(portal, record, to) for to in wanted.links}
        told["associations"] = {name: {"results": some} for name, some in linked.items() if some}
    return told


def _history(record: Record, name: str) -> list[dict[str, Any]]:
    return [
        {"value": value or "", "timestamp": at, "sourceType": SOURCES[str(who)], "sourceId": str(who)}
        for value, at, who in record.history(name)
    ]


def _linked(portal: Portal, record: Record, to: str) -> list[dict[str, str]]:
    pair, held = (record.kind, to), portal.links.of(record.key, to)
    return [
        {"id": id_, "type": _type_name(portal, pair, given)}
        for id_ in portal.linked(record.kind, record.id, to)
        for given in held[id_].values()
    ]


def _type_name(portal: Portal, pair: Pair, given: LinkType) -> str:
    if given.label is not None and not given.primary:
        return given.name or given.label
    words = "_to_".join(portal.schema.kinds[kind].singular for kind in pair)
    return f"{words}_unlabeled" if given.label is None and portal.types.primary(pair) else words
