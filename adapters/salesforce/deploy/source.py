"""Reads the source of the package: each file, what it is in Salesforce's terms, and where a deploy wants it.

Source   Metadata API Developer Guide, "Metadata Types" (v63.0); Salesforce DX, "Project Structure and Source Format"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

URI = "http://soap.sforce.com/2006/04/metadata"
NS = f"{{{URI}}}"
KINDS = {
    "dashboards": "Dashboard",
    "flows": "Flow",
    "lwc": "LightningComponentBundle",
    "notificationtypes": "CustomNotificationType",
    "permissionsets": "PermissionSet",
    "reportTypes": "ReportType",
    "reports": "Report",
}
PARTS = {"fields": "CustomField", "listViews": "ListView"}  # of an object: they share its file
NOT_SHIPPED = "__tests__"  # .forceignore says the same to Salesforce's own tools


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that a deploy brings, under the name that package.xml gives it."""

    kind: str
    name: str
    files: Mapping[str, bytes] = field(repr=False)  # by their place in the zip; of a part, its own source
    object: str = ""  # whose part it is
    tag: str = ""

    @property
    def field_name(self) -> str:
        return self.name.partition(".")[2] if self.kind == "CustomField" else ""

    @property
    def reference(self) -> str:
        """How another file speaks of it."""
        return f"{self.name}__c" if self.kind == "ReportType" else self.field_name or self.name


def read_source(folder: Path) -> Iterator[Component]:
    """Every component of a package directory, by kind and name."""
    default = folder / "main/default"
    for place in sorted(default.iterdir()):
        if place.name == "objects":
            yield from _parts(place)
        elif place.name == "lwc":
            yield from _bundles(place, default)
        else:
            yield from _single(place, default)


def _parts(objects: Path) -> Iterator[Component]:
    for path in sorted(objects.glob("*/*/*-meta.xml")):
        owner, tag = path.parts[-3], path.parts[-2]
        name = f"{owner}.{path.name.partition('.')[0]}"
        yield Component(PARTS[tag], name, {f"objects/{owner}.object": path.read_bytes()}, owner, tag)


def _bundles(place: Path, default: Path) -> Iterator[Component]:
    for bundle in sorted(path for path in place.iterdir() if path.is_dir()):
        files = [path for path in sorted(bundle.rglob("*")) if path.is_file() and NOT_SHIPPED not in path.parts]
        found = {path.relative_to(default).as_posix(): path.read_bytes() for path in files}
        yield Component(KINDS["lwc"], bundle.name, found)


def _single(place: Path, default: Path) -> Iterator[Component]:
    for path in sorted(place.rglob("*-meta.xml")):
        inside = PurePosixPath(path.relative_to(default).as_posix())
        stem, _, ending = inside.name.partition(".")
        name = (inside.parent.relative_to(place.name) / stem).as_posix()
        ending = ending.removesuffix("-meta.xml")
        folder = ending.endswith("Folder")
        target = f"{stem}-meta.xml" if folder else f"{stem}.{ending}"
        files = {(inside.parent / target).as_posix(): path.read_bytes()}
        yield Component(KINDS[place.name], f"{name}/" if folder else name, files)


def write_xml(root: ET.Element) -> bytes:
    ET.register_namespace("", URI)
    ET.indent(root, "    ")
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"
