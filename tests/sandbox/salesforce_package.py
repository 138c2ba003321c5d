"""A package in the form of the Metadata API, small enough to read, and the calls that deploy it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.sandbox.salesforce_org import Org

SPACE = "http://soap.sforce.com/2006/04/metadata"


def xml(root: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SPACE}">\n{inside}\n</{root}>\n'


def field(name: str, type: str, more: str = "", label: str = "") -> str:
    head = f"<fullName>{name}</fullName><label>{label or name.removesuffix('__c')}</label>{more}<type>{type}</type>"
    return f"<fields>{head}</fields>"


def picklist(name: str, *values: str) -> str:
    each = "".join(f"<value><fullName>{v}</fullName><default>false</default><label>{v}</label></value>" for v in values)
    listed = f"<valueSetDefinition><sorted>false</sorted>{each}</valueSetDefinition>"
    return field(name, "Picklist", f"<valueSet><restricted>true</restricted>{listed}</valueSet>")


TIER = picklist("Call_Tier__c", "A", "B", "C")
COLD = field("Going_Cold__c", "Checkbox", "<defaultValue>false</defaultValue>")
ORDER = field("Call_Order__c", "Number", "<precision>5</precision><scale>0</scale>")
REASON = field("Tier_Reason__c", "Text", "<length>255</length>")
KEY = field("Connector_Key__c", "Text", "<externalId>true</externalId><length>80</length><unique>true</unique>")

LIST = (
    "<listViews><fullName>Going_Cold_Tier_A</fullName><columns>ACCOUNT.NAME</columns><columns>Call_Tier__c</columns>"
    "<columns>CORE.USERS.ALIAS</columns><filterScope>Everything</filterScope>"
    "<filters><field>Call_Tier__c</field><operation>equals</operation><value>A</value></filters>"
    "<filters><field>Going_Cold__c</field><operation>equals</operation><value>1</value></filters>"
    "<label>Going cold: Tier A</label></listViews>"
)


def grant(path: str, editable: bool = True) -> str:
    inside = f"<editable>{str(editable).lower()}</editable><field>{path}</field><readable>true</readable>"
    return f"<fieldPermissions>{inside}</fieldPermissions>"


def permission_set(*grants: str) -> str:
    return xml("PermissionSet", f"{''.join(grants)}<label>Call Planning Integration</label>")


GRANTS = permission_set(grant("Account.Call_Order__c"), grant("Account.Call_Tier__c"), grant("Account.Going_Cold__c"))


def account(*parts: str) -> str:
    return xml("CustomObject", "\n".join(parts))


def manifest(**members: list[str]) -> str:
    types = (
        f"<types>{''.join(f'<members>{name}</members>' for name in names)}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    return xml("Package", f"{''.join(types)}<version>67.0</version>")


FIELDS = ["Account.Call_Tier__c", "Account.Going_Cold__c", "Account.Call_Order__c"]
PACKAGE = {
    "package.xml": manifest(
        CustomField=FIELDS,
        ListView=["Account.Going_Cold_Tier_A"],
        PermissionSet=["Call_Planning_Integration"],
    ),
    "objects/Account.object": account(TIER, COLD, ORDER, LIST),
    "permissionsets/Call_Planning_Integration.permissionset": GRANTS,
}


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return out.getvalue()


def ask(org: Org, files: dict[str, str] | bytes, part: str = "json", **options: Any) -> tuple[int, Any]:
    """Send a deployment, as it is queued."""
    content = files if isinstance(files, bytes) else zipped(files)
    whole = {"deployOptions": {"rollbackOnError": True, "singlePackage": True, **options}}
    data = {
        part: (io.BytesIO(json.dumps(whole).encode()), "options.json", "application/json"),
        "file": (io.BytesIO(content), "package.zip", "application/zip"),
    }
    return org.call("POST", "/metadata/deployRequest", data=data)


def deploy(org: Org, files: dict[str, str] | bytes, **options: Any) -> dict[str, Any]:
    """Send a deployment and wait for its end."""
    status, asked = ask(org, files, **options)
    assert status == 201, asked
    org.clock.sleep(10)
    result: dict[str, Any] = look(org, asked["id"])
    return result


def look(org: Org, id: str) -> Any:
    status, body = org.call("GET", f"/metadata/deployRequest/{id}?includeDetails=true")
    assert status == 200, body
    return body["deployResult"]


def problems(result: dict[str, Any]) -> dict[str, str]:
    """What failed and why, by full name."""
    return {failure["fullName"]: failure["problem"] for failure in result["details"]["componentFailures"]}


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    """created, changed or the same, by full name."""
    words = {(True, True): "created", (False, True): "changed", (False, False): "the same"}
    return {
        one["fullName"]: words[one["created"], one["changed"]]
        for one in result["details"]["componentSuccesses"]
        if one["fullName"] != "package.xml"
    }
