"""An org's make-up as plain JSON, for the file in which the sandbox is kept: objects, rights, components."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.salesforce.metadata.setup import Stored
from sandbox.salesforce.schema import Field, Kind

if TYPE_CHECKING:
    from sandbox.salesforce.metadata.deploys import Metadata
    from sandbox.salesforce.records import Records

_RIGHTS = ("hidden", "read_only", "governed")


def dump(records: Records, metadata: Metadata) -> dict[str, Any]:
    return {
        "kinds": [_plain(kind) for kind in records.kinds.values()],
        "rights": {name: [list(pair) for pair in sorted(getattr(records.access, name))] for name in _RIGHTS},
        "stored": [[*key, _stored(one)] for key, one in metadata.stored.items()],
    }


def _plain(kind: Kind) -> dict[str, Any]:
    fields = {n: {**asdict(f), "options": list(f.options), "to": list(f.to)} for n, f in kind.fields.items()}
    return {**asdict(kind), "fields": fields}


def _stored(one: Stored) -> dict[str, Any]:
    return {**asdict(one), "created": one.created.isoformat(), "modified": one.modified.isoformat()}


def load(records: Records, metadata: Metadata, kept: dict[str, Any] | None) -> None:
    if kept is None:  # a file of before orgs could be deployed into
        return
    records.kinds = {kind["name"]: _kind(kind) for kind in kept["kinds"]}
    for name in _RIGHTS:
        setattr(records.access, name, {(kind, field) for kind, field in kept["rights"][name]})
    metadata.stored.clear()
    for kind, name, one in kept["stored"]:
        times = {key: datetime.fromisoformat(one[key]) for key in ("created", "modified")}
        metadata.stored[kind, name] = Stored(**{**one, **times})


def _kind(kept: dict[str, Any]) -> Kind:
    fields = {
        n: Field(**{**f, "options": tuple(f["options"]), "to": tuple(f["to"])}) for n, f in kept["fields"].items()
    }
    return Kind(**{**kept, "fields": fields})
