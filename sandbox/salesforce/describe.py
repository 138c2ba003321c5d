"""What the integration user is told of an object: 42 keys of it, 57 of each of its fields, 28 in the list of all.

A field that the user may not see is absent, as if never made; one that it may not write says so.
Source   REST guide v67.0, sObject Describe and Describe Global; the keys are those of recorded answers
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.schema import TEXTS, Field, Kind

Shape = dict[str, Any]

_MERGEABLE = ("Account", "Contact")
_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
}
# Said of every object and every field alike: this org makes no use of what they are about.
_OBJECT_FALSE = (
    *("activateable", "customSetting", "deepCloneable", "deprecatedAndHidden", "feedEnabled", "hasSubtypes"),
    *("isInterface", "isSubtype"),
)
_OBJECT_NULL = (
    *("defaultImplementation", "extendedBy", "extendsInterfaces", "implementedBy", "implementsInterfaces"),
    *("listviewable", "lookupLayoutable", "networkScopeFieldName"),
)
_OBJECT_EMPTY = ("actionOverrides", "namedLayoutInfos", "recordTypeInfos", "supportedScopes")
_FIELD_FALSE = (
    *("aiPredictionField", "autoNumber", "calculated", "cascadeDelete", "caseSensitive", "dependentPicklist"),
    *("deprecatedAndHidden", "displayLocationInDecimal", "encrypted", "formulaTreatNullNumberAsZero"),
    *("highScaleNumber", "htmlFormatted", "queryByDistance", "restrictedDelete", "searchPrefilterable"),
    "writeRequiresMasterRead",
)
_FIELD_NULL = (
    *("calculatedFormula", "compoundFieldName", "controllerName", "defaultValueFormula", "extraTypeInfo"),
    *("filteredLookupInfo", "inlineHelpText", "mask", "maskType", "referenceTargetField", "relationshipOrder"),
)


def describe(kinds: Mapping[str, Kind], kind: Kind, fields: list[Field], url: str) -> Shape:
    more = {
        **dict.fromkeys(_OBJECT_NULL),
        **{name: [] for name in _OBJECT_EMPTY},
        "childRelationships": _children(kinds, kind),
        "compactLayoutable": True,
        "fields": [describe_field(field) for field in fields],
        "searchLayoutable": True,
    }
    urls = {"rowTemplate": f"{url}/{{ID}}", "layouts": f"{url}/describe/layouts", "sobject": url}
    return {**describe_briefly(kind, url), **more, "urls": {**urls, "describe": f"{url}/describe"}}


def describe_briefly(kind: Kind, url: str) -> Shape:
    """As in the list of all objects."""
    writes = dict.fromkeys(("createable", "updateable", "deletable", "undeletable", "triggerable"), kind.writable)
    reads = dict.fromkeys(
        ("queryable", "retrieveable", "replicateable", "searchable", "layoutable", "mruEnabled"), True
    )
    return {
        **dict.fromkeys(_OBJECT_FALSE, False),
        **writes,
        **reads,
        "name": kind.name,
        "label": kind.label,
        "labelPlural": f"{kind.label}s",
        "keyPrefix": kind.prefix,
        "custom": kind.name.endswith("__c"),
        "mergeable": kind.name in _MERGEABLE,
        "urls": {"rowTemplate": f"{url}/{{ID}}", "sobject": url, "describe": f"{url}/describe"},
    }


def as_listed(shape: Shape) -> Shape:
    """Only the list of all objects says of whom an object is an extension; none here is."""
    return {**shape, "associateEntityType": None, "associateParentEntity": None}


def _children(kinds: Mapping[str, Kind], parent: Kind) -> list[Shape]:
    links = ((kind, field) for kind in kinds.values() for field in kind.fields.values() if parent.name in field.to)
    return [
        {
            "cascadeDelete": field.name in ("WhatId", "AccountId"),
            "childSObject": kind.name,
            "deprecatedAndHidden": False,
            "field": field.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": f"{kind.name.removesuffix('__c')}s" if field.updateable else None,
            "restrictedDelete": False,
        }
        for kind, field in links
    ]


def describe_field(field: Field) -> Shape:
    options = [
        {"active": True, "defaultValue": o == field.default, "label": o, "validFor": None, "value": o}
        for o in field.options
    ]
    is_text, is_system = field.type in TEXTS, not field.createable and not field.nillable
    return {
        **dict.fromkeys(_FIELD_FALSE, False),
        **dict.fromkeys(_FIELD_NULL),
        "aggregatable": field.filterable and field.type != "boolean",
        "byteLength": field.length * 3 if is_text else field.length,
        "createable": field.createable,
        "custom": field.name.endswith(("__c", "__pc")),
        "defaultValue": field.default if isinstance(field.default, bool) else None,
        "defaultedOnCreate": field.default is not None or is_system or field.name == "OwnerId",
        "digits": 8 if field.type == "int" else 0,
        "externalId": field.key,
        "filterable": field.filterable,
        "groupable": field.filterable and field.type not in ("double", "datetime"),
        "idLookup": field.key or field.type == "id" or field.type == "email",
        "label": field.label,
        "length": field.length,
        "name": field.name,
        "nameField": field.name == "Name",
        "namePointing": len(field.to) > 1,
        "nillable": field.nillable,
        "permissionable": field.nillable and field.createable,
        "picklistValues": options,
        "polymorphicForeignKey": len(field.to) > 1,
        "precision": field.precision,
        "referenceTo": list(field.to),
        "relationshipName": field.relation,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": field.filterable,
        "type": field.type,
        "unique": field.is_unique,
        "updateable": field.updateable,
    }
