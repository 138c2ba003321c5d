"""What is in the org, for a client that asks in SOAP: the types, the components of a type, and their XML."""

from __future__ import annotations

from xml.sax.saxutils import escape

from sandbox.salesforce.calls import Org
from sandbox.salesforce.envelope import Reply, Typed
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.metadata.fields import write
from sandbox.salesforce.metadata.markup import Node, read
from sandbox.salesforce.metadata.types import TYPES
from sandbox.salesforce.values import stamp

_MOST_READ = 10  # components of one readMetadata call


def describe(org: Org, asked: Node) -> list[Reply]:
    inside = [("childXmlNames", [one.name for one in TYPES.values() if one.inside])]
    described: list[Reply] = [
        [
            *(inside if one.name == "CustomObject" else []),
            ("directoryName", one.folder),
            ("inFolder", bool(one.folder_type)),
            ("metaFile", False),
            *([("suffix", one.suffix)] if one.suffix else []),
            ("xmlName", one.name),
        ]
        for one in TYPES.values()
        if one.folder
    ]
    return [
        [
            ("metadataObjects", described),
            ("organizationNamespace", ""),
            ("partialSaveAllowed", True),
            ("testRequired", False),
        ]
    ]


def list_components(org: Org, asked: Node) -> list[Reply]:
    return [
        row
        for query in asked.all("queries")
        for row in _listed(org, _known(query.value("type")), query.value("folder"))
    ]


def _listed(org: Org, type: str, folder: str) -> list[Reply]:
    user = org.records.get(org.records.login) or {}
    who, name = org.records.login, str(user.get("Name", ""))
    found = [(n, one) for (t, n), one in sorted(org.metadata.stored.items()) if t == type]
    return [
        [
            ("createdById", who),
            ("createdByName", name),
            ("createdDate", stamp(one.created).replace("+0000", "Z")),
            ("fileName", one.file),
            ("fullName", full_name),
            ("id", one.id),
            ("lastModifiedById", who),
            ("lastModifiedByName", name),
            ("lastModifiedDate", stamp(one.modified).replace("+0000", "Z")),
            ("manageableState", "unmanaged"),
            ("type", type),
        ]
        for full_name, one in found
        if not folder or full_name.startswith(f"{folder}/")
    ]


def read_components(org: Org, asked: Node) -> list[Reply]:
    named = _known(asked.value("type"))
    names = [name.text for name in asked.all("fullNames")]
    if len(names) > _MOST_READ:
        raise Refused("LIMIT_EXCEEDED", "record limit reached. cannot submit more than 10 records in this operation")
    return [[("records", [Typed(named, _stored(org, named, name)) for name in names])]]


def _stored(org: Org, type: str, name: str) -> str:
    """The component with its full name; nothing but the nil record where there is none."""
    one = org.metadata.stored.get((type, name))
    if one is None:
        return _always_there(org, name) if type == "CustomField" else ""
    node = read(one.text.encode())
    parts = "".join(child.write() for child in node.children if child.name != "fullName")
    return f"<fullName>{escape(name)}</fullName>{parts}"


def _always_there(org: Org, name: str) -> str:
    owner, _, field_name = name.partition(".")
    kind = org.records.kinds.get(owner)
    field = kind.fields.get(field_name) if kind else None
    if field is None or not field.name.endswith("__c"):
        return ""
    parts = "".join(f"<{part}>{text}</{part}>" for part, text in sorted(write(field).items()))
    return f"<fullName>{escape(name)}</fullName>{parts}"


def _known(type: str) -> str:
    if type not in TYPES:
        raise Refused("INVALID_TYPE", f"Cannot use: {type} in this version")
    return type
