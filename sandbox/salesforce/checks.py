"""Every check of a write that looks at its values: permission, types, references, keys, duplicates, rules.

What the integration user may not see or write, a person at the screen may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sandbox.salesforce.errors import Refused, no_such_field, not_writable, unknown_reference, wrong_id
from sandbox.salesforce.policy import DuplicateRule
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.values import Record, Value, accept

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records


def accepted(records: Records, kind: Kind, sent: Mapping[str, Any], permission: str, who: str) -> Record:
    """The values as they will be kept."""
    if who == "api":
        check_permission(records, kind, sent, permission)
    values: Record = {}
    for name, value in sent.items():
        field = kind.find(name)
        if field is None:
            raise no_such_field(name, kind.name)
        values[field.name] = accept(field, value)
        _check_reference(records, kind, field, values[field.name])
    return values


def check_permission(records: Records, kind: Kind, sent: Iterable[str], permission: str) -> None:
    if not kind.writable:
        raise Refused("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    for name in sent:
        field = records.field(kind, name)
        if field is None:
            raise no_such_field(name, kind.name)
        if not getattr(field, permission):
            raise not_writable(field.name)


def _check_reference(records: Records, of: Kind, field: Field, id: Value) -> None:
    if field.type != "reference" or id is None:
        return
    kind, target = records.kind_of(str(id)), records.get(id)
    if kind is not None and kind.name not in field.to:
        raise wrong_id(field.label, id, field.name)
    if target is None or target.get("IsDeleted"):
        raise unknown_reference(field.name)
    if str(target["Id"]) in records.policy.unshared:
        words = "insufficient access rights on cross-reference id"
        raise Refused("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", words, field.name)
    if field.name == "OwnerId":
        _check_owner(records, of, target)


def _check_owner(records: Records, of: Kind, owner: Record) -> None:
    if not owner["IsActive"]:
        words = f"operation performed with inactive user [{owner['Id']}] as owner of {of.label.lower()}"
        raise Refused("INACTIVE_OWNER_OR_USER", words, "OwnerId")
    if (str(owner["Id"]), of.name) in records.policy.blind:
        raise Refused("TRANSFER_REQUIRES_READ", "The new owner must have read permission", "OwnerId")


def check_required(kind: Kind, values: Record, *, person: bool) -> None:
    """Salesforce fills the owner and the defaults in by itself, and makes a person's name of its parts."""
    missing = [f.name for f in kind.fields.values() if _is_missing(f, values) and not (person and f.name == "Name")]
    if missing:
        words = f"Required fields are missing: [{', '.join(missing)}]"
        raise Refused("REQUIRED_FIELD_MISSING", words, *missing)


def _is_missing(field: Field, values: Record) -> bool:
    required = field.createable and not field.nillable and field.default is None and field.name != "OwnerId"
    return required and values.get(field.name) is None


def check_keys(records: Records, kind: Kind, values: Record, record: Record | None) -> None:
    for name in (n for n in values if kind.fields[n].is_unique and values[n] is not None):
        other = records.find(kind.name, name, str(values[name]))
        if other is not None and other is not record:
            words = f"duplicate value found: {name} duplicates value on record with id: {other['Id']}"
            raise Refused("DUPLICATE_VALUE", words, name)
    if kind.name == "PermissionSetAssignment":
        _check_assignment(records, values)


def _check_assignment(records: Records, values: Record) -> None:
    pair = values.get("AssigneeId"), values.get("PermissionSetId")
    for other in records.tables["PermissionSetAssignment"].values():
        if (other["AssigneeId"], other["PermissionSetId"]) == pair:
            words = f"Duplicate PermissionSetAssignment. Assignee: {pair[0]}; Permission Set: {pair[1]}"
            raise Refused("DUPLICATE_VALUE", words, "AssigneeId", "PermissionSetId")


def check_duplicates(records: Records, kind: Kind, after: Record, changed: Iterable[str]) -> None:
    for rule in records.policy.duplicate_rules:
        concerned = rule.kind == kind.name and set(rule.fields) & set(changed)
        passed_over = rule.allow_save and records.policy.may_save_duplicates
        if concerned and not passed_over and (others := _same(records, rule, after)):
            raise _duplicates(rule, others)


def _same(records: Records, rule: DuplicateRule, record: Record) -> list[Record]:
    def key(row: Record) -> list[str]:
        return [str(row[name] or "").casefold() for name in rule.fields]

    wanted, rows = key(record), records.tables[rule.kind].values()
    return [row for row in rows if not row["IsDeleted"] and row["Id"] != record.get("Id") and key(row) == wanted]


def _duplicates(rule: DuplicateRule, others: list[Record]) -> Refused:
    words = "Use one of these records?"
    match = {
        "entityType": rule.kind,
        "errors": [],
        "matchEngine": "ExactMatchEngine",
        "matchRecords": [_match(rule, str(other["Id"])) for other in others],
        "rule": f"{rule.name}_Match",
        "size": len(others),
        "success": True,
    }
    refusal = Refused("DUPLICATES_DETECTED", words)
    # Salesforce writes the name of this member so, without its second l.
    refusal.more["duplicateResut"] = {
        "allowSave": rule.allow_save,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.kind,
        "errorMessage": words,
        "matchResults": [match],
    }
    return refusal


def _match(rule: DuplicateRule, id: str) -> dict[str, Any]:
    url = f"/services/data/v67.0/sobjects/{rule.kind}/{id}"
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {"attributes": {"type": rule.kind, "url": url}, "Id": id},
    }
