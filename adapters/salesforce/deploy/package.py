"""The package as Salesforce's Metadata API takes it: one zip, made from the source in adapters/salesforce/package.

The source is an sfdx project, one file a field, a list view, a report. A deploy wants the fields and list views of an
object in one file, other names, and a list of all that is inside: package.xml. The same source gives the same zip.

A field may stay out, because the org has one already or the mapping does without. What shows only that field stays
out with it: a list view with a column that is not there would stop the whole deploy.

Source   Metadata API Developer Guide, "Deploying and Retrieving Metadata with the Zip File" (v63.0)
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from adapters.salesforce.deploy.source import NS, Component, read_source, write_xml
from connector.errors import NeedsHuman

API_VERSION = "63.0"  # the version whose definition of every element the files are checked against
SOURCE = Path(__file__).parent.parent / "package"
OF_APPOINTMENTS = ("Call_Outcome__c",)
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the zip format's time: no date of a file gets into the zip


@dataclass(frozen=True, slots=True)
class Package:
    components: tuple[Component, ...]
    left_out: tuple[Component, ...]  # what shows a field that will not be there


def package_zip(
    fields: Collection[str] | None = None,
    *,
    present: Collection[str] = (),
    api_version: str = API_VERSION,
    running_user: str | None = None,
) -> bytes:
    """What to post to deployRequest. `running_user` is the username as whom the dashboard shows its numbers."""
    return zip_of(choose(fields, present), api_version, running_user)


def choose(
    fields: Collection[str] | None = None, present: Collection[str] = (), *, appointments: bool = True
) -> Package:
    """`fields` are those of Account to bring, None for all but NPI__c; `present` are there, and may be shown."""
    source, known = _source(), field_names()
    brought = known - {"NPI__c"} if fields is None else frozenset(fields)
    if unknown := ", ".join(sorted(brought - known)):
        raise NeedsHuman(f"The package has no field {unknown}. It has {', '.join(sorted(known))}.")

    left = (known - brought) | frozenset(() if appointments else OF_APPOINTMENTS)
    return _without([c for c in source if c.field_name not in left], left - set(present))


def field_names() -> frozenset[str]:
    """The fields on Account that the package can bring."""
    return frozenset(c.field_name for c in _source() if c.object == "Account" and c.field_name)


def _source() -> list[Component]:
    return [*read_source(SOURCE / "force-app"), *read_source(SOURCE / "npi")]


def zip_of(package: Package, api_version: str = API_VERSION, running_user: str | None = None) -> bytes:
    files = {"package.xml": _manifest(package.components, api_version), **_files(package.components)}
    if running_user:
        files = {path: _run_as(path, data, running_user) for path, data in files.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, BEGINNING), files[path], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _without(components: Iterable[Component], missing: frozenset[str]) -> Package:
    """Permissions lose the lines of fields that are missing; everything else goes whole, and what shows it too."""
    kept, out = [_revoke(c, missing) for c in components], []
    gone = missing
    while dropped := [c for c in kept if c is not None and gone & _words(c)]:
        out += dropped
        kept = [c for c in kept if c not in dropped]
        gone = frozenset(c.reference for c in dropped)
    return Package(tuple(c for c in kept if c is not None), tuple(out))


def _words(component: Component) -> set[str]:
    """The names that it may refer to: fields, report types, `folder/report`."""
    text = b"\n".join(component.files.values()).decode()
    return set(re.findall(r"\w+__c\b|\b\w+/\w+\b", text)) - {component.reference}


def _revoke(component: Component, missing: frozenset[str]) -> Component | None:
    if component.kind != "PermissionSet" or not missing & _words(component):
        return component
    (path, data), *_ = component.files.items()
    root = ET.fromstring(data)  # noqa: S314  our own file
    for entry in root.findall(f"{NS}fieldPermissions"):
        if entry.findtext(f"{NS}field", "").partition(".")[2] in missing:
            root.remove(entry)
    useful = root.find(f"{NS}fieldPermissions") is not None
    return replace(component, files={path: write_xml(root)}) if useful else None


def _files(components: Iterable[Component]) -> dict[str, bytes]:
    """The files of the zip; those that several components share, an object's, are made of all their parts."""
    files: dict[str, bytes] = {}
    objects: dict[str, list[Component]] = {}
    for component in components:
        if component.object:
            objects.setdefault(component.object, []).append(component)
        else:
            files |= component.files
    return files | {f"objects/{name}.object": _object(parts) for name, parts in objects.items()}


def _object(parts: Iterable[Component]) -> bytes:
    root = ET.Element(f"{NS}CustomObject")
    for part in parts:
        for data in part.files.values():
            element = ET.fromstring(data)  # noqa: S314  our own file
            element.tag = f"{NS}{part.tag}"
            root.append(element)
    return write_xml(root)


def _manifest(components: Iterable[Component], api_version: str) -> bytes:
    root = ET.Element(f"{NS}Package")
    for kind, members in _members(components):
        types = ET.SubElement(root, f"{NS}types")
        for member in members:
            ET.SubElement(types, f"{NS}members").text = member
        ET.SubElement(types, f"{NS}name").text = kind
    ET.SubElement(root, f"{NS}version").text = api_version
    return write_xml(root)


def _members(components: Iterable[Component]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for component in components:
        found.setdefault(component.kind, []).append(component.name)
    for kind in sorted(found):
        yield kind, sorted(found[kind])


def _run_as(path: str, data: bytes, username: str) -> bytes:
    if not path.endswith(".dashboard"):
        return data
    root = ET.fromstring(data)  # noqa: S314  our own file
    at = [child.tag for child in root].index(f"{NS}textColor")
    user = ET.Element(f"{NS}runningUser")
    user.text = username
    root.insert(at, user)
    return write_xml(root)
