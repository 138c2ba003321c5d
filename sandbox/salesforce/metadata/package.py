"""A zip as the Metadata API takes it: package.xml at its root, and beside it what package.xml names.

What package.xml names and the zip does not hold is a failure, and so is a file that it does not name. A field or
list view is deployed if package.xml names it, or the whole object that it is in.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.salesforce.metadata.markup import Node, NotXml, read
from sandbox.salesforce.metadata.shapes import shapes
from sandbox.salesforce.metadata.types import ORDER, TYPES, Type, type_of

MANIFEST = "package.xml"
MOST_FILES, MOST_BYTES = 10_000, 39 * 1024 * 1024  # Metadata API guide, file-based deployment
_NO_WILDCARD = ("CustomField", "ListView", "Report", "Dashboard", "ReportFolder", "DashboardFolder")


class NotZip(Exception):
    """The bytes are no archive, or too many."""


@dataclass(slots=True)
class Component:
    type: str
    name: str
    file: str
    node: Node | None = None
    files: dict[str, bytes] = field(default_factory=dict)  # of a bundle

    def write(self) -> str:
        if self.node is not None:
            return self.node.write()
        return "\n".join(f"{name}\n{content.decode(errors='replace')}" for name, content in sorted(self.files.items()))


@dataclass(frozen=True, slots=True)
class Failure:
    problem: str
    type: str = ""
    name: str = ""
    file: str = MANIFEST
    line: int = 0
    column: int = 0


@dataclass(slots=True)
class Package:
    components: list[Component] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    number_files: int = 0


def unzip(content: bytes) -> dict[str, bytes]:
    if len(content) > MOST_BYTES:
        raise NotZip("Maximum size of request reached. Maximum size of request is 52428800 bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise NotZip("zipFile is not a valid zip file") from error


def open_package(files: dict[str, bytes], *, single: bool) -> Package:
    package = Package(number_files=len(files))
    if len(files) > MOST_FILES:
        package.failures.append(Failure(f"Maximum number of files exceeded: {MOST_FILES}"))
        return package
    for root in [""] if single else sorted({f"{path.partition('/')[0]}/" for path in files}) or [""]:
        inside = {path.removeprefix(root): content for path, content in files.items() if path.startswith(root)}
        _open_root(inside, package)
    package.components.sort(key=lambda c: ORDER[c.type])
    return package


def _open_root(files: dict[str, bytes], package: Package) -> None:
    manifest = files.pop(MANIFEST, None)
    if manifest is None:
        package.failures.append(Failure("No package.xml found"))
        return
    try:
        wanted = _named(read(manifest))
    except NotXml as error:
        package.failures.append(Failure(f"Error parsing file: {error.problem}", "", MANIFEST, MANIFEST, error.line))
        return
    held: dict[tuple[str, str], Component] = {}
    for path, content in files.items():
        _hold(path, content, held, package)
    _choose(wanted, held, package)


def _named(root: Node) -> list[tuple[str, str]]:
    return [(types.value("name"), member.text) for types in root.all("types") for member in types.all("members")]


def _hold(path: str, content: bytes, held: dict[tuple[str, str], Component], package: Package) -> None:
    found = type_of(path)
    if found is None:
        package.failures.append(Failure(f"Unknown file in the package: {path}", "", path, path))
    elif found.bundle:
        name = path.split("/")[1]
        one = held.setdefault((found.name, name), Component(found.name, name, f"{found.folder}/{name}"))
        one.files[path.rpartition("/")[2]] = content
    else:
        for one in _parsed(found, path, content, package):
            held[one.type, one.name] = one


def _parsed(type: Type, path: str, content: bytes, package: Package) -> Iterator[Component]:
    name = path.partition("/")[2].removesuffix("-meta.xml").removesuffix(f".{type.suffix}")
    try:
        root = read(content)
    except NotXml as error:
        said = f"Error parsing file: {error.problem}"
        package.failures.append(Failure(said, type.name, name, path, error.line, error.column))
        return
    yield Component(type.name, name, path, root)
    for inner in TYPES.values():
        for node in root.all(inner.inside) if inner.inside and type.name == "CustomObject" else ():
            yield Component(inner.name, f"{name}.{node.value('fullName')}", path, node)


def _choose(wanted: list[tuple[str, str]], held: dict[tuple[str, str], Component], package: Package) -> None:
    broken = {(failure.type, failure.name) for failure in package.failures}
    chosen: dict[tuple[str, str], Component] = {}
    for kind, name in wanted:
        if kind not in TYPES:
            package.failures.append(Failure(_unknown(kind), "", MANIFEST))
            continue
        matching = [key for key in held if _matches(key, kind, name)]
        if not matching and not _is_broken(broken, kind, name):
            words = f"An object '{name}' of type {kind} was named in package.xml, but was not found in zipped directory"
            package.failures.append(Failure(words, kind, name))
        chosen.update({key: held[key] for key in matching})
    package.components += chosen.values()
    files = {one.file for one in chosen.values()}
    for one in held.values():
        if one.file not in files:
            files.add(one.file)
            package.failures.append(Failure("Not in package.xml", one.type, one.name, one.file))


def _matches(key: tuple[str, str], type: str, name: str) -> bool:
    held_type, held_name = key
    if held_type in ("ReportFolder", "DashboardFolder"):  # a folder is named among what it holds
        return held_type == f"{type}Folder" and held_name == name.rstrip("/")
    if name == "*" and type not in _NO_WILDCARD:
        return held_type == type or (type == "CustomObject" and bool(TYPES[held_type].inside))
    whole_object = type == "CustomObject" and bool(TYPES[held_type].inside) and held_name.startswith(f"{name}.")
    return whole_object or (held_type == type and held_name == name)


def _is_broken(broken: set[tuple[str, str]], type: str, name: str) -> bool:
    """A field is not missing if its object's file could not be read."""
    owner = name.partition(".")[0] if TYPES[type].inside else name
    return (type, name) in broken or ("CustomObject", owner) in broken


def _unknown(type: str) -> str:
    if shapes().of(type) is None:
        return f"Unknown type name '{type}' specified in package.xml"
    return f"The sandbox does not know how to deploy components of type {type}"
