"""The kinds of component that this org takes, and where each lies in a package of Metadata API form.

A type whose components lie inside an object's file (fields, list views) has no folder of its own. Only this
form is taken: the source form of the developer tools, one file a field, is not what the API deploys.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    name: str
    folder: str = ""
    suffix: str = ""
    prefix: str = "0Kq"  # of the ids that its components get
    folder_type: str = ""  # the type of the folders that hold it
    inside: str = ""  # the element of an object's file that is one
    bundle: bool = False  # a folder of files


# In the order of deployment: what others name comes first.
TYPES: dict[str, Type] = {
    one.name: one
    for one in (
        Type("CustomObject", "objects", "object", "01I"),
        Type("CustomField", prefix="00N", inside="fields"),
        Type("ListView", prefix="00B", inside="listViews"),
        Type("CustomNotificationType", "notificationtypes", "notiftype", "0ML"),
        Type("LightningComponentBundle", "lwc", prefix="0Rb", bundle=True),
        Type("Flow", "flows", "flow", "301"),
        Type("PermissionSet", "permissionsets", "permissionset", "0PS"),
        Type("ReportType", "reportTypes", "reportType", "070"),
        Type("ReportFolder", prefix="00l"),
        Type("Report", "reports", "report", "00O", "ReportFolder"),
        Type("DashboardFolder", prefix="00l"),
        Type("Dashboard", "dashboards", "dashboard", "01Z", "DashboardFolder"),
        Type("FlexiPage", "flexipages", "flexipage", "0M0"),
    )
}
ORDER = {name: at for at, name in enumerate(TYPES)}


def type_of(path: str) -> Type | None:
    """The type whose file or bundle a path of the package is."""
    folder, _, rest = path.partition("/")
    for one in TYPES.values():
        if one.folder and one.folder == folder and (one.bundle or rest.endswith(f".{one.suffix}")):
            return one
        if one.folder == folder and one.folder_type and rest.endswith("-meta.xml") and "/" not in rest:
            return TYPES[one.folder_type]
    return None
