"""What a component names must be there: fields and objects of the org, folders, reports, components.

Salesforce says so in the words `In field: X - no CustomField named Y found`; where the real words for a report or a
dashboard are not known, the same form is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sandbox.salesforce.metadata.fields import Problem
from sandbox.salesforce.metadata.listviews import check_list_view
from sandbox.salesforce.metadata.markup import Node, NotXml, read
from sandbox.salesforce.metadata.package import Component
from sandbox.salesforce.metadata.permissions import check_permission_set

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records
    from sandbox.salesforce.schema import Kind

Stored = Mapping[tuple[str, str], Any]


def check(records: Records, stored: Stored, component: Component) -> None:
    """Problem if the component names what is not there."""
    if component.type == "LightningComponentBundle":
        _check_bundle(component)
        return
    node = component.node
    assert node is not None
    if component.type == "PermissionSet":
        check_permission_set(records, node)
    if component.type == "ListView":
        check_list_view(records, component.name.partition(".")[0], node)
    if component.type in ("Report", "Dashboard"):
        _check_folder(stored, component)
    checker = _CHECKS.get(component.type)
    if checker:
        checker(records, stored, node)


def _check_folder(stored: Stored, component: Component) -> None:
    folder = component.name.rpartition("/")[0]
    if (f"{component.type}Folder", folder) not in stored and folder != "unfiled$public":
        raise Problem(f"Cannot find folder:{folder}", component.node)


def _check_bundle(component: Component) -> None:
    name = component.name
    about = component.files.get(f"{name}.js-meta.xml")
    if about is None or f"{name}.js" not in component.files:
        raise Problem(f"Cannot find Lightning Component Bundle {name}")
    try:
        root = read(about)
    except NotXml as error:
        raise Problem(f"Error parsing file: {error.problem}") from error
    if root.name != "LightningComponentBundle":
        raise Problem(f"Error parsing file: Element {root.name} invalid at this location", root)


# Fields and objects


def _kind(records: Records, name: str, node: Node, where: str) -> Kind:
    if name not in records.kinds:
        raise Problem(f"In field: {where} - no CustomObject named {name} found", node)
    return records.kinds[name]


def _field(records: Records, kind: Kind, path: str, node: Node, where: str = "field") -> None:
    """A field, or one of a parent by steps: Owner.Name."""
    first, _, rest = path.partition(".")
    link = kind.parent(first) if rest else None
    if link is not None and link.to[0] in records.kinds:
        _field(records, records.kinds[link.to[0]], rest, node, where)
    elif rest or first not in kind.fields:
        raise Problem(f"In field: {where} - no CustomField named {kind.name}.{path} found", node)


def _shown(records: Records, kind: Kind, path: str, node: Node, where: str = "field") -> None:
    """A report shows a link by the name of what it leads to: Owner."""
    if kind.parent(path) is None:
        _field(records, kind, path, node, where)


def _check_report_type(records: Records, stored: Stored, node: Node) -> None:
    base = _kind(records, node.value("baseObject"), node, "baseObject")
    for column in node.deep("columns"):
        if column.value("table") == base.name:
            _shown(records, base, column.value("field"), column)


def _check_report(records: Records, stored: Stored, node: Node) -> None:
    on = node.value("reportType")
    if on.endswith("__c") and ("ReportType", on.removesuffix("__c")) not in stored:
        raise Problem(f"In field: reportType - no ReportType named {on} found", node.first("reportType"))
    for named in _columns(node):
        found = re.fullmatch(r"(\w+?)((?:\.\w+)*)\$(\w+)", named.text)
        if found:
            kind = _kind(records, found[1], named, named.name)
            _shown(records, kind, f"{found[2]}.{found[3]}".strip("."), named, named.name)


def _columns(node: Node) -> Iterator[Node]:
    for name in ("field", "column", "sortColumn", "dateColumn", "groupingColumn"):
        yield from node.deep(name)


def _check_dashboard(records: Records, stored: Stored, node: Node) -> None:
    for report in node.deep("report"):
        if ("Report", report.text) not in stored:
            raise Problem(f"In field: report - no Report named {report.text} found", report)


def _check_flow(records: Records, stored: Stored, node: Node) -> None:
    for step in (
        *node.all("start"),
        *node.all("recordCreates"),
        *node.all("recordUpdates"),
        *node.all("recordLookups"),
    ):
        name = step.value("object")
        if name:
            kind = _kind(records, name, step, "object")
            for part in (*step.all("filters"), *step.all("inputAssignments")):
                _field(records, kind, part.value("field"), part)


def _check_page(records: Records, stored: Stored, node: Node) -> None:
    if node.value("sobjectType"):
        _kind(records, node.value("sobjectType"), node, "sobjectType")
    for named in node.deep("componentName"):
        space, _, name = named.text.rpartition(":")
        if space in ("", "c") and ("LightningComponentBundle", name) not in stored:
            raise Problem(f"In field: componentName - no LightningComponentBundle named {name} found", named)


_CHECKS: dict[str, Callable[[Any, Stored, Node], None]] = {
    "ReportType": _check_report_type,
    "Report": _check_report,
    "Dashboard": _check_dashboard,
    "Flow": _check_flow,
    "FlexiPage": _check_page,
}
