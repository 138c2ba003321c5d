"""A list view's XML as the SOQL that its page runs; what it names must be there.

Standard columns go by codes (ACCOUNT.NAME, CORE.USERS.ALIAS), custom ones by their names. A checkbox is asked
for by 1 or 0, several values stand with commas between them, and `booleanFilter` joins the filters by number.
Not here: relative dates (TODAY), filters on related objects.
Source   Metadata API guide, ListView; "Could not resolve list view column" is seen from the real service
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.salesforce.metadata.fields import Problem
from sandbox.salesforce.metadata.markup import Node
from sandbox.salesforce.metadata.package import Component
from sandbox.salesforce.schema import TEXTS, Field, Kind

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records
    from sandbox.salesforce.values import Record

_CODES = {
    "ACCOUNT.NAME": "Name",
    "ACCOUNT.ADDRESS1_STREET": "BillingStreet",
    "ACCOUNT.ADDRESS1_CITY": "BillingCity",
    "ACCOUNT.ADDRESS1_STATE": "BillingState",
    "ACCOUNT.ADDRESS1_ZIP": "BillingPostalCode",
    "ACCOUNT.CREATED_DATE": "CreatedDate",
    "ACCOUNT.LAST_UPDATE": "LastModifiedDate",
    "CORE.USERS.ALIAS": "Owner.Alias",
}
_CUSTOM_CODES = {
    "NAME": "Name",
    "OWNER.ALIAS": "Owner.Alias",
    "CREATED_DATE": "CreatedDate",
    "LAST_UPDATE": "LastModifiedDate",
}
_SIGNS = {
    "equals": "=",
    "notEqual": "!=",
    "lessThan": "<",
    "lessOrEqual": "<=",
    "greaterThan": ">",
    "greaterOrEqual": ">=",
    "contains": "LIKE '%{}%'",
    "notContain": "LIKE '%{}%'",
    "startsWith": "LIKE '{}%'",
}
_SCOPES = ("Everything", "Mine")


@dataclass(frozen=True, slots=True)
class Column:
    path: str  # Owner.Alias
    owner: str  # the object whose field it is
    field: Field


def columns_of(records: Records, kind: Kind, node: Node) -> list[Column]:
    """The columns that the integration user sees."""
    named = [_column(records, kind, column) for column in node.all("columns")]
    seen = [column for column in named if (column.owner, column.field.name) not in records.hidden]
    return seen or [Column("Name", kind.name, kind.fields["Name"])]


def _column(records: Records, kind: Kind, named: Node) -> Column:
    codes = _CODES if kind.name == "Account" else _CUSTOM_CODES
    path = codes.get(named.text, named.text if named.text.endswith("__c") else "")
    relation, _, name = path.rpartition(".")
    link = kind.parent(relation) if relation else None
    owner = records.kinds[link.to[0]] if link else kind
    if name not in owner.fields:
        raise Problem(f"Could not resolve list view column: {named.text}", named)
    return Column(path, owner.name, owner.fields[name])


def check_list_view(records: Records, owner: str, node: Node) -> None:
    if owner not in records.kinds:
        raise Problem(f"no CustomObject named {owner} found", node)
    for needed in ("fullName", "label", "filterScope"):
        if not node.value(needed):
            raise Problem(f"Required field is missing: {needed}", node)
    if node.value("filterScope") not in _SCOPES:
        raise Problem(f"The sandbox does not know the scope {node.value('filterScope')}", node.first("filterScope"))
    kind = records.kinds[owner]
    columns_of(records, kind, node)
    where_of(records, kind, node)


def add_list_view(records: Records, component: Component) -> None:
    owner, _, name = component.name.partition(".")
    node = component.node
    assert node is not None
    rows = records.tables["ListView"].values()
    found = next((r for r in rows if (r["SobjectType"], r["DeveloperName"]) == (owner, name)), None)
    if found:
        found["Name"] = node.value("label")
        return
    values: Record = {
        "Name": node.value("label"),
        "DeveloperName": name,
        "SobjectType": owner,
        "IsSoqlCompatible": True,
    }
    records.insert("ListView", values, None)


def query_of(records: Records, kind: Kind, node: Node) -> str:
    paths = dict.fromkeys([column.path for column in columns_of(records, kind, node)] + ["Id", "SystemModstamp"])
    where = where_of(records, kind, node)
    condition = f" WHERE {where}" if where else ""
    return f"SELECT {', '.join(paths)} FROM {kind.name}{condition} ORDER BY Name, Id"  # noqa: S608  # SOQL, of our own


def where_of(records: Records, kind: Kind, node: Node) -> str:
    conditions = [_condition(records, kind, one) for one in node.all("filters")]
    joined = node.value("booleanFilter") or " AND ".join(str(n + 1) for n in range(len(conditions)))
    numbers = [int(number) for number in re.findall(r"\d+", joined)]
    if any(not 1 <= number <= len(conditions) for number in numbers):
        raise Problem(f"Invalid filter logic: {joined}", node.first("booleanFilter"))
    where = re.sub(r"\d+", lambda found: conditions[int(found[0]) - 1], joined)
    if node.value("filterScope") != "Mine":
        return where
    mine = f"OwnerId = '{records.login}'"
    return f"{mine} AND ({where})" if where else mine


def _condition(records: Records, kind: Kind, one: Node) -> str:
    named = one.first("field")
    assert named is not None  # the WSDL asks for it
    column, operation = _column(records, kind, named), one.value("operation")
    if operation not in _SIGNS:
        raise Problem(f"The sandbox does not know the operation {operation}", one.first("operation"))
    sign, text = _SIGNS[operation], one.value("value")
    if "{}" in sign:
        parts = [f"{column.path} {sign.format(_escaped(word))}" for word in text.split(",")]
        return f"(NOT ({' OR '.join(parts)}))" if operation == "notContain" else f"({' OR '.join(parts)})"
    words = [_literal(column.field, word.strip(), one) for word in text.split(",")]
    if len(words) > 1:
        return f"{column.path} {'NOT IN' if sign == '!=' else 'IN'} ({', '.join(words)})"
    return f"{column.path} {sign} {words[0]}"


def _literal(field: Field, word: str, one: Node) -> str:
    if not word:
        return "null"
    if field.type == "boolean" and word in ("0", "1"):
        return "true" if word == "1" else "false"
    if field.type in TEXTS or field.type == "reference":
        return f"'{_escaped(word)}'"
    try:
        return f"{float(word):g}" if field.type in ("double", "int") else _date(field, word)
    except ValueError:
        raise Problem(f"Invalid filter value for {field.name}: {word}", one.first("value")) from None


def _date(field: Field, word: str) -> str:
    if field.type not in ("date", "datetime"):
        raise ValueError(word)
    day = datetime.strptime(word, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007  # a day of no zone
    return day if field.type == "date" else f"{day}T00:00:00Z"


def _escaped(word: str) -> str:
    return word.strip().replace("\\", "\\\\").replace("'", "\\'")
