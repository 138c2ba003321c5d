"""Two records of a type become one, under a new id; the old ids are in no list or search any more.

Source   developers.hubspot.com, "Merge records"; a record has at most 250 identities ("Error handling", 414)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.hubspot import linking, rollups
from sandbox.hubspot.errors import Refusal, envelope
from sandbox.hubspot.tables import Record

if TYPE_CHECKING:
    from sandbox.hubspot.records import Portal

MERGED = "hs_merged_object_ids"


def merge(portal: Portal, kind: str, primary: str, other: str) -> Record:
    """The primary's values win. Where the portal keeps the primary's id, only the other one is consumed."""
    kept, lost = portal.exact(kind, primary), portal.exact(kind, other)
    if not kept or not lost or kept is lost:
        raise Refusal(400, envelope("Invalid merge request", "VALIDATION_ERROR"))
    swallowed = [*_merged(kept), *_merged(lost)]
    if len(swallowed) + 2 > portal.policy.merges_most:
        text = f"Cannot have more than {portal.policy.merges_most} identities on a profile"
        raise Refusal(414, envelope(text, "VALIDATION_ERROR"))
    if portal.policy.keep_primary_id:
        survivor, consumed = kept, [lost]
    else:
        survivor, consumed = portal.place(kind, portal.new_id(kind)), [kept, lost]
    ids = ";".join([*swallowed, *(record.id for record in consumed)])
    values = {k: v for record in (lost, kept) for k, v in record.properties.items() if v}
    for record in consumed:
        with portal.changing(record):
            record.consumed = True
        linking.move_links(portal, record.key, survivor.key)
    with portal.changing(survivor):
        survivor.properties |= {**values, "hs_object_id": survivor.id, MERGED: ids}
        if kind in rollups.ACCOUNTS:
            rollups.count_anew(portal, survivor)
        portal.touch(survivor)
    portal.survivors |= {(kind, old): survivor.id for old in ids.split(";")}
    return survivor


def _merged(record: Record) -> list[str]:
    return [id_ for id_ in (record.properties.get(MERGED) or "").split(";") if id_]
